"""The learner, its folds and its scores."""

from __future__ import annotations

import sys

import numpy as np

from taskkit.fits.table import SEED, Question, Table
from taskkit.fits.target import Target

# LightGBM does without these, and importing them takes longer than all fits: `None` makes the import fail.
_hidden = [name for name in ("pandas", "sklearn", "pyarrow", "matplotlib") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]
import lightgbm  # noqa: E402

for _name in _hidden:
    del sys.modules[_name]

#: Folds of a cross-validation.
FOLDS = 5
#: Trees of a model: at most so many rounds, and so many trees over all classes.
ROUNDS = 60
TREES = 120
#: Columns that one tree looks at, at most.
TREE_COLUMNS = 60


def fit(features: np.ndarray, target: Target) -> lightgbm.Booster:
    """A small model, quick to learn and able to remember small groups of rows."""
    rounds = ROUNDS if target.classes <= 2 else max(12, TREES // target.classes)
    parameters = {
        "objective": "regression" if not target.classes else "binary" if target.classes == 2 else "multiclass",
        "learning_rate": min(0.3, 6 / rounds),
        "num_leaves": 15,
        "min_data_in_leaf": 5,
        "max_bin": 63,
        "feature_fraction": min(1.0, TREE_COLUMNS / features.shape[1]),
        "feature_pre_filter": False,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 0,
        "verbosity": -1,
    }
    if target.classes > 2:
        parameters["num_class"] = target.classes
    data = lightgbm.Dataset(features, target.values, params=parameters)
    return lightgbm.train(parameters, data, num_boost_round=rounds)


def predict(model: lightgbm.Booster, features: np.ndarray, target: Target) -> np.ndarray:
    """A row of class probabilities for each row, or a column of numbers."""
    out = np.asarray(model.predict(features))
    if not target.classes:
        return out.reshape(-1, 1)
    return out if target.classes > 2 else np.column_stack([1 - out, out])


def out_of_fold(features: np.ndarray, target: Target, folds: np.ndarray) -> np.ndarray:
    """What models say of rows that they were not fitted to."""
    out = np.zeros((len(folds), max(1, target.classes)))
    for fold in np.unique(folds):
        test = folds == fold
        model = fit(features[~test], target.at(~test))
        out[test] = predict(model, features[test], target)
    return out


def fold_scores(features: np.ndarray, target: Target, folds: np.ndarray) -> np.ndarray:
    """The score of each fold, without those that have none."""
    predicted = out_of_fold(features, target, folds)
    scores = [score(target.at(folds == fold), predicted[folds == fold], target) for fold in np.unique(folds)]
    return np.array([value for value in scores if not np.isnan(value)])


def score(target: Target, predicted: np.ndarray, whole: Target) -> float:
    """Mean ROC AUC of the classes, or R² against the mean of the whole; a constant's at least, NaN without variety."""
    if target.classes:
        area = macro_auc(target.values, predicted)
        # `max` would prefer its first argument to NaN.
        return np.nan if np.isnan(area) else max(0.5, area)
    spread = np.sum((target.values - whole.values.mean()) ** 2)
    if spread <= 0:
        return np.nan
    return max(0.0, 1 - float(np.sum((target.values - predicted[:, 0]) ** 2) / spread))


def macro_auc(classes: np.ndarray, predicted: np.ndarray) -> float:
    """The mean of the classes' one-versus-rest areas, over classes that have one."""
    kinds = range(predicted.shape[1]) if predicted.shape[1] > 2 else [1]
    areas = [auc(classes == kind, predicted[:, kind]) for kind in kinds]
    areas = [area for area in areas if not np.isnan(area)]
    return float(np.mean(areas)) if areas else np.nan


def auc(positive: np.ndarray, values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """ROC AUC; ties count half. `positive` may be numbers of positives, then `weights` has numbers of rows."""
    positive = positive.astype(float)
    negative = (1 - positive) if weights is None else weights - positive
    _, places = np.unique(values, return_inverse=True)
    positives = np.bincount(places, positive)
    negatives = np.bincount(places, negative)
    pairs = positives.sum() * negatives.sum()
    if pairs == 0:
        return np.nan
    below = np.cumsum(negatives) - negatives / 2
    return float((positives * below).sum() / pairs)


def random_folds(target: Target, seed: int, count: int = FOLDS) -> np.ndarray:
    """Folds with the same shares of classes, or random ones for numbers."""
    order = np.random.default_rng(seed).permutation(len(target.values))
    if target.classes:
        order = order[np.argsort(target.values[order], kind="stable")]
    folds = np.empty(len(order), dtype=int)
    folds[order] = np.arange(len(order)) % count
    return folds


def group_folds(target: Target, groups: np.ndarray, seed: int, count: int = FOLDS) -> np.ndarray:
    """Folds of whole groups, of about equal size and shares of classes."""
    _, places = np.unique(groups, return_inverse=True)
    number = int(places.max()) + 1
    kinds = max(1, target.classes)
    of_row = target.values.astype(int) if target.classes else np.zeros(len(places), dtype=int)
    shares = np.bincount(places * kinds + of_row, minlength=number * kinds).reshape(number, kinds).astype(float)
    shares /= np.maximum(1, shares.sum(axis=0))
    order = np.random.default_rng(seed).permutation(number)
    order = order[np.argsort(-shares[order].sum(axis=1), kind="stable")]
    held = np.zeros((count, kinds))
    fold_of = np.empty(number, dtype=int)
    for group in order:
        fold = int(np.argmin(((2 * held + shares[group]) * shares[group]).sum(axis=1)))
        held[fold] += shares[group]
        fold_of[group] = fold
    return fold_of[places]


def split_folds(table: Table, target: Target, rows: np.ndarray, question: Question) -> np.ndarray:
    """Folds that keep apart what the split does: else a feature that names a group would seem to know its answer."""
    if question.independent:
        return random_folds(target, SEED)
    groups = split_groups(table, rows, question)
    return table.in_test[rows].astype(int) if groups is None else group_folds(target, groups, SEED)


def split_groups(table: Table, rows: np.ndarray, question: Question) -> np.ndarray | None:
    """Numbers of the groups that the split keeps together, when it names them by a column of the files."""
    if question.policy != "group" or question.split_column not in table.columns:
        return None
    return numbered(table.column(question.split_column).values[rows])


def numbered(values: np.ndarray) -> np.ndarray:
    """Numbers of the groups that a column makes; a row without a value is a group of its own."""
    groups = np.unique(values, return_inverse=True)[1].astype(int)
    missing = np.isnan(values)
    groups[missing] = groups.max() + 1 + np.arange(missing.sum())
    return groups


def joint(columns: list[np.ndarray]) -> np.ndarray:
    """One number for each combination of values."""
    out = np.zeros(len(columns[0]), dtype=int)
    for values in columns:
        places = np.unique(values, return_inverse=True)[1]
        out = np.unique(out * (int(places.max()) + 1) + places, return_inverse=True)[1]
    return out


def gap(plain: np.ndarray, apart: np.ndarray) -> dict[str, float] | None:
    """Mean scores of two cross-validations, and the standard error of their difference; `None` with too few folds."""
    if min(len(plain), len(apart)) < 3:
        return None
    # Folds of repetitions see the same rows again: they make the mean no surer.
    folds = min(FOLDS, len(plain), len(apart))
    sigma = np.sqrt((plain.var(ddof=1) + apart.var(ddof=1)) / folds)
    return {"random": float(plain.mean()), "apart": float(apart.mean()), "sigma": float(sigma)}
