"""What must hold of the files that prepare.py writes, and of the scores that metric.py gives."""

from pathlib import Path

import pandas as pd
from metric import ID, TARGET, DeliveryHoursMetric
from taskkit import InvalidSubmissionError


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def refused(submission: pd.DataFrame, answers: pd.DataFrame) -> str | None:
    try:
        DeliveryHoursMetric().validate_submission(submission, answers)
    except InvalidSubmissionError as error:
        return error.reason
    return None


def main(public: Path, private: Path) -> None:
    train, test = read(public / "train.csv"), read(public / "test.csv")
    sample, answers = read(public / "sample_submission.csv"), read(private / "test_answer.csv")

    # The files fit together, and the answers are in none of the public ones.
    assert (len(train), len(test)) == (210, 90)
    assert list(train.columns) == [*test.columns, TARGET]
    assert set(train[ID]).isdisjoint(test[ID])
    assert list(test[ID]) == list(sample[ID]) == list(answers[ID])
    assert answers["usage"].value_counts().to_dict() == {"feedback": 45, "final": 45}
    assert set(test["District"]) == {"Bern", "Genève", "Graubünden", "Neuchâtel", "Zürich"}

    # Slow and fast parcels are on both sides.
    hours = [pd.to_numeric(side[TARGET]) for side in (train, answers)]
    assert abs(hours[0].mean() - hours[1].mean()) < 1.5, [side.mean() for side in hours]
    assert abs(hours[0].std() - hours[1].std()) < 1.5

    # The metric: nothing for the answers, one hour for answers that are an hour late, whatever the order.
    metric = DeliveryHoursMetric()
    truth = answers[[ID, TARGET]]
    assert metric.evaluate(answers, truth) == 0.0
    late = truth.assign(**{TARGET: (pd.to_numeric(truth[TARGET]) + 1).astype("str")})
    assert abs(metric.evaluate(answers, late.iloc[::-1]) - 1.0) < 1e-9
    assert metric.evaluate(answers, sample) > 10

    # Broken submissions are refused with a reason.
    assert refused(sample, answers) is None
    assert refused(sample.iloc[1:], answers) == "missing_ids"
    assert refused(pd.concat([sample, sample.iloc[:1]]), answers) == "duplicate_ids"
    assert refused(sample.assign(**{TARGET: "soon"}), answers) == "not_a_number"
    assert refused(sample.assign(**{TARGET: "inf"}), answers) == "infinite"
    assert refused(sample.rename(columns={TARGET: "hours"}), answers) == "missing_columns"
