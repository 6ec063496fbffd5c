"""Histograms of event files, in the JSON form that `log_histogram` writes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runfolio.sources.protobuf import Message

Floats = NDArray[np.float64]


def read_old_histogram(histogram: Message) -> dict[str, Any]:
    """A ``HistogramProto``, from the first bucket that holds something to the last.

    As TensorBoard has it, the outer edges are the least and greatest value.
    """
    limits, counts = (_doubles(histogram, number) for number in (6, 7))
    if len(limits) != len(counts):
        raise ValueError(f"a histogram has {len(limits)} limits and {len(counts)} counts")
    low, high, total, sum_, squares = (histogram.double(number) for number in range(1, 6))
    filled = np.flatnonzero(counts > 0)
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, -1)
    edges = np.concatenate([[low], limits[first:last], [high]])
    mean = sum_ / total if total else math.nan
    spread = math.sqrt(max(0.0, squares / total - mean * mean)) if total else math.nan
    return _document(counts[first : last + 1], edges, _finite(mean), _finite(spread))


def read_new_histogram(rows: Floats) -> dict[str, Any]:
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
    return _document(np.array(counts), np.array(edges), None, None)


def _doubles(message: Message, number: int) -> Floats:
    content = b"".join(message.all(number))
    if len(content) % 8:
        raise ValueError(f"the {len(content)} bytes of a histogram are no whole number of values")
    return np.frombuffer(content, "<f8")


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _document(
    counts: Floats, edges: Floats, mean: float | None, spread: float | None
) -> dict[str, Any]:
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
