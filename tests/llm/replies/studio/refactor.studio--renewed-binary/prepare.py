"""Make the files of the task 'Studio members: predict who renews from plan and visits' from the raw data."""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 731999
TEST_FRACTION = 0.4

ID = "id"
TARGET = "renewed"
LABELS = ["no", "yes"]
MEMBER = "member"
# What visits are counted by: the months of the season, as dates spell them, and the classes.
MONTHS = {"2023-09": "visits_september", "2023-10": "visits_october", "2023-11": "visits_november"}
CLASSES = ["pilates", "rowing", "spinning", "yoga"]
# Visits are the season before members renew; a later one would be known only afterwards.
LAST_DAY = "2023-11-30"
# Columns that competitors don't get, and why.
LEFT_OUT = {MEMBER: "is the member's number, by which anybody could be looked up"}


def read_raw(raw: Path, name: str) -> pd.DataFrame:
    """Read every cell as text, so that values reach competitors exactly as they were published."""
    data = pd.read_csv(raw / name, dtype="str", keep_default_na=False)
    return data.mask(data == "")


def summed_up(visits: pd.DataFrame, members: pd.Series) -> pd.DataFrame:
    """What every member did in the season: a row for each of `members`, zeros for those who never came."""
    by_month = pd.crosstab(visits[MEMBER], visits["day"].str[:7].map(MONTHS))[list(MONTHS.values())]
    by_class = pd.crosstab(visits[MEMBER], visits["class"])[CLASSES]
    without = visits["minutes"].isna().groupby(visits[MEMBER]).sum().rename("without_minutes")
    counts = by_month.join(by_class).join(without).reindex(members, fill_value=0)

    # Members who never came have no minutes and no last visit.
    minutes = pd.to_numeric(visits["minutes"]).groupby(visits[MEMBER]).mean().round(1)
    last = visits.groupby(MEMBER)["day"].max()
    return counts.assign(mean_minutes=minutes.reindex(members), last_visit=last.reindex(members))


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
    members, visits = read_raw(raw, "members.csv"), read_raw(raw, "visits.csv")
    assert (len(members), len(visits)) == (240, 940), "these are not the raw data that the task was made from"
    assert visits[MEMBER].isin(members[MEMBER]).all()
    assert visits["day"].max() <= LAST_DAY
    assert set(members[TARGET]) == set(LABELS)

    # One row a member: what the studio knows of them, what they did, and whether they renewed.
    season = summed_up(visits, members[MEMBER])
    assert season[list(MONTHS.values())].to_numpy().sum() == season[CLASSES].to_numpy().sum() == len(visits)
    data = members.join(season, on=MEMBER).drop(columns=list(LEFT_OUT))

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

    assert len(train) + len(test) == 240
    assert set(train[ID]).isdisjoint(test[ID])
    assert set(train[TARGET]) == set(test[TARGET]) == set(LABELS)
