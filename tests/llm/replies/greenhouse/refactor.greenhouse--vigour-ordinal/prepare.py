"""Make the files of the task "Greenhouse: grade a plant's vigour" from the raw data.

Competitors get train.csv, test.csv and sample_submission.csv; the grader gets test_answer.csv.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 922842
TEST_FRACTION = 0.4

ID = "id"
TARGET = "vigour"
LABELS = ["1", "2", "3", "4", "5"]

# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "plant": "names the plant and says nothing about others",
    "flowered": "is seen only after the plant was graded",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    data = pd.read_csv(raw / "greenhouse.csv", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def choose_test(data: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Mark rows for the test set, the same share of each grade."""
    in_test = pd.Series(False, index=data.index)
    for grade in LABELS:
        rows = rng.permutation(data.index[data[TARGET] == grade])
        in_test.loc[rows[: round(TEST_FRACTION * len(rows))]] = True
    return in_test


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

    assert len(train) + len(test) == 240
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
