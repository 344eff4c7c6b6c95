"""How far scores could be off because the test rows are a sample: percentile bootstrap over rows, seeded.

All submissions are scored on the same draws, so that their differences are paired. A drawn row gets an id of its own,
because a row that was drawn twice counts as two rows, and metrics align by id.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from taskkit.metrics import CompetitionMetrics

#: Tails of a 95 % interval, in percent.
TAILS = (2.5, 97.5)

#: A metric so slow that drawing takes longer gets no intervals, in seconds. All or nothing: which draws were made must
#: not depend on how fast the machine is.
MOST_SECONDS = 120


def intervals(
    metric: CompetitionMetrics,
    answers: pd.DataFrame,
    submissions: dict[str, pd.DataFrame],
    id_column: str,
    resamples: int,
) -> dict[str, dict[str, Any]]:
    """For each submission its `interval`, and `differences`: the intervals of its score minus that of each other."""
    import numpy as np

    ids = answers[id_column].astype("str")
    tables = {
        name: table.set_index(table[id_column].astype("str")).loc[ids].reset_index(drop=True)
        for name, table in submissions.items()
    }
    answers = answers.reset_index(drop=True)
    names = {id_column: [str(place) for place in range(1, len(answers) + 1)]}
    rng = np.random.default_rng(0)
    scores: dict[str, list[float]] = {name: [] for name in tables}
    end = time.monotonic() + MOST_SECONDS
    for _ in range(resamples):
        rows = rng.integers(0, len(answers), len(answers))
        truth = answers.iloc[rows].reset_index(drop=True).assign(**names)
        for name, table in tables.items():
            drawn = table.iloc[rows].reset_index(drop=True).assign(**names)
            scores[name].append(_score(metric, truth.copy(), drawn))
        if time.monotonic() > end:
            return {}

    columns = {name: np.array(values) for name, values in scores.items()}
    return {
        name: {
            "interval": _percentiles(own),
            "differences": {other: _percentiles(own - theirs) for other, theirs in columns.items() if other != name},
        }
        for name, own in columns.items()
    }


def _score(metric: CompetitionMetrics, truth: pd.DataFrame, drawn: pd.DataFrame) -> float:
    try:
        return float(metric.evaluate(truth, drawn))
    except Exception:  # noqa: BLE001 — a draw may lack a class; such draws have no value
        return math.nan


def _percentiles(values: Any) -> list[float] | None:
    """Low and high; nothing when fewer than half of the draws have a value."""
    import numpy as np

    defined = values[np.isfinite(values)]
    if not len(defined) or 2 * len(defined) < len(values):
        return None
    return [float(end) for end in np.percentile(defined, TAILS)]
