"""Score submissions to 'Studio members: predict who renews from plan and visits' by the ROC AUC."""

import pandas as pd
from sklearn.metrics import roc_auc_score
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_numbers

ID = "id"
TARGET = "renewed"
POSITIVE = "yes"


class RenewedMetric(CompetitionMetrics):
    """ROC AUC: how often a member who renews is ranked above one who does not. Higher is better."""

    higher_is_better = True

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one probability for each row of the test file; raise otherwise."""
        check_columns(submission, [ID, TARGET])
        check_ids(submission, answers, ID)
        check_numbers(submission, TARGET, low=0, high=1)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth, predicted = align(y_true, y_pred, ID, TARGET)
        return float(roc_auc_score(truth == POSITIVE, predicted.astype("float64")))
