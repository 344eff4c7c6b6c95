"""Grades every file of a folder with a task's metric.py.

    python -m taskkit.grade --metric metric.py --answers test_answer.csv --submissions DIR --out scores.json

The result maps each file name to one of
`{"kind": "score", "value": …}`, `{"kind": "invalid", "reason": …, "message": …}`, `{"kind": "broken", "detail": …}`.
A submission that can't be scored never stops the others.
"""

import argparse
import json
import math
import sys
import traceback
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
    options = parser.parse_args(arguments)

    metric = metric_of(options.metric)
    answers = read_table(options.answers)
    outcomes = {path.name: grade(metric, answers, path) for path in sorted(options.submissions.iterdir())}
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


def grade(metric: CompetitionMetrics, answers: "pd.DataFrame", path: Path) -> dict[str, Any]:
    """The outcome of one submission."""
    try:
        submission = read_table(path)
        # Copies: what a metric does to its tables must not reach the next submission.
        metric.validate_submission(submission.copy(), answers.copy())
        value = float(metric.evaluate(answers.copy(), submission))
    except InvalidSubmissionError as error:
        return {"kind": "invalid", "reason": error.reason, "message": str(error)[:MAX_TEXT]}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 — whatever a metric raises, the other submissions are graded
        return {"kind": "broken", "detail": traceback.format_exc()[-MAX_TEXT:]}
    if math.isinf(value):
        message = "the predictions are so large that the score is not finite"
        return {"kind": "invalid", "reason": "overflow", "message": message}
    if math.isnan(value):
        return {"kind": "broken", "detail": "the metric gave nan"}
    return {"kind": "score", "value": value}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
