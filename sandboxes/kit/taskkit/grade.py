"""Grades every file of a folder with a task's metric.py.

    python -m taskkit.grade --metric metric.py --answers test_answer.csv --submissions DIR --out scores.json

The result maps each file name to one of
`{"kind": "score", "value": …}`, `{"kind": "invalid", "reason": …, "message": …}`, `{"kind": "broken", "detail": …}`.
A submission that can't be scored never stops the others. With `--resamples N --id COLUMN` every score gets an `interval`
and its `differences` from the other scores, see `taskkit.resample`.

A metric computes on the tables that it is given: while it runs, the files that they came from can't be opened.
"""

import argparse
import json
import math
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskkit._script import load
from taskkit.metrics import CompetitionMetrics
from taskkit.submission import InvalidSubmissionError, read_table

if TYPE_CHECKING:
    import pandas as pd

#: Longest message and detail that is passed on.
MAX_TEXT = 2000


def main(arguments: list[str]) -> int:
    """Grade the folder; the exit code is 0 whenever the result was written."""
    parser = argparse.ArgumentParser(prog="python -m taskkit.grade", description=__doc__.split("\n")[0])
    parser.add_argument("--metric", type=Path, required=True, help="the task's metric.py")
    parser.add_argument("--answers", type=Path, required=True, help="the hidden labels")
    parser.add_argument("--submissions", type=Path, required=True, help="a folder of submissions")
    parser.add_argument("--out", type=Path, required=True, help="where to write the outcomes")
    parser.add_argument("--resamples", type=int, default=0, help="draws of all rows for intervals of the scores")
    parser.add_argument("--id", help="the id column, needed to draw rows")
    options = parser.parse_args(arguments)

    answers = read_table(options.answers)
    shut = (options.answers, options.submissions)
    with sealed(*shut):
        metric = metric_of(options.metric)
    outcomes: dict[str, dict[str, Any]] = {}
    scored: dict[str, pd.DataFrame] = {}
    for path in sorted(options.submissions.iterdir()):
        outcomes[path.name], submission = grade(metric, answers, path, shut)
        if options.resamples and submission is not None and outcomes[path.name]["kind"] == "score":
            scored[path.name] = submission
    if options.resamples:
        from taskkit.resample import intervals

        with sealed(*shut):
            found = intervals(metric, answers, scored, options.id, options.resamples)
        for name, more in found.items():
            outcomes[name].update(more)
    options.out.write_text(json.dumps(outcomes, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def metric_of(script: Path) -> CompetitionMetrics:
    """The one metric that the script defines."""
    module = load(script, "metric")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, CompetitionMetrics) and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{script.name} must define one class that derives from CompetitionMetrics, not {len(found)}")
    return found[0]()


def grade(
    metric: CompetitionMetrics, answers: "pd.DataFrame", path: Path, shut: tuple[Path, ...]
) -> tuple[dict[str, Any], "pd.DataFrame | None"]:
    """The outcome of one submission, and its table where it could be read; the metric can't open what is `shut`."""
    submission = None
    try:
        submission = read_table(path)
        # Copies: what a metric does to its tables must not reach the next submission.
        with sealed(*shut):
            metric.validate_submission(submission.copy(), answers.copy())
            value = float(metric.evaluate(answers.copy(), submission.copy()))
    except InvalidSubmissionError as error:
        return {"kind": "invalid", "reason": error.reason, "message": str(error)[:MAX_TEXT]}, submission
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 — whatever a metric raises, the other submissions are graded
        return {"kind": "broken", "detail": traceback.format_exc()[-MAX_TEXT:]}, submission
    if math.isinf(value):
        message = "the predictions are so large that the score is not finite"
        return {"kind": "invalid", "reason": "overflow", "message": message}, submission
    if math.isnan(value):
        return {"kind": "broken", "detail": "the metric gave nan"}, submission
    return {"kind": "score", "value": value}, submission


_SEALED: list[str] = []


@contextmanager
def sealed(*paths: Path) -> Iterator[None]:
    """Let nobody open these files, or what stands in these folders."""
    _SEALED.extend(os.path.abspath(path) for path in paths)
    try:
        yield
    finally:
        _SEALED.clear()


def _refuse_sealed(event: str, arguments: tuple[Any, ...]) -> None:
    if _SEALED and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        if any(path == shut or path.startswith(f"{shut}{os.sep}") for shut in _SEALED):
            raise PermissionError(f"a metric must not read {path}: it is given the tables")


sys.addaudithook(_refuse_sealed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
