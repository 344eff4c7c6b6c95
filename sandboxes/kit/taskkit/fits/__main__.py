"""Measures a package with models and writes the facts.

    python -m taskkit.fits --public DIR --private DIR --question question.json --out facts.json

The question is `{"id_column": …, "target": …, "classification": …, "policy": …, "split_column": … or null}`; it stands in a
file, because a column's name may be longer than an argument.
"""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from taskkit.fits.groups import entity_gaps, hidden_gap
from taskkit.fits.noise import label_noise
from taskkit.fits.power import feature_powers
from taskkit.fits.shift import shift
from taskkit.fits.table import Incomplete, Question, load
from taskkit.fits.target import Target
from taskkit.fits.times import order, time_gaps

#: Digits of a number in the facts: fewer than any threshold needs, and none that depend on the order of a sum.
DIGITS = 6


def main(arguments: list[str]) -> int:
    """Write the facts; the exit code is 0 whenever they were written."""
    parser = argparse.ArgumentParser(prog="python -m taskkit.fits", description=__doc__.split("\n")[0])
    parser.add_argument("--public", type=Path, required=True, help="folder of train.csv and test.csv")
    parser.add_argument("--private", type=Path, required=True, help="folder of test_answer.csv")
    parser.add_argument("--question", type=Path, required=True, help="what the task asks, as JSON")
    parser.add_argument("--out", type=Path, required=True, help="where to write the facts")
    options = parser.parse_args(arguments)
    question = Question(**json.loads(options.question.read_text(encoding="utf-8")))
    facts = rounded(measure(options.public, options.private, question))
    options.out.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measure(public: Path, private: Path, question: Question) -> dict[str, Any]:
    """All facts; those that can't be measured are empty or null."""
    facts: dict[str, Any] = {
        "incomplete": None,
        "labelled_rows": 0,
        "fitted_rows": 0,
        "class_rows": [],
        "features": [],
        "entities": [],
        "hidden_entity": None,
        "times": [],
        "order": None,
        "shift": None,
        "label_noise": None,
    }
    try:
        table = load(public, private, question)
        target = Target.of(table, question)
    except Incomplete as incomplete:
        facts["incomplete"] = str(incomplete)
        return facts
    sample = table.sample(target.labelled)
    fitted = target.at(sample)
    facts["labelled_rows"] = int(target.labelled.sum())
    facts["fitted_rows"] = len(sample)
    facts["class_rows"] = [int(rows) for rows in fitted.class_rows()]
    facts["features"] = feature_powers(table, fitted, sample, question)
    facts["entities"] = entity_gaps(table, target, question)
    facts["hidden_entity"] = hidden_gap(table, fitted, sample, question)
    facts["times"] = time_gaps(table, target, question)
    facts["order"] = order(table, question)
    facts["shift"] = shift(table, question)
    facts["label_noise"] = label_noise(table, fitted, sample, question)
    return facts


def rounded(value: Any) -> Any:
    """The same facts with short numbers; what is no number at all becomes null."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
