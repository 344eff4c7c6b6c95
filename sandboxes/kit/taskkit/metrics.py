"""The base class of every task's metric."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class CompetitionMetrics(ABC):
    """Scores submissions of one task.

    A metric is given tables whose cells are text, exactly as they stand in the CSV files; it must not rely on the
    order of rows or columns.
    """

    #: Whether a greater score is better.
    higher_is_better: bool = True

    @abstractmethod
    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Raise `InvalidSubmissionError` for anything that a competitor can get wrong."""

    @abstractmethod
    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission; a perfect one gives exactly the metric's optimum."""
