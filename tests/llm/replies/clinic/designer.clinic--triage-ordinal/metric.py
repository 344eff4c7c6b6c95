"""Score submissions to 'Clinic: triage a new patient' by the quadratic weighted kappa."""

import pandas as pd
from sklearn.metrics import cohen_kappa_score
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_labels

ID = "id"
TARGET = "triage"
# From the most urgent on: the distance of two grades is that of their places.
LABELS = ["1", "2", "3", "4", "5"]


class TriageMetric(CompetitionMetrics):
    """Quadratic weighted kappa: agreement beyond chance, where a miss costs the square of its
    distance in grades. Higher is better.
    """

    higher_is_better = True

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one grade for each row of the test file; raise otherwise."""
        check_columns(submission, [ID, TARGET])
        check_ids(submission, answers, ID)
        check_labels(submission, TARGET, LABELS)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth, predicted = align(y_true, y_pred, ID, TARGET)
        return float(cohen_kappa_score(truth, predicted, labels=LABELS, weights="quadratic"))
