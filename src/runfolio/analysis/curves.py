"""Fewer points for a curve that look the same: spikes, ends and gaps stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Polyline = list[tuple[float, float]]


def reduce_curve(step: NDArray[Any], value: NDArray[Any], *, points: int) -> Ints:
    """The places of at most `points` rows (at least 8) that draw the same curve, by step.

    Keeps the first and the last row, the minimum and maximum of equal parts (MinMax downsampling,
    Van Der Donckt et al., doi:10.1016/j.softx.2025.102045), and one row of each run of NaN or
    infinity, longest first should they take more than a third. Rows of one step keep their order;
    a curve that is short enough keeps all.
    """
    order: Ints = np.argsort(np.asarray(step), kind="stable")
    points = max(points, 8)
    if len(order) <= points:
        return order
    ordered = np.asarray(value, dtype=np.float64)[order]
    gaps = _gap_places(ordered, limit=points // 3)
    ends = np.array([0, len(order) - 1])
    finite = np.flatnonzero(np.isfinite(ordered))
    kept = finite[_extreme_places(ordered[finite], points - len(gaps) - len(ends))]
    reduced: Ints = order[np.unique(np.concatenate([ends, gaps, kept]))]
    return reduced


def spark_points(
    step: NDArray[Any], value: NDArray[Any], *, width: float, height: float, points: int = 60
) -> list[Polyline]:
    """Polylines of a curve scaled to a box, y downwards, broken at NaN and infinities.

    A constant curve lies in the middle. A piece of one point is a polyline of that point.
    """
    kept = reduce_curve(step, value, points=points)
    y = np.asarray(value, dtype=np.float64)[kept]
    x = np.asarray(step)[kept].astype(np.float64)
    finite = np.isfinite(y)
    if not finite.any():
        return []
    across = _scale(x, x[finite]) * width
    down = (1 - _scale(np.where(finite, y, 0.0), y[finite])) * height
    places = list(zip(np.round(across, 2).tolist(), np.round(down, 2).tolist(), strict=True))
    if finite.all():
        return [places]
    pieces = np.split(np.arange(len(y)), np.flatnonzero(np.diff(finite)) + 1)
    return [[places[i] for i in piece] for piece in pieces if finite[piece[0]]]


def _scale(numbers: Floats, shown: Floats) -> Floats:
    """Scale so that the shown numbers fill 0..1, or lie at 0.5 when all are the same."""
    low, high = shown.min() / 2, shown.max() / 2  # halves: the range of float64 may overflow
    if high <= low:
        return np.full(len(numbers), 0.5)
    scaled: Floats = np.clip((numbers / 2 - low) / (high - low), 0.0, 1.0)
    return scaled


def _extreme_places(values: Floats, points: int) -> Ints:
    """Where the minimum and maximum of each of ``points // 2`` equal parts lie."""
    points -= points % 2
    if len(values) <= points:
        return np.arange(len(values))
    from tsdownsample import MinMaxDownsampler

    # By place, not by step: given uneven steps the library may panic, and parts of equal count
    # serve steps that bunch up as well.
    sampler: Any = MinMaxDownsampler
    places = sampler().downsample(np.ascontiguousarray(values), n_out=points)
    return np.asarray(places, dtype=np.int64)


def _gap_places(values: Floats, *, limit: int) -> Ints:
    """The first place of each run of NaN, of +inf and of -inf; the longest when too many."""
    if np.isfinite(values).all():
        return np.empty(0, np.int64)
    kind = np.select([np.isnan(values), values == np.inf, values == -np.inf], [1, 2, 3], 0)
    starts = np.append(0, np.flatnonzero(np.diff(kind)) + 1)
    lengths = np.diff(np.append(starts, len(values)))[kind[starts] > 0]
    starts = starts[kind[starts] > 0]
    if len(starts) > limit:
        starts = starts[np.argsort(-lengths, kind="stable")[:limit]]
    return np.asarray(starts, dtype=np.int64)
