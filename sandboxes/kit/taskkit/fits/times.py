"""Whether time passes between train and test, and what knowing the future is worth where it does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from taskkit.fits.encode import Column, words
from taskkit.fits.learner import fit, gap, predict, score
from taskkit.fits.table import SEED, Question, Table
from taskkit.fits.target import Target

#: Words of numeric columns that may hold years, and of years that are no time of the row.
YEARS = frozenset({"year", "yr", "date"})
OTHER_YEARS = frozenset(
    """birth born build built car construction dob founded made manufacture model renovated since vehicle veh
    registration remod sold yearveh""".split()
)
#: Words of columns that hold seconds since 1970.
STAMPS = frozenset({"time", "timestamp", "date", "datetime", "epoch", "created", "ts"})
#: Distinct times that a credible column has.
TIMES = 8
#: Blocks of the timeline; each but the first is predicted from all before it.
BLOCKS = 6
#: Time columns that are tried.
TRIED = 1


def time_gaps(table: Table, target: Target, question: Question) -> list[dict[str, Any]]:
    """Scores of predicting later rows from earlier ones, and of the same with rows in random order."""
    if not question.independent:
        return []
    facts = []
    for name in table.columns:
        times = as_time(name, table.column(name))
        if times is None or len(facts) == TRIED:
            continue
        rows = table.sample(target.labelled & ~np.isnan(times))
        if len(rows) < 20 * BLOCKS or len(np.unique(times[rows])) < TIMES:
            continue
        order = np.argsort(times[rows], kind="stable")
        measured = _chained(table, target.at(rows), rows, order)
        facts.append({"column": name, "times": len(np.unique(times)), "gap": measured})
    return facts


def order(table: Table, question: Question) -> dict[str, Any] | None:
    """Last time of train and first of test, for a split by a column that stands in the files."""
    if question.policy != "time" or question.split_column not in table.columns:
        return None
    column = table.column(question.split_column)
    fact = {"column": question.split_column, "train_last": None, "test_first": None, "early": 0, "tied": 0}
    values = column.values
    train, test = values[~table.in_test], values[table.in_test]
    train, test = train[~np.isnan(train)], test[~np.isnan(test)]
    if column.kind == "text" or not len(train) or not len(test):
        return fact
    last = float(train.max())
    return {
        **fact,
        "train_last": _shown(last, column),
        "test_first": _shown(float(test.min()), column),
        # Test rows before the end of train, and rows of either side at that very time.
        "early": int(np.count_nonzero(test < last)),
        "tied": int(np.count_nonzero(values == last)) if (test == last).any() else 0,
    }


def as_time(name: str, column: Column) -> np.ndarray | None:
    """The column's times, where it credibly says when a row happened."""
    parts = set(words(name))
    if parts & OTHER_YEARS:
        return None
    if column.kind == "time":
        return column.values
    if column.kind != "number":
        return None
    known = column.values[~np.isnan(column.values)]
    if not len(known) or np.any(known != np.floor(known)):
        return None
    low, high = float(known.min()), float(known.max())
    if (parts & YEARS and 1500 <= low and high <= 2100) or (parts & STAMPS and 1e8 <= low and high <= 5e12):
        return column.values
    return None


def _chained(table: Table, target: Target, rows: np.ndarray, by_time: np.ndarray) -> dict[str, float] | None:
    features, target = table.matrix(rows), target.ranks()
    at_random = np.random.default_rng(SEED).permutation(len(rows))
    return gap(*(_chain(features, target, places) for places in (at_random, by_time)))


def _chain(features: np.ndarray, target: Target, places: np.ndarray) -> np.ndarray:
    scores = []
    bounds = [len(places) * block // BLOCKS for block in range(BLOCKS + 1)]
    for start, end in zip(bounds[1:], bounds[2:], strict=False):
        before, block = places[:start], places[start:end]
        known, asked = target.at(before), target.at(block)
        if target.classes and len(np.unique(known.values)) < 2:
            continue
        predicted = predict(fit(features[before], known), features[block], target)
        value = score(asked, predicted, target)
        if not np.isnan(value):
            scores.append(value)
    return np.array(scores)


def _shown(value: float, column: Column) -> str:
    if column.kind == "time":
        return (datetime.min + timedelta(seconds=value)).isoformat()
    return f"{value:.15g}"
