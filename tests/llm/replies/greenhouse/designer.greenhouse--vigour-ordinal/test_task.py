"""Try what prepare.py wrote, and metric.py on good and broken submissions."""

from pathlib import Path

import numpy as np
import pandas as pd
from metric import LABELS, VigourMetric
from prepare import stratified
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> bool:
    try:
        VigourMetric().validate_submission(submission, answers)
    except InvalidSubmissionError:
        return True
    return False


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")
    assert "vigour" not in test and not {"plant", "flowered"} & set(train)
    assert list(test["id"]) == list(sample["id"]) == list(answers["id"])
    shares = [table["vigour"].value_counts(normalize=True) for table in (train, answers)]
    assert (shares[0] - shares[1]).abs().max() < 0.02

    few = pd.Series(list("aaaaabbbbb"))
    assert few[stratified(few, 0.4, np.random.default_rng(0))].value_counts().to_dict() == {"a": 2, "b": 2}

    metric = VigourMetric()
    perfect = answers[["id", "vigour"]]
    assert metric.evaluate(answers, perfect) == 1.0
    assert metric.evaluate(answers, perfect.assign(vigour="3")) == 0.0
    # Near misses cost less than far ones.
    near = perfect["vigour"].map(dict(zip(LABELS, ["2", "3", "4", "5", "4"], strict=True)))
    far = perfect["vigour"].map(dict(zip(LABELS, ["4", "5", "1", "1", "2"], strict=True)))
    assert metric.evaluate(answers, perfect.assign(vigour=near)) > metric.evaluate(answers, perfect.assign(vigour=far))
    metric.validate_submission(sample, answers)

    assert refused(sample.drop(columns="vigour"), answers)
    assert refused(sample.iloc[1:], answers)
    assert refused(sample.assign(vigour="6"), answers)
    assert refused(sample.assign(vigour="3.0"), answers)
    print("all as expected")
