"""The target as models see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from taskkit.fits.encode import MISSING, number
from taskkit.fits.table import Incomplete, Question, Table

#: Classes that are told apart; the rows of all rarer ones are one class more.
CLASSES = 10
#: Rows that a class has at least; the rows of rarer ones are one class together.
CLASS_ROWS = 10


@dataclass(frozen=True)
class Target:
    """Class numbers (`classes` > 0) or numbers; what an unlabelled row has means nothing."""

    values: np.ndarray
    labelled: np.ndarray
    classes: int
    names: tuple[str, ...] = ()

    @staticmethod
    def of(table: Table, question: Question) -> Target:
        """The target of the table."""
        if question.classification:
            # A class may be called `none` or `-`: only an empty cell is no label.
            labelled = np.array([bool(label) for label in table.labels])
            return _classes(table, labelled)
        values = np.array([np.nan if label is None else number(label) for label in table.labels])
        present = sum(label is not None and label.strip().lower() not in MISSING for label in table.labels)
        labelled = ~np.isnan(values)
        if labelled.sum() < max(10, 0.5 * present):
            raise Incomplete("the target is to be a number, but most of its cells are none")
        return Target(values=values, labelled=labelled, classes=0)

    def at(self, rows: np.ndarray) -> Target:
        """The target of some rows."""
        return Target(self.values[rows], self.labelled[rows], self.classes, self.names)

    def class_rows(self) -> np.ndarray:
        """Rows of each class; nothing for numbers."""
        return np.bincount(self.values.astype(int), minlength=self.classes) if self.classes else np.zeros(0)

    def ranks(self) -> Target:
        """The same, with ranks from 0 to 1 in place of numbers, so that a few huge values decide nothing."""
        if self.classes:
            return self
        values, places, counts = np.unique(self.values, return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - counts / 2
        return Target((middle / len(self.values))[places], self.labelled, 0)


def _classes(table: Table, labelled: np.ndarray) -> Target:
    counts = Counter(label for label, known in zip(table.labels, labelled, strict=True) if known)
    ordered = sorted(counts, key=lambda label: (-counts[label], label))
    if len(ordered) < 2:
        raise Incomplete("the target has fewer than two classes")
    named = [label for at, label in enumerate(ordered) if at < 2 or (at < CLASSES and counts[label] >= CLASS_ROWS)]
    places = {label: place for place, label in enumerate(named)}
    classes = len(named) + (len(named) < len(ordered))
    place_of = [places.get(label, len(named)) for label in table.labels]
    values = np.where(labelled, place_of, 0).astype(float)
    names = tuple(named) + ("rarer classes",) * (classes - len(named))
    return Target(values=values, labelled=labelled, classes=classes, names=names)
