"""Try what prepare.py wrote, and metric.py on good and broken submissions."""

from pathlib import Path

import pandas as pd
from metric import FloweredMetric
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> bool:
    try:
        FloweredMetric().validate_submission(submission, answers)
    except InvalidSubmissionError:
        return True
    return False


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")
    assert "flowered" not in test and not {"plant", "vigour", "leaf_count"} & set(train)
    assert list(test["id"]) == list(sample["id"]) == list(answers["id"])
    assert train["sown"].max() < test["sown"].min()
    halves = answers.groupby(["flowered", "usage"]).size().to_dict()
    assert halves == {("no", "feedback"): 30, ("no", "final"): 29, ("yes", "feedback"): 18, ("yes", "final"): 17}

    metric = FloweredMetric()
    perfect = answers[["id"]].assign(flowered=(answers["flowered"] == "yes").astype(int).astype(str))
    assert metric.evaluate(answers, perfect) == 1.0
    worst = answers[["id"]].assign(flowered=(answers["flowered"] == "no").astype(int).astype(str))
    assert metric.evaluate(answers, worst) == 0.0
    metric.validate_submission(sample, answers)
    assert 0.3 < metric.evaluate(answers, sample) < 0.7
    assert metric.evaluate(answers, sample.iloc[::-1]) == metric.evaluate(answers, sample)

    assert refused(sample.drop(columns="flowered"), answers)
    assert refused(sample.iloc[1:], answers)
    assert refused(sample.assign(flowered="yes"), answers)
    assert refused(sample.assign(flowered="nan"), answers)
    print("all as expected")
