"""What each feature alone tells about the target, by cross-validation over train and test together.

Three models of one feature are tried, and the best counts: a tree; bins of equal size, each answering with what its
rows of the other folds have; and for two classes the order of the values, for numbers a straight line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from taskkit.fits.encode import Column
from taskkit.fits.learner import auc, split_folds
from taskkit.fits.table import Question, Table
from taskkit.fits.target import Target
from taskkit.fits.tree import leaves

#: Bins of a feature. Up to so many distinct values are bins of their own; texts always are; missing values are one bin.
BINS = 64
#: Features that trees are grown for: those that bins say most about.
TREES = 60
#: Rows' worth of the overall answer that is mixed into a bin's, so that bins of few rows claim little.
PRIOR_ROWS = 1.0


def feature_powers(table: Table, target: Target, rows: np.ndarray, question: Question) -> list[dict[str, Any]]:
    """Power and predictive power score of every feature, and the rows that the score counts."""
    folds = split_folds(table, target, rows, question)
    measure = _classes if target.classes else _numbers
    columns = {name: Column(table.column(name).kind, table.column(name).values[rows]) for name in table.columns}
    powers = {name: measure(_bins(column), target, folds) for name, column in columns.items()}
    strongest = sorted(powers, key=lambda name: -max(powers[name]))[:TREES]
    for name in strongest:
        column = columns[name]
        if column.kind == "text":
            continue
        found = [powers[name], measure(leaves(column.values, target, folds), target, folds)]
        if target.classes == 2:
            ordered = auc(target.values, np.nan_to_num(column.values, nan=-1e300))
            found.append((max(ordered, 1 - ordered), 0.0))
        elif not target.classes:
            found.append(_judged(target.values, _line(column.values, target.values, folds)))
        powers[name] = (max(power for power, _ in found), max(score for _, score in found))
    return [{"column": name, "power": power, "score": score} for name, (power, score) in powers.items()]


def _bins(column: Column) -> np.ndarray:
    """The bin of each row; 0 for missing values."""
    known = ~np.isnan(column.values)
    values, places, counts = np.unique(column.values[known], return_inverse=True, return_counts=True)
    bins = np.zeros(len(column.values), dtype=int)
    if len(values) <= BINS or column.kind == "text":
        bins[known] = places + 1
    else:
        # By the middle rank of equal values, so that these stay together.
        middle = np.cumsum(counts) - counts / 2
        bins[known] = (middle / counts.sum() * BINS).astype(int)[places] + 1
    return bins


def _classes(bins: np.ndarray, target: Target, folds: np.ndarray) -> tuple[float, float]:
    """Macro ROC AUC of the bins' class shares in the other folds, and what they save of the constant's errors."""
    classes, parts, number = target.classes, int(folds.max()) + 1, int(bins.max()) + 1
    labels = target.values.astype(int)
    cells = np.bincount((folds * number + bins) * classes + labels, minlength=parts * number * classes)
    cells = cells.reshape(parts, number, classes)
    others = cells.sum(axis=0) - cells
    totals = others.sum(axis=1)
    prior = totals / np.maximum(1, totals.sum(axis=1, keepdims=True))
    shares = others + PRIOR_ROWS * prior[:, None, :]
    shares /= shares.sum(axis=2, keepdims=True)
    weights = cells.sum(axis=2).ravel()
    kinds = range(classes) if classes > 2 else [1]
    areas = [auc(cells[:, :, kind].ravel(), shares[:, :, kind].ravel(), weights) for kind in kinds]
    right = np.take_along_axis(cells, shares.argmax(axis=2)[:, :, None], axis=2).sum()
    errors = len(labels) - np.bincount(labels).max()
    # A class may have no row in a sample, and then no area.
    power = float(np.mean([0.5] if all(map(np.isnan, areas)) else [area for area in areas if not np.isnan(area)]))
    return max(0.5, power), max(0.0, 1 - float(len(labels) - right) / max(1, errors))


def _numbers(bins: np.ndarray, target: Target, folds: np.ndarray) -> tuple[float, float]:
    """R² of the bins' means in the other folds, and the share of the median's absolute errors that they save."""
    values, parts, number = target.values, int(folds.max()) + 1, int(bins.max()) + 1
    cells = folds * number + bins
    sums = np.bincount(cells, values, minlength=parts * number).reshape(parts, number)
    counts = np.bincount(cells, minlength=parts * number).reshape(parts, number)
    sums, counts = sums.sum(axis=0) - sums, counts.sum(axis=0) - counts
    mean = sums.sum(axis=1, keepdims=True) / np.maximum(1, counts.sum(axis=1, keepdims=True))
    return _judged(values, ((sums + PRIOR_ROWS * mean) / (counts + PRIOR_ROWS)).ravel()[cells])


def _judged(values: np.ndarray, guesses: np.ndarray) -> tuple[float, float]:
    spread = float(np.sum((values - values.mean()) ** 2))
    deviation = float(np.sum(np.abs(values - np.median(values))))
    if spread <= 0 or deviation <= 0:
        return 0.0, 0.0
    power = 1 - float(np.sum((values - guesses) ** 2)) / spread
    return max(0.0, power), max(0.0, 1 - float(np.sum(np.abs(values - guesses))) / deviation)


def _line(feature: np.ndarray, values: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Least squares on the rows of the other folds; a missing value gets the mean."""
    out = np.empty(len(values))
    known = ~np.isnan(feature)
    for fold in np.unique(folds):
        test = folds == fold
        fitted = known & ~test
        out[test] = values[~test].mean()
        if not fitted.any():
            continue
        middle, mean = feature[fitted].mean(), values[fitted].mean()
        centred = feature[fitted] - middle
        square = np.sum(centred**2)
        if square > 0:
            slope = np.sum(centred * (values[fitted] - mean)) / square
            out[test & known] = mean + slope * (feature[test & known] - middle)
    return out
