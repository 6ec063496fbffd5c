"""The trend of points, as ``chart-points.js`` finds it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from runfolio.charts.rows import scatter_kind

_LEAST_POINTS: Final = 3


def find_trend(
    pairs: Sequence[tuple[float, float]], scales: Mapping[str, str | None]
) -> list[dict[str, float]]:
    """The ends of a least-squares line over both axes as they are drawn; empty without one."""
    kind = scatter_kind("number", [x for x, _ in pairs], x_scale=scales["x"], y_scale=scales["y"])
    logs = (kind.startswith("scatter-log"), kind.endswith("-log"))
    kept = [
        pair for pair in pairs if all(at > 0 for at, log in zip(pair, logs, strict=True) if log)
    ]
    if len(kept) < _LEAST_POINTS:
        return []
    columns = [np.array(column, np.float64) for column in zip(*kept, strict=True)]
    across, up = (
        np.log10(column) if log else column for column, log in zip(columns, logs, strict=True)
    )
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the end of their range
        spread = float(across.std())
        if spread == 0:
            return []
        slope = float(((across - across.mean()) * (up - up.mean())).mean()) / spread**2
    ends = [float(across.min()), float(across.max())]
    levels = [float(up.mean()) + slope * (at - float(across.mean())) for at in ends]
    if not all(map(math.isfinite, levels)):
        return []
    return [
        {"x": 10**x if logs[0] else x, "y": 10**y if logs[1] else y}
        for x, y in zip(ends, levels, strict=True)
    ]
