"""Reads train, test and answers as one table of cells, whatever the files hold, and draws samples of its rows."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from taskkit.fits.encode import Column, encode

#: Most rows that a model is fitted to.
ROWS = 4_000
#: Most cells that a model is fitted to; a wider table gets fewer rows, but at least `LEAST_ROWS`.
CELLS = 400_000
LEAST_ROWS = 400
#: Most cells that are kept of a file; rows of a larger one are drawn at random.
KEPT_CELLS = 4_000_000
#: Seed of every draw.
SEED = 1729


class Incomplete(Exception):
    """The package lacks what the measurement needs."""


@dataclass(frozen=True)
class Question:
    """What must be known of a task."""

    id_column: str
    target: str
    classification: bool
    policy: str
    split_column: str | None

    @property
    def independent(self) -> bool:
        """Whether the split takes rows for independent of each other."""
        return self.policy in ("random", "stratified")


@dataclass
class Table:
    """Rows of train, then of test: features that both files have, and the target where it is known."""

    columns: dict[str, list[str]]
    labels: list[str | None]
    in_test: np.ndarray
    _encoded: dict[str, Column] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.labels)

    def sample(self, wanted: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
        """Rows that are wanted, in order, as many as a model may see; whole groups where `groups` numbers them."""
        rows = np.flatnonzero(wanted)
        most = min(ROWS, max(LEAST_ROWS, CELLS // max(1, len(self.columns))))
        if len(rows) <= most:
            return rows
        rng = np.random.default_rng(SEED)
        if groups is None:
            return np.sort(rng.permutation(rows)[:most])
        rank = rng.permutation(int(groups.max()) + 1)[groups[rows]]
        kept = rows[np.argsort(rank, kind="stable")][:most]
        return np.sort(kept)

    def column(self, name: str) -> Column:
        """The column as numbers, encoded once."""
        if name not in self._encoded:
            self._encoded[name] = encode(self.columns[name])
        return self._encoded[name]

    def matrix(self, rows: np.ndarray) -> np.ndarray:
        """All features of some rows as numbers; a missing value is NaN."""
        out = np.empty((len(rows), len(self.columns)))
        for at, name in enumerate(self.columns):
            out[:, at] = self.column(name).values[rows]
        return out


def load(public: Path, private: Path, question: Question) -> Table:
    """The package's rows."""
    train_header, train = _read(public / "train.csv")
    test_header, test = _read(public / "test.csv")
    answers_header, answers = _read(private / "test_answer.csv")
    for name, header, wanted in [
        ("train.csv", train_header, [question.target]),
        ("test.csv", test_header, [question.id_column]),
        ("test_answer.csv", answers_header, [question.id_column, question.target]),
    ]:
        for column in wanted:
            if column not in header:
                raise Incomplete(f"`{name}` has no column `{column}`")
    if not train or not test:
        raise Incomplete("train.csv or test.csv has no rows")

    answer_id, answer = answers_header.index(question.id_column), answers_header.index(question.target)
    known = {row[answer_id]: row[answer] for row in answers}
    test_id = test_header.index(question.id_column)
    labels: list[str | None] = [row[train_header.index(question.target)] for row in train]
    labels += [known.get(row[test_id]) for row in test]
    columns = {
        name: [row[train_header.index(name)] for row in train] + [row[test_header.index(name)] for row in test]
        for name in test_header
        if name in train_header and name not in (question.id_column, question.target)
    }
    if not columns:
        raise Incomplete("train.csv and test.csv share no feature")
    in_test = np.arange(len(labels)) >= len(train)
    return Table(columns=columns, labels=labels, in_test=in_test)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows: a short row filled up, a long one cut, an undecodable byte replaced; others judge the form."""
    if not path.is_file():
        raise Incomplete(f"`{path.name}` is missing")
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        reader = csv.reader(text)
        header = next(reader, None)
        if not header:
            raise Incomplete(f"`{path.name}` is empty")
        width = len(header)
        rows = (row if len(row) == width else (row + [""] * width)[:width] for row in reader if row)
        return header, _drawn(rows, max(1, KEPT_CELLS // width))


def _drawn(rows: Iterable[list[str]], most: int) -> list[list[str]]:
    """At most so many of the rows, drawn at random, in order; never many more are held at a time."""
    draw = random.Random(SEED)
    held: list[tuple[float, int, list[str]]] = []

    def thin() -> None:
        held.sort(key=lambda entry: entry[:2])
        del held[most:]

    for at, row in enumerate(_strict(rows)):
        held.append((draw.random(), at, row))
        if len(held) >= 2 * most:
            thin()
    if len(held) > most:
        thin()
    held.sort(key=lambda entry: entry[1])
    return [row for _, _, row in held]


def _strict(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """The rows up to the first that can't be read at all."""
    try:
        yield from rows
    except csv.Error:
        return
