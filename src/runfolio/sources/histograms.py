"""Histograms of other tools, in the JSON form that `log_histogram` writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def histogram_of_rows(rows: Floats) -> dict[str, Any]:
    """A tensor of rows (left edge, right edge, count); gaps become empty bins."""
    if rows.ndim != 2 or rows.shape[1] != 3:
        raise ValueError(f"a histogram has the shape {rows.shape} instead of (bins, 3)")
    edges: list[float] = [float(rows[0, 0])] if len(rows) else []
    counts: list[float] = []
    for left, right, count in rows.tolist():
        if left > edges[-1]:
            edges.append(left)
            counts.append(0.0)
        edges.append(right)
        counts.append(count)
    return make_histogram(np.array(counts), np.array(edges), None, None)


def make_histogram(
    counts: Floats, edges: Floats, mean: float | None, spread: float | None
) -> dict[str, Any]:
    """A histogram of counts between edges; raises `ValueError` for what is none."""
    if not np.isfinite(edges).all() or not np.isfinite(counts).all():
        raise ValueError("a histogram's edges and counts are no finite numbers")
    if (np.diff(edges) < 0).any() or (counts < 0).any():
        raise ValueError("a histogram's edges don't rise, or a count is below 0")
    total = float(counts.sum())
    low, high = (float(edges[0]), float(edges[-1])) if total else (None, None)
    drawn: Sequence[float] = edges.tolist()
    if not len(counts) or drawn[0] == drawn[-1]:
        middle = drawn[0] if drawn else 0.5
        room = max(0.5, abs(middle) / 1e6)
        drawn, counts = [middle - room, middle + room], np.array([total])
    return {
        "counts": [_whole(count) for count in counts.tolist()],
        "edges": list(drawn),
        "count": _whole(total),
        "min": low,
        "max": high,
        "mean": mean,
        "std": spread,
        "nan": 0,
        "inf": 0,
        "outside": 0,
    }


def _whole(count: float) -> float:
    return int(count) if count == int(count) else count
