"""Score submissions to 'Greenhouse: will a plant flower?' by ROC AUC."""

import pandas as pd
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_numbers

ID = "id"
TARGET = "flowered"
POSITIVE = "yes"


class FloweredMetric(CompetitionMetrics):
    """ROC AUC: the chance that a plant that flowered has a higher prediction than one that did not;
    ties count half. Higher is better.
    """

    higher_is_better = True

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one finite number for each row of the test file; raise otherwise."""
        check_columns(submission, [ID, TARGET])
        check_ids(submission, answers, ID)
        check_numbers(submission, TARGET)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth, predicted = align(y_true, y_pred, ID, TARGET)
        flowered = truth == POSITIVE
        # Tied predictions share the mean of their ranks.
        rank = predicted.astype("float64").rank()
        positives, negatives = flowered.sum(), (~flowered).sum()
        above = rank[flowered].sum() - positives * (positives + 1) / 2
        return float(above / (positives * negatives))
