"""A metric's curves of two sides, each averaged over its runs, at the same few steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.query import Curve
from runfolio.review.runs import Group

if TYPE_CHECKING:
    import numpy as np

    Points = tuple[np.ndarray, np.ndarray]

MOST_POINTS: Final = 20


@dataclass(frozen=True, slots=True)
class CurvePair:
    """The mean curves of a metric at `steps`, which both sides reach; all values are finite.

    `base_whole` and `head_whole` are the same curves over all steps that the side itself reaches.
    """

    metric: str
    steps: tuple[int, ...]
    base: tuple[float, ...]
    head: tuple[float, ...]
    base_whole: tuple[float, ...]
    head_whole: tuple[float, ...]


def average_curves(metric: str, base: Group, head: Group) -> CurvePair | None:
    """The curves of both sides; None where they share fewer than two steps.

    The steps are evenly apart, at most `MOST_POINTS`, and end at the last that all curves reach.
    Between the points of a curve its values are interpolated linearly.
    """
    before, after = _finite_curves(metric, base), _finite_curves(metric, head)
    if not before or not after:
        return None
    steps = _shared_steps([*before, *after])
    if len(steps) < 2:
        return None
    return CurvePair(
        metric,
        steps,
        base=_average(before, steps),
        head=_average(after, steps),
        base_whole=_average(before, _shared_steps(before)),
        head_whole=_average(after, _shared_steps(after)),
    )


def _shared_steps(curves: list[Points]) -> tuple[int, ...]:
    """Steps evenly apart up to the last that all curves reach; none where they share none."""
    first = max(int(step[0]) for step, _ in curves)
    last = min(int(step[-1]) for step, _ in curves)
    stride = max(1, math.ceil((last - first) / (MOST_POINTS - 1)))
    return tuple(range(last, first - 1, -stride))[::-1]


def _finite_curves(metric: str, group: Group) -> list[Points]:
    curves = [run.curves[metric] for run in group.runs if metric in run.curves]
    return [points for curve in curves if (points := _finite_points(curve)) is not None]


def _finite_points(curve: Curve) -> Points | None:
    """The steps in order, each once with its last value, where that is finite."""
    import numpy as np

    kept = np.isfinite(curve.value)
    step, value = curve.step[kept], curve.value[kept]
    order = np.argsort(step, kind="stable")
    step, value = step[order], value[order]
    if len(step) < 2:
        return None
    final = np.append(step[1:] != step[:-1], True)
    return step[final], value[final]


def _average(curves: list[Points], steps: tuple[int, ...]) -> tuple[float, ...]:
    import numpy as np

    at = np.array(steps, np.float64)
    total = np.zeros(len(steps))
    for step, value in curves:
        total += np.interp(at, step.astype(np.float64), value / len(curves))
    limit = np.finfo(np.float64).max
    return tuple(np.clip(total, -limit, limit).tolist())
