"""Make the files of the task 'Greenhouse: will a plant flower?' from the raw data.

Competitors get train.csv, test.csv and sample_submission.csv; the grader gets test_answer.csv.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 786598
TEST_FRACTION = 0.4

ID = "id"
TARGET = "flowered"
LABELS = ["no", "yes"]
TIME = "sown"

# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "plant": "names the plant and says nothing about others",
    "leaf_count": "is counted on the grown plant, so it is known no earlier than whether it flowers",
    "vigour": "grades the grown plant, so it is known no earlier than whether it flowers",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    data = pd.read_csv(raw / "greenhouse.csv", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def choose_test(data: pd.DataFrame) -> pd.Series:
    """Mark the plants that were sown last: what came of earlier sowings has to tell.

    All plants of one day are on the same side, so that the share is only nearly the one asked for.
    """
    sown = pd.to_datetime(data[TIME], format="%Y-%m-%d")
    return sown > sown.quantile(1 - TEST_FRACTION)


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = read_raw(raw).drop(columns=list(LEFT_OUT))
    assert len(data) == 240, "these are not the raw data that the task was made from"
    features = [column for column in data.columns if column != TARGET]
    # Plants that agreed in every feature would have to stay on one side of the split.
    assert not data.duplicated(features).any()

    # A new order and new ids: neither says anything about the target.
    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = choose_test(data)
    train, test = data[~in_test], data[in_test]
    train[[ID, *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[[ID, *features]].to_csv(public / "test.csv", index=False)

    # The sample submission shows the format. It is drawn without a look at the answers.
    sample_rng = np.random.default_rng(SEED + 1)
    sample = test[[ID]].copy()
    sample[TARGET] = sample_rng.random(len(sample)).round(4)
    sample.to_csv(public / "sample_submission.csv", index=False)

    # Half of the test rows of each class give feedback while competitors work, the others decide at
    # the end.
    answers = test[[ID, TARGET]].copy()
    for label in LABELS:
        rows = answers.index[answers[TARGET] == label]
        answers.loc[rows, "usage"] = rng.permutation(np.resize(["feedback", "final"], len(rows)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) + len(test) == 240
    assert set(train[ID]).isdisjoint(test[ID])
    # Dates are written year first, so that their text has their order.
    assert train[TIME].max() < test[TIME].min()
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
