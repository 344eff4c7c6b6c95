"""What must hold of the files that prepare.py writes, and of the scores that metric.py gives."""

from pathlib import Path

import pandas as pd
from metric import ID, POSITIVE, TARGET, FragileMetric
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> str | None:
    try:
        FragileMetric().validate_submission(submission, answers)
    except InvalidSubmissionError as error:
        return error.reason
    return None


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")

    # The files fit together, and what is known only after delivery is in none of them.
    assert (len(train), len(test)) == (180, 120)
    assert list(train.columns) == [*test.columns, TARGET]
    assert not {"Delivery hours", "Parcel"} & set(train.columns)
    assert set(train[ID]).isdisjoint(test[ID])
    assert list(test[ID]) == list(sample[ID]) == list(answers[ID])
    assert (answers[TARGET] == POSITIVE).sum() == 29

    # The metric: one for the answers, a half for a constant, zero for the opposite.
    metric = FragileMetric()
    right = answers[[ID]].assign(**{TARGET: (answers[TARGET] == POSITIVE).astype("int").astype("str")})
    wrong = right.assign(**{TARGET: right[TARGET].map({"0": "1", "1": "0"})})
    assert metric.evaluate(answers, right.iloc[::-1]) == 1.0
    assert metric.evaluate(answers, wrong) == 0.0
    assert metric.evaluate(answers, right.assign(**{TARGET: "0.5"})) == 0.5

    # Broken submissions are refused with a reason.
    assert refused(sample, answers) is None
    assert refused(sample.iloc[1:], answers) == "missing_ids"
    assert refused(sample.assign(**{TARGET: "yes"}), answers) == "not_a_number"
    assert refused(sample.assign(**{TARGET: "1.2"}), answers) == "out_of_range"
