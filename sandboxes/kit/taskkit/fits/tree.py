"""Regression and classification trees on one column (Breiman et al. 1984): exact cuts, best first."""

from __future__ import annotations

import numpy as np

from taskkit.fits.target import Target

#: Leaves of a tree, and rows of a leaf: at least so many, and at least one in so many of all.
LEAVES = 32
LEAF_ROWS = 5
LEAF_SHARE = 100


def leaves(values: np.ndarray, target: Target, folds: np.ndarray) -> np.ndarray:
    """The leaf of each row in the tree that is grown on the rows of the other folds; 0 for missing values."""
    answers = np.eye(target.classes)[target.values.astype(int)] if target.classes else target.values[:, None]
    known = ~np.isnan(values)
    out = np.zeros(len(values), dtype=int)
    for fold in np.unique(folds):
        test = folds == fold
        fitted = np.flatnonzero(known & ~test)
        fitted = fitted[np.argsort(values[fitted], kind="stable")]
        cuts = _cuts(values[fitted], answers[fitted])
        out[test & known] = np.searchsorted(cuts, values[test & known], side="right") + 1
    return out


def _cuts(values: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Where the tree cuts sorted values: between two of them, so that the variance (Gini impurity) falls most."""
    rows = max(LEAF_ROWS, len(values) // LEAF_SHARE)
    if not len(values):
        return np.zeros(0)
    # Taken from the middle, sums of numbers stay small and exact.
    sums = np.vstack([np.zeros(answers.shape[1]), np.cumsum(answers - answers.mean(axis=0), axis=0)])
    # A cut at `at` separates `values[at - 1]` from `values[at]`; equal values stay together.
    allowed = np.concatenate([[False], values[1:] > values[:-1]])

    def best(start: int, end: int) -> tuple[float, int, int, int] | None:
        places = np.arange(start + rows, end - rows + 1)
        places = places[allowed[places]] if len(places) else places
        if not len(places):
            return None
        left, right = sums[places] - sums[start], sums[end] - sums[places]
        gains = (left**2).sum(axis=1) / (places - start) + (right**2).sum(axis=1) / (end - places)
        gains -= ((sums[end] - sums[start]) ** 2).sum() / (end - start)
        at = int(gains.argmax())
        return (float(gains[at]), start, int(places[at]), end) if gains[at] > 1e-12 else None

    open_parts = [part for part in [best(0, len(values))] if part]
    cuts: list[int] = []
    while open_parts and len(cuts) < LEAVES - 1:
        part = max(open_parts, key=lambda part: (part[0], -part[1]))
        open_parts.remove(part)
        _, start, at, end = part
        cuts.append(at)
        open_parts += [half for half in [best(start, at), best(at, end)] if half]
    ordered = np.array(sorted(cuts), dtype=int)
    return (values[ordered - 1] + values[ordered]) / 2
