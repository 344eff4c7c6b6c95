"""The task kit: what a published task's scripts share. It imports pandas only where a table is made."""

from taskkit.metrics import CompetitionMetrics
from taskkit.submission import (
    InvalidSubmissionError,
    align,
    check_columns,
    check_ids,
    check_labels,
    check_numbers,
)

__all__ = [
    "CompetitionMetrics",
    "InvalidSubmissionError",
    "align",
    "check_columns",
    "check_ids",
    "check_labels",
    "check_numbers",
]
