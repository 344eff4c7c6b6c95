"""Checks that every submission must pass, whatever the metric. Messages tell a competitor what to change."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Beyond it, reading would only waste memory. The host's own grader, which knows the answers, refuses most files earlier.
MAX_BYTES = 2 * 1024**3

#: What may stand around a number: the blanks of ASCII.
_BLANKS = " \t\n\f\r"

#: How many offending values a message names.
SHOWN = 5


class InvalidSubmissionError(ValueError):
    """A submission can't be scored, for a reason that a competitor can act on.

    `reason` is a word for programs, the same as the host's own grader gives; the message is for people.
    """

    def __init__(self, message: str, reason: str = "invalid") -> None:
        super().__init__(message)
        self.reason = reason


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file strictly, all cells as text.

    pandas alone would pad short lines, guess types and take `NA` for a missing value.
    """
    import pandas as pd

    if path.is_symlink() or not path.is_file():
        raise InvalidSubmissionError("the submission must be a regular file", "not_a_file")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidSubmissionError(f"the file is larger than {MAX_BYTES // 2**30} GiB", "too_large")
    try:
        data = path.read_bytes()
    except PermissionError:
        raise InvalidSubmissionError("the file can't be read: its permissions forbid it", "not_readable") from None
    if b"\0" in data:
        raise InvalidSubmissionError("the file has a NUL byte; a submission is a CSV text file", "not_csv")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSubmissionError(f"the file is not UTF-8 text (byte {error.start})", "not_utf8") from None
    if not text.strip():
        raise InvalidSubmissionError("the file is empty", "empty")

    # Python's own limit is 128 KiB a cell, of which one text may have more.
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            if not row:  # a blank line, such as the one many editors leave at the end
                continue
            if not header:
                header = row
                continue
            if len(row) != len(header):
                raise InvalidSubmissionError(
                    f"line {reader.line_num} has {len(row)} cells, but the header has {len(header)}", "ragged"
                )
            rows.append(row)
    except csv.Error as error:
        raise InvalidSubmissionError(f"line {reader.line_num} is not CSV: {error}", "not_csv") from None
    seen: set[str] = set()
    repeated = [name for name in header if name in seen or seen.add(name)]  # `add` gives None
    if repeated:
        raise InvalidSubmissionError(f"the header names {_show(repeated)} more than once", "repeated_columns")
    return pd.DataFrame(rows, columns=header, dtype="str")


def check_columns(submission: pd.DataFrame, columns: Sequence[str]) -> None:
    """The submission has exactly these columns, in any order, and at least one row."""
    wanted = set(columns)
    missing = [name for name in columns if name not in submission.columns]
    if missing:
        raise InvalidSubmissionError(
            f"missing {_columns(missing)}; the header must be `{','.join(columns)}`", "missing_columns"
        )
    extra = [str(name) for name in submission.columns if name not in wanted]
    if extra:
        raise InvalidSubmissionError(
            f"unexpected {_columns(extra)}; the header must be `{','.join(columns)}`", "extra_columns"
        )
    if len(submission) == 0:
        raise InvalidSubmissionError("the submission has a header but no rows", "header_only")


def check_ids(submission: pd.DataFrame, answers: pd.DataFrame, id_column: str) -> None:
    """Every id of the test file stands in the submission exactly once, and no other does."""
    given = submission[id_column].astype("str")
    wanted = answers[id_column].astype("str")
    if len(given) > 2 * len(wanted):
        raise InvalidSubmissionError(
            f"the file has {len(given)} rows, but only {len(wanted)} are to be predicted", "too_many_rows"
        )
    repeated = given[given.duplicated()].unique()
    if len(repeated):
        raise InvalidSubmissionError(
            f"{len(repeated)} ids stand more than once in `{id_column}`, e.g. {_show(repeated)}", "duplicate_ids"
        )
    unknown = given[~given.isin(set(wanted))]
    if len(unknown):
        raise InvalidSubmissionError(
            f"{len(unknown)} ids in `{id_column}` are not in the test file, e.g. {_show(unknown)}", "unknown_ids"
        )
    missing = wanted[~wanted.isin(set(given))]
    if len(missing):
        raise InvalidSubmissionError(
            f"{len(missing)} ids of the test file have no prediction, e.g. {_show(missing)}", "missing_ids"
        )


def check_numbers(
    submission: pd.DataFrame, column: str, low: float | None = None, high: float | None = None, above: float | None = None
) -> None:
    """Every prediction is a finite number, `low` ≤ it ≤ `high` and `above` < it, where these are given."""
    for cell in submission[column]:
        value = _number(cell, column)
        if math.isinf(value):
            raise InvalidSubmissionError(f"`{column}` holds {cell}, which is not a finite number", "infinite")
        if (low is not None and value < low) or (high is not None and value > high):
            raise InvalidSubmissionError(
                f"`{column}` holds {cell}; predictions must lie between {low:g} and {high:g}", "out_of_range"
            )
        if above is not None and value <= above:
            raise InvalidSubmissionError(
                f"`{column}` holds {cell}; predictions must be greater than {above:g}", "out_of_range"
            )


def check_labels(submission: pd.DataFrame, column: str, labels: Collection[str]) -> None:
    """Every prediction is one of the labels."""
    given = submission[column].astype("str")
    wrong = given[~given.isin(set(labels))].unique()
    if any(_is_missing(str(value)) for value in wrong):
        raise InvalidSubmissionError(f"`{column}` has a cell without a value", "missing_value")
    if len(wrong):
        raise InvalidSubmissionError(
            f"`{column}` holds {_show(wrong)}, which is none of the {len(labels)} labels ({_show(labels)})",
            "unknown_label",
        )


def align(y_true: pd.DataFrame, y_pred: pd.DataFrame, id_column: str, column: str) -> tuple[pd.Series, pd.Series]:
    """Truth and prediction of one column, row by row for the same id, in the order of ids in the answers."""
    truth = y_true.set_index(y_true[id_column].astype("str"))[column]
    predicted = y_pred.set_index(y_pred[id_column].astype("str"))[column]
    return truth, predicted.reindex(truth.index)


def _number(cell: object, column: str) -> float:
    text = str(cell).strip(_BLANKS)
    try:
        # Python's float() takes `1_000`, digits of all scripts and blanks of all kinds, which no CSV reader takes for a number.
        value = float(text) if text.isascii() and text.isprintable() and "_" not in text else None
    except ValueError:
        value = None
    if _is_missing(text) or (value is not None and math.isnan(value)):
        raise InvalidSubmissionError(f"`{column}` has a cell without a value, or NaN", "missing_value")
    if value is None:
        raise InvalidSubmissionError(f"`{column}` holds {text[:60]!r}, which is not a number", "not_a_number")
    return value


def _is_missing(text: str) -> bool:
    text = text.strip(_BLANKS)
    return text.lower() in ("", "nan") or text in ("NA", "N/A", "<NA>", "None", "null", "NULL")


def _columns(names: Sequence[str]) -> str:
    return f"{'column' if len(names) == 1 else 'columns'} {_show(names)}"


def _show(values: Collection[object]) -> str:
    shown = [f"`{str(value)[:60]}`" for value in list(values)[:SHOWN]]
    return ", ".join(shown) + (", …" if len(values) > SHOWN else "")
