"""Make the files of the task 'Parcels of a small courier: predict whether a parcel is fragile' from the raw data."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 608981
TEST_FRACTION = 0.4

ID = "id"
TARGET = "Fragile"
LABELS = ["no", "yes"]
# Raw columns that competitors don't get, and why.
LEFT_OUT = {
    "Parcel": "is only the number on the label",
    "Delivery hours": "is known only after the parcel was handled",
}


def read_raw(raw: Path) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    # The file is not UTF-8: the names of districts are in the code page of Western Windows.
    data = pd.read_csv(raw / "parcels.csv", sep=";", encoding="cp1252", dtype="str", keep_default_na=False)
    return data.mask(data == "")


def choose_test(data: pd.DataFrame, features: list[str], rng: np.random.Generator) -> pd.Series:
    """Mark rows for the test set, the same share of each class."""
    # Rows that agree in every feature stay together: none of test may stand in train with its answer.
    twins = data.groupby(features, dropna=False, sort=False).ngroup()
    first = ~twins.duplicated()
    in_test = pd.Series(False, index=data.index)
    for label in LABELS:
        candidates = rng.permutation(twins[first & (data[TARGET] == label)])
        in_test |= twins.isin(candidates[: round(TEST_FRACTION * len(candidates))])
    return in_test


def prepare(raw: Path, public: Path, private: Path) -> None:
    """Write the competitors' files to `public` and the answers to `private`."""
    data = read_raw(raw).drop(columns=list(LEFT_OUT))
    assert len(data) == 300, "these are not the raw data that the task was made from"
    assert set(data[TARGET]) == set(LABELS)

    # A new order and new ids: neither says anything about the target.
    rng = np.random.default_rng(SEED)
    data = data.iloc[rng.permutation(len(data))].reset_index(drop=True)
    features = [column for column in data.columns if column != TARGET]
    data.insert(0, ID, np.arange(1, len(data) + 1))

    in_test = choose_test(data, features, rng)
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

    assert len(train) + len(test) == 300
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
