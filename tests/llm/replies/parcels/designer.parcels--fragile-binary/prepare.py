"""Predict whether a parcel is fragile: public and private files from raw/parcels.csv."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 608981
TARGET = "Fragile"


def prepare(raw: Path, public: Path, private: Path) -> None:
    rng = np.random.default_rng(SEED)
    df = pd.read_csv(raw / "parcels.csv", sep=";", encoding="cp1252", dtype="str", keep_default_na=False)
    df = df.mask(df == "")
    assert df.shape == (300, 10)
    # The label number says nothing; the hours are known only after the parcel was handled.
    df = df.drop(columns=["Parcel", "Delivery hours"])

    df = df.iloc[rng.permutation(len(df))].reset_index(drop=True)
    features = [c for c in df.columns if c != TARGET]
    df.insert(0, "id", np.arange(1, len(df) + 1))

    # 40 % of each class; rows with equal features go together.
    twins = df.groupby(features, dropna=False, sort=False).ngroup()
    chosen: set[int] = set()
    for label in ["no", "yes"]:
        groups = rng.permutation(twins[(df[TARGET] == label) & ~twins.duplicated()])
        chosen.update(int(g) for g in groups[: round(0.4 * len(groups))])
    is_test = twins.isin(chosen)
    train, test = df[~is_test], df[is_test]

    train[["id", *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[["id", *features]].to_csv(public / "test.csv", index=False)

    guess = np.random.default_rng(SEED + 1).random(len(test)).round(4)
    pd.DataFrame({"id": test["id"], TARGET: guess}).to_csv(public / "sample_submission.csv", index=False)

    usage = rng.permutation(np.resize(["feedback", "final"], len(test)))
    test[["id", TARGET]].assign(usage=usage).to_csv(private / "test_answer.csv", index=False)

    assert (len(train), len(test)) == (180, 120)
    assert set(train["id"]).isdisjoint(test["id"])
