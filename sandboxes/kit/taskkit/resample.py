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


def draws(
    metric: CompetitionMetrics, answers: pd.DataFrame, submissions: list[pd.DataFrame], id_column: str, resamples: int
) -> list[list[float | None] | None]:
    """The scores of each submission on each draw, `None` where there is none; `None` for a submission that lacks an id.

    An empty list when the metric is too slow.
    """
    import numpy as np

    tables = [_rows_of(table, answers, id_column) for table in submissions]
    answers = answers.reset_index(drop=True)
    names = {id_column: [str(place) for place in range(1, len(answers) + 1)]}
    rng = np.random.default_rng(0)
    scores: list[list[float | None]] = [[] for _ in tables]
    end = time.monotonic() + MOST_SECONDS
    for _ in range(resamples):
        rows = rng.integers(0, len(answers), len(answers))
        truth = answers.iloc[rows].reset_index(drop=True).assign(**names)
        for own, table in zip(scores, tables, strict=True):
            if table is not None:
                drawn = table.iloc[rows].reset_index(drop=True).assign(**names)
                own.append(_score(metric, truth.copy(), drawn))
        if time.monotonic() > end:
            return []
    return [None if table is None else own for own, table in zip(scores, tables, strict=True)]


def intervals(names: list[str], said: Any, resamples: int) -> dict[str, dict[str, Any]]:
    """For each submission its `interval`, and `differences`: the intervals of its score minus that of each other.

    What is `said` comes from the process of a metric and may be anything; what is not as `draws` gives it is left out.
    """
    import numpy as np

    columns = {}
    for name, values in zip(names, said if isinstance(said, list) else [], strict=False):
        if isinstance(values, list) and len(values) == resamples and all(map(_is_score, values)):
            columns[name] = np.array([math.nan if value is None else value for value in values], dtype=float)
    return {
        name: {
            "interval": _percentiles(own),
            "differences": {other: _percentiles(own - theirs) for other, theirs in columns.items() if other != name},
        }
        for name, own in columns.items()
    }


def _rows_of(table: pd.DataFrame, answers: pd.DataFrame, id_column: str) -> pd.DataFrame | None:
    """The submission's rows in the order of the answers; `None` where one is missing or stands there twice.

    A metric may accept such a submission. It is no sample of rows that pairs with the others.
    """
    ids = answers[id_column].astype("str")
    if id_column not in table.columns:
        return None
    by_id = table.set_index(table[id_column].astype("str"))
    if not by_id.index.is_unique or not ids.isin(by_id.index).all():
        return None
    return by_id.loc[ids].reset_index(drop=True)


def _is_score(value: Any) -> bool:
    return value is None or isinstance(value, float) and math.isfinite(value)


def _score(metric: CompetitionMetrics, truth: pd.DataFrame, drawn: pd.DataFrame) -> float | None:
    try:
        value = float(metric.evaluate(truth, drawn))
    except Exception:  # noqa: BLE001 — a draw may lack a class; such draws have no value
        return None
    return value if math.isfinite(value) else None


def _percentiles(values: Any) -> list[float] | None:
    """Low and high; nothing when fewer than half of the draws have a value."""
    import numpy as np

    defined = values[np.isfinite(values)]
    if not len(defined) or 2 * len(defined) < len(values):
        return None
    return [float(end) for end in np.percentile(defined, TAILS)]
