"""Adversarial validation: how well a model tells test rows from train rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from taskkit.fits.learner import FOLDS, auc, fit, group_folds, joint, predict, split_groups
from taskkit.fits.table import SEED, Question, Table
from taskkit.fits.target import Target

#: Features that are named.
SHOWN = 3


def shift(table: Table, question: Question) -> dict[str, Any] | None:
    """ROC AUC of telling the sides apart, by models that have not seen the row; not for splits that differ on purpose."""
    if question.policy not in ("random", "stratified", "group"):
        return None
    rows = table.sample(np.ones(table.rows, dtype=bool))
    side = Target(values=table.in_test[rows].astype(float), labelled=np.ones(len(rows), dtype=bool), classes=2)
    counts = side.class_rows()
    if counts.min() < 2 * FOLDS:
        return None
    features = table.matrix(rows)
    # Honest splits keep equal rows, or the groups that they name, on one side: one tells where the others are.
    groups = split_groups(table, rows, question)
    if groups is None:
        groups = joint([table.column(name).values[rows] for name in table.columns])
    folds = group_folds(side, groups, SEED)
    said = np.zeros(len(rows))
    gains = np.zeros(len(table.columns))
    for fold in range(FOLDS):
        test = folds == fold
        model = fit(features[~test], side.at(~test))
        said[test] = predict(model, features[test], side)[:, 1]
        gains += model.feature_importance("gain")
    shares = gains / gains.sum() if gains.sum() > 0 else gains
    names = list(table.columns)
    top = sorted(range(len(names)), key=lambda at: (-shares[at], at))[:SHOWN]
    return {
        "auc": auc(side.values, said),
        "train_rows": int(counts[0]),
        "test_rows": int(counts[1]),
        "top": [[names[at], float(shares[at])] for at in top if shares[at] > 0],
    }
