"""Make the files of the task 'Clinic: triage a new patient' from the raw data.

Competitors get train.csv, test.csv and sample_submission.csv; the grader gets test_answer.csv.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 481519
TEST_FRACTION = 0.4

ID = "id"
TARGET = "triage"
LABELS = ["1", "2", "3", "4", "5"]
GROUP = "patient"

# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "stay": "numbers the stays in order of arrival",
    "left": "is known only days after triage",
    "discharge_code": "is given at discharge, days after triage",
    "ward": "is where the patient was sent after triage",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    data = pd.read_csv(raw / "clinic.csv", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def choose_test(data: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Mark all stays of some patients: every patient is either in train or in test."""
    stays = data[GROUP].value_counts()
    patients = rng.permutation(sorted(stays.index))
    covered = stays[patients].cumsum().to_numpy()
    return data[GROUP].isin(patients[covered <= TEST_FRACTION * len(data)])


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = read_raw(raw).drop(columns=list(LEFT_OUT))
    assert len(data) == 320, "these are not the raw data that the task was made from"
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
    sample[TARGET] = sample_rng.choice(LABELS, len(sample))
    sample.to_csv(public / "sample_submission.csv", index=False)

    # Half of the test rows give feedback while competitors work, the others decide at the end.
    answers = test[[ID, TARGET]].copy()
    answers["usage"] = rng.permutation(np.resize(["feedback", "final"], len(answers)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) + len(test) == 320
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[GROUP]).isdisjoint(test[GROUP])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
