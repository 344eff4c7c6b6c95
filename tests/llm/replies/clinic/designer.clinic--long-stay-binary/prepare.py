"""Make the files of the task 'Clinic: who stays six days or longer?' from the raw data."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 520333
TEST_FRACTION = 0.4
LONG = 6

ID = "id"
TARGET = "long_stay"
LABELS = ["no", "yes"]
GROUP = "patient"

# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "stay": "numbers the stays in order of arrival",
    "left": "is the answer, together with `arrived`",
    "discharge_code": "is given at discharge",
}


def long_stays(data: pd.DataFrame) -> np.ndarray:
    """Whether the patient left `LONG` days or more after arriving."""
    left, arrived = (pd.to_datetime(data[name], format="%Y-%m-%d") for name in ("left", "arrived"))
    return np.where((left - arrived).dt.days >= LONG, "yes", "no")


def some_patients(data: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Mark all stays of patients drawn at random, up to the share of rows that is asked for."""
    stays = data[GROUP].value_counts()
    patients = rng.permutation(sorted(stays.index))
    covered = stays[patients].cumsum().to_numpy()
    return data[GROUP].isin(patients[covered <= TEST_FRACTION * len(data)])


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = pd.read_csv(raw / "clinic.csv", dtype="str", keep_default_na=False)
    assert len(data) == 320, f"320 stays were expected, not {len(data)}"
    data = data.mask(data == "")
    data[TARGET] = long_stays(data)
    data = data.drop(columns=list(LEFT_OUT))
    features = [column for column in data.columns if column != TARGET]

    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = some_patients(data, rng)
    train, test = data[~in_test], data[in_test]
    train[[ID, *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[[ID, *features]].to_csv(public / "test.csv", index=False)

    sample = test[[ID]].copy()
    sample[TARGET] = np.random.default_rng(SEED + 1).random(len(sample)).round(4)
    sample.to_csv(public / "sample_submission.csv", index=False)

    answers = test[[ID, TARGET]].copy()
    answers["usage"] = rng.permutation(np.resize(["feedback", "final"], len(answers)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) + len(test) == 320
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[GROUP]).isdisjoint(test[GROUP])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
