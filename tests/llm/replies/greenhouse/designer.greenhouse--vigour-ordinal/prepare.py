"""Make the files of the task "Greenhouse: grade a plant's vigour" from the raw data."""

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
    "plant": "names the plant",
    "flowered": "is seen after the plant was graded",
}


def stratified(grades: pd.Series, fraction: float, rng: np.random.Generator) -> pd.Series:
    """Mark `fraction` of the rows of each grade, so that both sides have the same share of it."""
    chosen = pd.Series(False, index=grades.index)
    for grade in sorted(grades.unique()):
        rows = rng.permutation(grades.index[grades == grade])
        chosen.loc[rows[: round(fraction * len(rows))]] = True
    return chosen


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = pd.read_csv(raw / "greenhouse.csv", dtype="str", keep_default_na=False)
    assert len(data) == 240, f"240 plants were expected, not {len(data)}"
    assert set(data[TARGET]) == set(LABELS)
    data = data.mask(data == "").drop(columns=list(LEFT_OUT))
    features = [column for column in data.columns if column != TARGET]
    # No two plants agree in everything, so none needs to stay with another.
    assert not data.duplicated(features).any()

    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = stratified(data[TARGET], TEST_FRACTION, rng)
    train, test = data[~in_test], data[in_test]
    train[[ID, *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[[ID, *features]].to_csv(public / "test.csv", index=False)

    sample = test[[ID]].copy()
    sample[TARGET] = np.random.default_rng(SEED + 1).choice(LABELS, len(sample))
    sample.to_csv(public / "sample_submission.csv", index=False)

    answers = test[[ID, TARGET]].copy()
    answers["usage"] = rng.permutation(np.resize(["feedback", "final"], len(answers)))
    answers.to_csv(private / "test_answer.csv", index=False)

    assert len(train) == 144 and len(test) == 96
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
