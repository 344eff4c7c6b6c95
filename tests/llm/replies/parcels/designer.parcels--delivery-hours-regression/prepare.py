"""Predict the delivery hours of parcels: public and private files from raw/parcels.csv."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 410537
TARGET = "Delivery hours"


def prepare(raw: Path, public: Path, private: Path) -> None:
    rng = np.random.default_rng(SEED)
    # Windows-1252, not UTF-8; every cell stays text, only the empty ones (volumes) are missing.
    df = pd.read_csv(raw / "parcels.csv", sep=";", encoding="cp1252", dtype="str", keep_default_na=False)
    df = df.mask(df == "")
    assert df.shape == (300, 10)
    df = df.drop(columns="Parcel")

    # Shuffle, then number.
    df = df.iloc[rng.permutation(len(df))].reset_index(drop=True)
    features = [c for c in df.columns if c != TARGET]
    df.insert(0, "id", np.arange(1, len(df) + 1))

    # 30 % of every tenth of the hours; rows with equal features go together.
    twins = df.groupby(features, dropna=False, sort=False).ngroup()
    decile = pd.qcut(pd.to_numeric(df[TARGET]).rank(method="first"), 10, labels=False)
    chosen: set[int] = set()
    for d in range(10):
        groups = rng.permutation(twins[(decile == d) & ~twins.duplicated()])
        chosen.update(int(g) for g in groups[: round(0.3 * len(groups))])
    is_test = twins.isin(chosen)
    train, test = df[~is_test], df[is_test]

    train[["id", *features, TARGET]].to_csv(public / "train.csv", index=False)
    test[["id", *features]].to_csv(public / "test.csv", index=False)

    # Random predictions within the range of train, from a generator of their own.
    hours = pd.to_numeric(train[TARGET])
    guess = np.random.default_rng(SEED + 1).uniform(hours.min(), hours.max(), len(test)).round(1)
    pd.DataFrame({"id": test["id"], TARGET: guess}).to_csv(public / "sample_submission.csv", index=False)

    usage = rng.permutation(np.resize(["feedback", "final"], len(test)))
    test[["id", TARGET]].assign(usage=usage).to_csv(private / "test_answer.csv", index=False)

    assert (len(train), len(test)) == (210, 90)
    assert set(train["id"]).isdisjoint(test["id"])
