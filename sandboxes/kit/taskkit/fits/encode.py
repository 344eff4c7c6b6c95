"""Turns cells into numbers that trees can cut: numbers as they are, times as seconds, other texts in sorted order."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

#: Texts that stand for a missing value, in lower case.
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "?", "-", "."})
#: Share of the cells with a value that must read as a number or a time.
READABLE = 0.95
#: How times are written, beside ISO 8601; the first pattern that reads a column wins.
PATTERNS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y", "%d/%m/%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%b %d, %Y", "%B %d, %Y",
    "%B %d %Y", "%b %Y", "%B %Y", "%Y-%m",
)  # fmt: skip
#: Values on which patterns are tried first.
TRIED = 20


@dataclass(frozen=True)
class Column:
    """A column as numbers; `kind` is `number`, `time` or `text`."""

    kind: str
    values: np.ndarray

    @property
    def distinct(self) -> int:
        """Distinct values, missing ones not counted."""
        return len(np.unique(self.values[~np.isnan(self.values)]))


def encode(cells: list[str]) -> Column:
    """The cells as numbers, NaN where there is no value."""
    texts = [cell.strip() for cell in cells]
    present = [text for text in texts if text.lower() not in MISSING]
    values = np.fromiter((number(text) for text in texts), dtype=float, count=len(texts))
    if not present or np.count_nonzero(~np.isnan(values)) >= READABLE * len(present):
        return Column("number", values)
    times = read_times(texts, present)
    if times is not None:
        return Column("time", times)
    places = {text: float(place) for place, text in enumerate(sorted(set(present)))}
    return Column("text", np.fromiter((places.get(text, math.nan) for text in texts), dtype=float, count=len(texts)))


def number(text: str) -> float:
    """The number that a CSV reader would take the text for, or NaN."""
    if "_" in text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return math.nan
    # LightGBM and sums of squares need room: nothing measured is so large.
    return value if abs(value) < 1e100 else math.nan


def read_times(texts: list[str], present: list[str]) -> np.ndarray | None:
    """Seconds since the year 1 by the first pattern that reads nearly all values, or `None`."""
    distinct = sorted(set(present))
    step = max(1, len(distinct) // TRIED)
    tried = distinct[::step]
    if not any(character.isdigit() for character in tried[0]):
        return None
    for pattern in (None, *PATTERNS):
        if sum(math.isnan(_moment(text, pattern)) for text in tried) > (1 - READABLE) * len(tried):
            continue
        moments = {text: _moment(text, pattern) for text in distinct}
        values = np.fromiter((moments.get(text, math.nan) for text in texts), dtype=float, count=len(texts))
        if np.count_nonzero(~np.isnan(values)) >= READABLE * len(present):
            return values
    return None


def _moment(text: str, pattern: str | None) -> float:
    try:
        if pattern is None:
            # Digits alone would be a date of the basic format, such as 20240101 or a code.
            moment = datetime.fromisoformat(text) if "-" in text else None
        else:
            moment = datetime.strptime(text, pattern)
        if moment is None:
            return math.nan
        return (moment.replace(tzinfo=None) - datetime.min - (moment.utcoffset() or timedelta())).total_seconds()
    except (ValueError, OverflowError):
        return math.nan


def words(name: str) -> list[str]:
    """A name's words in lower case: `StoreID`, `store_id` and `store id` have the same."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_]+", spaced) if word]
