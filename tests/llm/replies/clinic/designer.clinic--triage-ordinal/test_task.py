"""Try what prepare.py wrote, and metric.py on good and broken submissions."""

from pathlib import Path

import pandas as pd
from metric import LABELS, TriageMetric
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> bool:
    try:
        TriageMetric().validate_submission(submission, answers)
    except InvalidSubmissionError:
        return True
    return False


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")
    assert "triage" not in test and not {"stay", "left", "discharge_code", "ward"} & set(train)
    assert list(test["id"]) == list(sample["id"]) == list(answers["id"])
    assert set(train["patient"]).isdisjoint(test["patient"])
    print(len(train), len(test), {grade: int((answers["triage"] == grade).sum()) for grade in LABELS})

    metric = TriageMetric()
    perfect = answers[["id", "triage"]]
    assert metric.evaluate(answers, perfect) == 1.0
    assert metric.evaluate(answers, perfect.assign(triage="3")) == 0.0
    # Near misses cost less than far ones.
    near = perfect["triage"].map(dict(zip(LABELS, ["2", "3", "4", "5", "4"], strict=True)))
    far = perfect["triage"].map(dict(zip(LABELS, ["4", "5", "1", "1", "2"], strict=True)))
    assert metric.evaluate(answers, perfect.assign(triage=near)) > metric.evaluate(answers, perfect.assign(triage=far))
    metric.validate_submission(sample, answers)

    assert refused(sample.drop(columns="triage"), answers)
    assert refused(sample.iloc[1:], answers)
    assert refused(sample.assign(triage="6"), answers)
    assert refused(sample.assign(triage="3.0"), answers)
    print("all as expected")
