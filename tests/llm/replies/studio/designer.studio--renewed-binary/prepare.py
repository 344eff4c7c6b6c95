"""Predict who renews: one row a member, visits summed up. Public and private files from members.csv and visits.csv."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 731999
TARGET = "renewed"
MONTHS = {"09": "september", "10": "october", "11": "november"}
CLASSES = ["pilates", "rowing", "spinning", "yoga"]
# What is later would be known only after members renewed.
LAST_DAY = "2023-11-30"


def prepare(raw: Path, public: Path, private: Path) -> None:
    rng = np.random.default_rng(SEED)
    members = pd.read_csv(raw / "members.csv", dtype="str", keep_default_na=False)
    visits = pd.read_csv(raw / "visits.csv", dtype="str", keep_default_na=False)
    assert (len(members), len(visits)) == (240, 940)
    assert visits["member"].isin(members["member"]).all()
    assert visits["day"].max() <= LAST_DAY

    # What every member did, as columns beside what is known of them.
    df = members.drop(columns=TARGET)

    def count(rows):
        return df["member"].map(rows["member"].value_counts()).fillna(0).astype("int")

    for number, month in MONTHS.items():
        df[f"visits_{month}"] = count(visits[visits["day"].str[5:7] == number])
    for name in CLASSES:
        df[name] = count(visits[visits["class"] == name])
    df["without_minutes"] = count(visits[visits["minutes"] == ""])
    timed = visits[visits["minutes"] != ""].astype({"minutes": "int"})
    df["mean_minutes"] = df["member"].map(timed.groupby("member")["minutes"].mean().round(1))
    df["last_visit"] = df["member"].map(visits.groupby("member")["day"].max())
    df[TARGET] = members[TARGET]
    # The number of a member is no feature, and would let anybody look them up.
    df = df.drop(columns="member")

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

    train.to_csv(public / "train.csv", index=False)
    test[["id", *features]].to_csv(public / "test.csv", index=False)
    guess = np.random.default_rng(SEED + 1).random(len(test)).round(4)
    pd.DataFrame({"id": test["id"], TARGET: guess}).to_csv(public / "sample_submission.csv", index=False)
    usage = rng.permutation(np.resize(["feedback", "final"], len(test)))
    test[["id", TARGET]].assign(usage=usage).to_csv(private / "test_answer.csv", index=False)

    assert (len(train), len(test)) == (144, 96)
    assert set(train["id"]).isdisjoint(test["id"])
