"""Make the files of the task 'Clinic: who stays six days or longer?' from the raw data.

Competitors get train.csv, test.csv and sample_submission.csv; the grader gets test_answer.csv.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 520333
TEST_FRACTION = 0.4

ID = "id"
TARGET = "long_stay"
LABELS = ["no", "yes"]
GROUP = "patient"
# Days from arrival to departure from which on a stay is a long one.
LONG = 6

# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "stay": "numbers the stays in order of arrival",
    "left": "is when the stay ended, which together with `arrived` is the answer",
    "discharge_code": "is given at discharge, when the stay is over, and its letter follows how long it was",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    data = pd.read_csv(raw / "clinic.csv", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def long_stays(data: pd.DataFrame) -> np.ndarray:
    """Tell for each stay whether the patient left `LONG` days or more after arriving."""
    left = pd.to_datetime(data["left"], format="%Y-%m-%d")
    arrived = pd.to_datetime(data["arrived"], format="%Y-%m-%d")
    return np.where((left - arrived).dt.days >= LONG, "yes", "no")


def choose_test(data: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Mark all stays of some patients: every patient is either in train or in test."""
    stays = data[GROUP].value_counts()
    patients = rng.permutation(sorted(stays.index))
    covered = stays[patients].cumsum().to_numpy()
    return data[GROUP].isin(patients[covered <= TEST_FRACTION * len(data)])


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = read_raw(raw)
    assert len(data) == 320, "these are not the raw data that the task was made from"
    assert data[["arrived", "left"]].notna().all(axis=None)
    data[TARGET] = long_stays(data)
    data = data.drop(columns=list(LEFT_OUT))
    features = [column for column in data.columns if column != TARGET]

    # A new order and new ids: neither says anything about the target.
    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = choose_test(data, rng)
    train, test = data[~in_test], data[in_test]
    train[[ID, *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[[ID, *features]].to_csv(public / "test.csv", index=False)

    # The sample submission shows the format. It is drawn without a look at the answers.
    sample_rng = np.random.default_rng(SEED + 1)
    sample = test[[ID]].copy()
    sample[TARGET] = sample_rng.random(len(sample)).round(4)
    sample.to_csv(public / "sample_submission.csv", index=False)

    # Half of the test rows give feedback while competitors work, the others decide at the end.
    answers = test[[ID, TARGET]].copy()
    answers["usage"] = rng.permutation(np.resize(["feedback", "final"], len(answers)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) + len(test) == 320
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[GROUP]).isdisjoint(test[GROUP])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
