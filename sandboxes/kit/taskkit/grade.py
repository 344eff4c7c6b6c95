"""Grades every file of a folder with a task's metric.py.

    python -P -m taskkit.grade --metric metric.py --answers test_answer.csv --submissions DIR --out scores.json --draws FILE

The result maps each file name to one of
`{"kind": "score", "value": …}`, `{"kind": "invalid", "reason": …, "message": …}`, `{"kind": "broken", "detail": …}`.
A submission that can't be scored never stops the others. With a file of `{"resamples": …, "id_column": …}` every score gets
an `interval` and its `differences` from the other scores, see `taskkit.resample`.

A metric is a task's code and may be hostile. It runs in a process of its own for each submission, see `taskkit._alone`:
it computes on the two tables that it is given, decides the outcome of that one submission, and neither remembers nor
reaches the others. Each is scored twice, because a score that depends on how often it was asked for is none.
`-P` keeps Python from importing what a metric may leave in the working folder.
"""

import argparse
import importlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskkit._alone import NoAnswerError, ask
from taskkit._script import load
from taskkit.metrics import CompetitionMetrics
from taskkit.resample import draws, intervals
from taskkit.submission import InvalidSubmissionError, read_table

if TYPE_CHECKING:
    import pandas as pd

#: Longest message and detail that is passed on.
MAX_TEXT = 2000
#: Libraries that take long to import: done once, before there is a process for each submission.
LIBRARIES = ("numpy", "pandas", "scipy.stats", "sklearn.metrics")


def main(arguments: list[str]) -> int:
    """Grade the folder; the exit code is 0 whenever the result was written."""
    parser = argparse.ArgumentParser(prog="python -m taskkit.grade", description=__doc__.split("\n")[0])
    parser.add_argument("--metric", type=Path, required=True, help="the task's metric.py")
    parser.add_argument("--answers", type=Path, required=True, help="the hidden labels")
    parser.add_argument("--submissions", type=Path, required=True, help="a folder of submissions")
    parser.add_argument("--out", type=Path, required=True, help="where to write the outcomes")
    parser.add_argument("--draws", type=Path, help="how to draw rows for intervals of the scores; without it, none are made")
    options = parser.parse_args(arguments)

    # A column's name may be longer than an argument.
    wanted = json.loads(options.draws.read_text(encoding="utf-8")) if options.draws else None
    answers = read_table(options.answers)
    import_libraries(options.metric)
    shut = (options.answers, options.submissions)
    try:
        ask(lambda: bool(metric_of(options.metric)), shut)
    except NoAnswerError as error:
        print(error, file=sys.stderr)
        return 1
    outcomes: dict[str, dict[str, Any]] = {}
    scored: dict[str, pd.DataFrame] = {}
    for path in sorted(options.submissions.iterdir()):
        outcomes[path.name], submission = grade(options.metric, answers, path, shut)
        if wanted and submission is not None and outcomes[path.name]["kind"] == "score":
            scored[path.name] = submission
    if scored:
        for name, more in resampled(options.metric, answers, scored, shut, wanted).items():
            outcomes[name].update(more)
    # No process of the metric is left that could write to it; what one left at its place goes.
    options.out.unlink(missing_ok=True)
    options.out.write_text(json.dumps(outcomes, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def import_libraries(script: Path) -> None:
    """Import those that the script may want; each process of the metric then has them."""
    text = script.read_text(encoding="utf-8", errors="replace")
    for name in LIBRARIES:
        if name.split(".")[0] in text:
            importlib.import_module(name)


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
    script: Path, answers: "pd.DataFrame", path: Path, shut: tuple[Path, ...]
) -> tuple[dict[str, Any], "pd.DataFrame | None"]:
    """The outcome of one submission, and its table where it could be read; the metric can't open what is `shut`."""
    try:
        submission = read_table(path)
    except InvalidSubmissionError as error:
        return invalid(error.reason, str(error)), None
    except Exception as error:  # noqa: BLE001 — whatever a reader raises, the other submissions are graded
        return {"kind": "broken", "detail": f"the file can't be read: {error}"[-MAX_TEXT:]}, None
    try:
        said = ask(lambda: score(metric_of(script), answers, submission), shut)
    except NoAnswerError as error:
        return {"kind": "broken", "detail": str(error)}, submission
    return outcome(said), submission


def score(metric: CompetitionMetrics, answers: "pd.DataFrame", submission: "pd.DataFrame") -> dict[str, Any]:
    """Both scores of a submission, or why the metric refuses it."""
    try:
        # Copies: what a metric does to its tables must not reach the second time.
        metric.validate_submission(submission.copy(), answers.copy())
        return {"scores": [repr(float(metric.evaluate(answers.copy(), submission.copy()))) for _ in range(2)]}
    except InvalidSubmissionError as error:
        return {"reason": error.reason, "message": str(error)}


def outcome(said: Any) -> dict[str, Any]:
    """What the process of a metric said, which may be anything, as an outcome."""
    match said:
        case {"reason": str(reason), "message": str(message)}:
            return invalid(reason, message)
        case {"scores": [str(first), str(again)]}:
            try:
                value = float(first)
            except ValueError:
                value = math.nan
            if first != again:
                detail = f"the metric gave {first[:40]}, and asked again {again[:40]}"
                return {"kind": "broken", "detail": detail}
            if math.isinf(value):
                return invalid("overflow", "the predictions are so large that the score is not finite")
            if math.isnan(value):
                return {"kind": "broken", "detail": "the metric gave nan"}
            return {"kind": "score", "value": value}
        case _:
            return {"kind": "broken", "detail": "the metric's process gave no outcome"}


def invalid(reason: str, message: str) -> dict[str, Any]:
    """The outcome of a submission that is refused."""
    return {"kind": "invalid", "reason": reason[:MAX_TEXT], "message": message[:MAX_TEXT]}


def resampled(
    script: Path,
    answers: "pd.DataFrame",
    scored: dict[str, "pd.DataFrame"],
    shut: tuple[Path, ...],
    wanted: dict[str, Any],
) -> dict[str, dict[str, Any]]:
    """Intervals of the scores, by name; nothing where the metric gives none."""
    # The process that draws is not told the names of the files.
    tables, resamples = list(scored.values()), wanted["resamples"]
    try:
        said = ask(lambda: draws(metric_of(script), answers, tables, wanted["id_column"], resamples), shut)
    except NoAnswerError:
        return {}
    return intervals(list(scored), said, resamples)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
