"""Score submissions to 'Parcels of a small courier: predict the hours until delivery' by the mean absolute error."""

import pandas as pd
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_numbers

ID = "id"
TARGET = "Delivery hours"


class DeliveryHoursMetric(CompetitionMetrics):
    """Mean absolute error: the mean distance of prediction and truth, in hours. Lower is better."""

    higher_is_better = False

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one finite number for each row of the test file; raise otherwise."""
        check_columns(submission, [ID, TARGET])
        check_ids(submission, answers, ID)
        check_numbers(submission, TARGET)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth, predicted = align(y_true, y_pred, ID, TARGET)
        return float((predicted.astype("float64") - truth.astype("float64")).abs().mean())
