"""Try what prepare.py wrote, and metric.py on good and broken submissions."""

from pathlib import Path

import pandas as pd
from metric import LongStayMetric
from prepare import long_stays
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> bool:
    try:
        LongStayMetric().validate_submission(submission, answers)
    except InvalidSubmissionError:
        return True
    return False


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")
    assert "long_stay" not in test and not {"stay", "left", "discharge_code"} & set(train)
    assert list(test["id"]) == list(sample["id"]) == list(answers["id"])
    assert set(train["patient"]).isdisjoint(test["patient"])
    both = pd.concat([train["long_stay"], answers["long_stay"]])
    print(len(train), len(test), both.value_counts().to_dict(), answers["long_stay"].value_counts().to_dict())

    dates = pd.DataFrame({"arrived": ["2024-02-26", "2024-02-26"], "left": ["2024-03-02", "2024-03-03"]})
    assert list(long_stays(dates)) == ["no", "yes"]

    metric = LongStayMetric()
    perfect = answers[["id"]].assign(long_stay=(answers["long_stay"] == "yes").astype(int).astype(str))
    assert metric.evaluate(answers, perfect) == 1.0
    assert metric.evaluate(answers, perfect.assign(long_stay="0.5")) == 0.5
    metric.validate_submission(sample, answers)
    assert 0.3 < metric.evaluate(answers, sample) < 0.7

    assert refused(sample.drop(columns="long_stay"), answers)
    assert refused(sample.iloc[1:], answers)
    assert refused(sample.assign(long_stay="1.01"), answers)
    assert refused(sample.assign(long_stay="nan"), answers)
    print("all as expected")
