"""What must hold of the files that prepare.py writes, and of the scores that metric.py gives."""

from pathlib import Path

import pandas as pd
from metric import ID, POSITIVE, TARGET, RenewedMetric
from taskkit import InvalidSubmissionError

MONTHS = ["visits_september", "visits_october", "visits_november"]
CLASSES = ["pilates", "rowing", "spinning", "yoga"]


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> str | None:
    try:
        RenewedMetric().validate_submission(submission, answers)
    except InvalidSubmissionError as error:
        return error.reason
    return None


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")

    # The files fit together.
    assert (len(train), len(test)) == (144, 96)
    assert list(train.columns) == [*test.columns, TARGET]
    assert set(train[ID]).isdisjoint(test[ID])
    assert list(test[ID]) == list(sample[ID]) == list(answers[ID])

    # Every visit was counted once by month and once by class, and nobody is named.
    rows = pd.concat([train, test], ignore_index=True)
    counts = rows[MONTHS + CLASSES + ["without_minutes"]].astype("int")
    assert counts[MONTHS].sum().sum() == counts[CLASSES].sum().sum() == 940
    assert (counts[MONTHS].sum(axis=1) == counts[CLASSES].sum(axis=1)).all()
    assert counts["without_minutes"].sum() == 177
    assert not rows.map(lambda cell: str(cell).startswith("M0")).any().any()

    # Members without visits have neither a last visit nor minutes.
    idle = counts[MONTHS].sum(axis=1) == 0
    assert idle.sum() == 5
    assert (rows.loc[idle, ["last_visit", "mean_minutes"]] == "").all().all()

    # The metric: one for the answers, a half for a constant, zero for the opposite.
    metric = RenewedMetric()
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
