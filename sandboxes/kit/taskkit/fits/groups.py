"""Whether rows of one patient or store stand on both sides of the split, and what knowing them is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from taskkit.fits.encode import words
from taskkit.fits.learner import fold_scores, gap, group_folds, joint, numbered, random_folds, split_groups
from taskkit.fits.table import SEED, Question, Table
from taskkit.fits.target import Target

#: Words of columns that name an entity of which new data bring more.
ENTITIES = frozenset(
    """account animal caseid client clinic customer device driver employee family guest hospital household machine member
    mouse mrn owner participant passenger patient patientid person personid pid player policyholder pupil respondent
    school seller sensor session shop speaker store storeid student subject subjectid user userid vehicle vin visitor
    voter worker""".split()
)
#: Last words of columns that name a key.
KEYS = frozenset({"id", "ids", "uid", "uuid", "guid", "key", "hash", "barcode"})
#: Words of what an entity has, rather than the entity: `customer_type` names no customer.
ATTRIBUTES = frozenset(
    """age amount area category city class code count country date day description distance education gender grade
    group income job kind length level mean month occupation price quality race rate rating ratio reason region score
    segment sex share size state status sum target time total type value weight year years""".split()
)
#: Groups of at least two rows that are needed, and rows of a group on average, from and to.
GROUPS = 20
ROWS_PER_GROUP = (1.2, 50.0)
#: Entity columns that are tried, strongest names first.
TRIED = 2
#: Repetitions of each cross-validation.
REPETITIONS = 2
#: Columns that hidden entities are looked for in, and how many must agree on them.
HIDDEN_COLUMNS = 15
HIDDEN_AGREE = 3


def entity_gaps(table: Table, target: Target, question: Question) -> list[dict[str, Any]]:
    """Scores with random folds and with whole entities apart, for each column that names one and crosses the split."""
    if question.policy == "time":
        # The same stores go on after the split, as in every forecast.
        return []
    found = []
    for name in table.columns:
        if name == question.split_column and question.policy == "group":
            continue
        strength = _names_entity(name)
        groups = numbered(table.column(name).values)
        if strength and _repeats(groups[target.labelled]):
            found.append((strength, name, groups))
    found.sort(key=lambda entry: -entry[0])
    facts = []
    for _, name, groups in found[:TRIED]:
        rows = table.sample(target.labelled, groups)
        measured = _measure(table, target.at(rows), rows, groups[rows], question)
        facts.append({"column": name, **_shape(table, groups), **measured})
    return facts


def hidden_gap(table: Table, target: Target, rows: np.ndarray, question: Question) -> dict[str, Any] | None:
    """The same for rows that agree exactly in several columns of many values, as one patient's do whose id is gone."""
    if not question.independent:
        return None
    columns = _agreeing(table, rows)
    if len(columns) < HIDDEN_AGREE:
        return None
    groups = joint([table.column(name).values[rows] for name in columns])
    alone = max(table.column(name).distinct for name in columns)
    # One column that has as many values as all together is a feature, not a trace of an entity.
    if not _repeats(groups) or len(np.unique(groups)) < 1.2 * alone:
        return None
    shape = {"columns": columns, "groups": len(np.unique(groups)), "rows_per_group": len(rows) / len(np.unique(groups))}
    return {**shape, **_measure(table, target, rows, groups, question)}


def _measure(
    table: Table, target: Target, rows: np.ndarray, groups: np.ndarray, question: Question
) -> dict[str, Any]:
    features, target = table.matrix(rows), target.ranks()
    declared = split_groups(table, rows, question)
    plain, apart = [], []
    for seed in range(SEED, SEED + REPETITIONS):
        folds = random_folds(target, seed) if declared is None else group_folds(target, declared, seed)
        plain.append(fold_scores(features, target, folds))
        apart.append(fold_scores(features, target, group_folds(target, groups, seed)))
    return {"gap": gap(np.concatenate(plain), np.concatenate(apart))}


def _names_entity(name: str) -> int:
    """2 for a key, 1 for the name of an entity, else 0."""
    parts = words(name)
    if not parts or any(word in ATTRIBUTES for word in parts):
        return 0
    if parts[-1] in KEYS or parts[0] in ("id", "uid"):
        return 2
    return int(any(word in ENTITIES for word in parts))


def _repeats(groups: np.ndarray) -> bool:
    counts = np.unique(groups, return_counts=True)[1]
    per_group = len(groups) / len(counts)
    return bool(np.count_nonzero(counts > 1) >= GROUPS and ROWS_PER_GROUP[0] <= per_group <= ROWS_PER_GROUP[1])


def _shape(table: Table, groups: np.ndarray) -> dict[str, Any]:
    known = np.unique(groups[~table.in_test])
    crossing = np.isin(groups[table.in_test], known).mean()
    number = len(np.unique(groups))
    return {"groups": number, "rows_per_group": len(groups) / number, "crossing": float(crossing)}


def _agreeing(table: Table, rows: np.ndarray) -> list[str]:
    """The largest set of columns of many values that repeat together far more often than by chance."""
    candidates = []
    for name in table.columns:
        values = table.column(name).values[rows]
        distinct = len(np.unique(values))
        if GROUPS <= distinct <= len(rows) / 2 and not np.isnan(values).any():
            candidates.append((-distinct, name, values))
    candidates = sorted(candidates, key=lambda entry: entry[:2])[:HIDDEN_COLUMNS]
    order = np.random.default_rng(SEED).permutation(len(rows))
    together: dict[str, set[str]] = {name: set() for _, name, _ in candidates}
    for at, (_, a, left) in enumerate(candidates):
        for _, b, right in candidates[at + 1 :]:
            seen = len(np.unique(joint([left, right])))
            chance = len(np.unique(joint([left, right[order]])))
            if seen <= len(rows) / 2 and seen <= 0.5 * chance:
                together[a].add(b)
                together[b].add(a)
    best: list[str] = []
    for name, others in together.items():
        chosen = [name]
        for other in _in_order(candidates, others):
            if all(other in together[one] for one in chosen):
                chosen.append(other)
        if len(chosen) > len(best):
            best = chosen
    return sorted(best)


def _in_order(candidates: list[tuple[int, str, np.ndarray]], others: set[str]) -> list[str]:
    """The others, those with most values first."""
    return [name for _, name, _ in candidates if name in others]
