"""Estimates how many labels are wrong by confident learning (Northcutt, Jiang & Chuang, JAIR 70, 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np

from taskkit.fits.learner import out_of_fold, random_folds, split_folds
from taskkit.fits.table import SEED, Question, Table
from taskkit.fits.target import Target

#: Rows that a class has at least: the threshold of a rarer one says nothing.
CLASS_ROWS = 10
#: Pairs of classes that are named.
SHOWN = 3


def label_noise(table: Table, target: Target, rows: np.ndarray, question: Question) -> dict[str, Any] | None:
    """Share of rows that lie off the diagonal of the confident joint; classes only."""
    if not target.classes or target.class_rows().min() < CLASS_ROWS:
        return None
    # Time is no matter here: earlier and later rows are labelled alike.
    folds = split_folds(table, target, rows, question) if question.policy == "group" else random_folds(target, SEED)
    return confident_joint(target, out_of_fold(table.matrix(rows), target, folds))


def confident_joint(target: Target, said: np.ndarray) -> dict[str, Any]:
    """The share, from probabilities of rows that the model has not seen."""
    given = target.values.astype(int)
    # A class counts as likely for a row when the row is surer of it than rows of that class are on average.
    sure = np.array([said[given == kind, kind].mean() for kind in range(target.classes)])
    likely = np.where(said >= sure, said, -1.0)
    counted = likely.max(axis=1) >= 0
    joint = np.zeros((target.classes, target.classes))
    np.add.at(joint, (given[counted], likely[counted].argmax(axis=1)), 1)
    # Each given class has as many rows in the joint as in the data.
    held = joint.sum(axis=1, keepdims=True)
    joint = joint / np.maximum(1, held) * target.class_rows()[:, None]
    wrong = joint.copy()
    np.fill_diagonal(wrong, 0)
    pairs = sorted(np.ndindex(*wrong.shape), key=lambda pair: (-wrong[pair], pair))[:SHOWN]
    named = [(target.names[a], target.names[b], wrong[a, b] / len(given)) for a, b in pairs if wrong[a, b] > 0]
    return {
        "share": float(wrong.sum() / max(1.0, joint.sum())),
        "rows": len(given),
        "right": float((said.argmax(axis=1) == given).mean()),
        "pairs": [[given_name, likely_name, float(share)] for given_name, likely_name, share in named],
    }
