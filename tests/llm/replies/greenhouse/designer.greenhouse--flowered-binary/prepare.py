"""Make the files of the task 'Greenhouse: will a plant flower?' from the raw data."""

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
    "plant": "names the plant",
    "vigour": "grades the grown plant",
    "leaf_count": "is counted on the grown plant",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text; the only marker of a missing value is the empty cell."""
    data = pd.read_csv(raw / "greenhouse.csv", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def last_sowings(data: pd.DataFrame) -> pd.Series:
    """Mark the plants that were sown last, whole days only."""
    sown = pd.to_datetime(data[TIME], format="%Y-%m-%d")
    return sown > sown.quantile(1 - TEST_FRACTION)


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = read_raw(raw)
    assert len(data) == 240, f"240 plants were expected, not {len(data)}"
    assert set(data[TARGET]) == set(LABELS)
    data = data.drop(columns=list(LEFT_OUT))
    features = [column for column in data.columns if column != TARGET]
    # Plants that agree in everything would need to stay together; there are none.
    assert not data.duplicated(features).any()

    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = last_sowings(data)
    train, test = data[~in_test], data[in_test]
    train[[ID, *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[[ID, *features]].to_csv(public / "test.csv", index=False)

    sample_rng = np.random.default_rng(SEED + 1)
    sample = test[[ID]].copy()
    sample[TARGET] = sample_rng.random(len(sample)).round(4)
    sample.to_csv(public / "sample_submission.csv", index=False)

    # Both halves have the same share of plants that flowered.
    answers = test[[ID, TARGET]].copy()
    for label in set(answers[TARGET]):
        rows = answers.index[answers[TARGET] == label]
        answers.loc[rows, "usage"] = rng.permutation(np.resize(["feedback", "final"], len(rows)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) == 146 and len(test) == 94
    assert set(train[ID]).isdisjoint(test[ID])
    assert train[TIME].max() < test[TIME].min()
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
