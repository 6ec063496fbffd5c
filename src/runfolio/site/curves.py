"""The curves of a run for the browser: an overview of each, and all points of the long ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.analysis.curves import reduce_curve
from runfolio.query import Curve
from runfolio.site.library import RunEntry
from runfolio.site.numbers import plain_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

CURVE_POINTS: Final = 1000
"""How many points of a curve come with its run; a longer one has all its points in parts."""

PART_POINTS: Final = 20_000


def is_curve(curve: Curve | None) -> bool:
    """Whether there is more to draw than a single value."""
    return curve is not None and len(curve.step) > 1


def shard_curves(run: RunEntry) -> dict[str, Any]:
    """A run's curves, reduced to what a screen can show.

    Metrics that were logged together share their steps and times (seconds since the run's start),
    so these are kept apart as axes that the curves name by number. A longer curve tells where its
    points are: in the shards `points/RUN/VALUES-PART`, with their steps and times in
    `points/RUN/AXIS-PART`, each part with the range of steps and of times it holds.
    """
    start = run.record.start_time
    axes: list[dict[str, Any]] = []
    numbers: dict[tuple[bytes, bytes], int] = {}
    long = {one.key: one for one in _long_curves(run)}
    curves: dict[str, Any] = {}
    for key, curve in _curves(run):
        kept = reduce_curve(curve.step, curve.value, points=CURVE_POINTS)
        steps, times = curve.step[kept], curve.time[kept]
        mark = (steps.tobytes(), times.tobytes())
        if mark not in numbers:
            numbers[mark] = len(axes)
            axes.append({"step": steps.tolist(), "time": _seconds(times, start, 3)})
        overview = {"total": len(curve.step), "axis": numbers[mark], "value": _values(curve, kept)}
        curves[key] = overview | _own_axis(run, key)
        if key in long:
            curves[key] |= {"points": long[key].shards(run), "parts": _ranges(long[key], start)}
    return {"axes": axes, "curves": curves}


def shard_points(run: RunEntry) -> Iterator[tuple[str, dict[str, Any]]]:
    """All points of a run's long curves: the name and content of each shard of a part."""
    written: set[str] = set()
    for long in _long_curves(run):
        names = long.shards(run)
        for number, part in enumerate(long.parts()):
            axis = f"{names['axis']}-{number}"
            if axis not in written:
                written.add(axis)
                times = _seconds(long.curve.time[part], run.record.start_time, 6)
                yield axis, {"step": _steps(long.curve.step[part]), "time": times}
            yield f"{names['values']}-{number}", {"value": _values(long.curve, part)}


@dataclass(frozen=True, slots=True)
class _LongCurve:
    """A curve with more points than its overview; `order` is by step, `axis` who shares it."""

    key: str
    curve: Curve
    number: int
    axis: int
    order: NDArray[np.int64]

    def shards(self, run: RunEntry) -> dict[str, str]:
        return {
            "values": f"points/{run.id}/{self.number}",
            "axis": f"points/{run.id}/a{self.axis}",
        }

    def parts(self) -> list[NDArray[np.int64]]:
        return np.split(self.order, range(PART_POINTS, len(self.order), PART_POINTS))


def _curves(run: RunEntry) -> Iterator[tuple[str, Curve]]:
    return ((key, curve) for key, curve in sorted(run.curves.items()) if is_curve(curve))


def _long_curves(run: RunEntry) -> list[_LongCurve]:
    axes: dict[tuple[bytes, bytes], int] = {}
    found: list[_LongCurve] = []
    for key, curve in _curves(run):
        if len(curve.step) > CURVE_POINTS:
            mark = (curve.step.tobytes(), curve.time.tobytes())
            axis = axes.setdefault(mark, len(axes))
            order = np.argsort(curve.step, kind="stable")
            found.append(_LongCurve(key, curve, len(found), axis, order))
    return found


def _own_axis(run: RunEntry, key: str) -> dict[str, str]:
    """The metric that a metric is to be drawn over, where the run says so and has its curve."""
    known = run.record.context.get("step_metrics")
    wanted = known if isinstance(known, dict) else {}
    exact = [wanted[key]] if key in wanted else []
    patterns = [axis for pattern, axis in wanted.items() if fnmatchcase(key, str(pattern))]
    for axis in (*exact, *patterns):
        if isinstance(axis, str) and axis != key and is_curve(run.curves.get(axis)):
            return {"x": axis}
    return {}


def _ranges(long: _LongCurve, start: int) -> list[list[float]]:
    """Of each part the first and last step, the first and last time, and how many points."""
    step, time = long.curve.step, long.curve.time
    return [
        [
            int(step[part[0]]),
            int(step[part[-1]]),
            *_seconds(np.array([time[part].min(), time[part].max()]), start, 6),
            len(part),
        ]
        for part in long.parts()
    ]


def _steps(steps: NDArray[np.int64]) -> list[int] | dict[str, int]:
    """Steps as they are, or only the first and the distance where that is always the same."""
    apart = np.diff(steps)
    if len(apart) and (apart == apart[0]).all():
        return {"first": int(steps[0]), "by": int(apart[0]), "count": len(steps)}
    listed: list[int] = steps.tolist()
    return listed


def _seconds(times: NDArray[np.int64], start: int, digits: int) -> list[float]:
    seconds: list[float] = ((times - start) / 1e6).round(digits).tolist()
    return seconds


def _values(curve: Curve, places: NDArray[np.int64]) -> list[Any]:
    values = curve.value[places]
    listed: list[Any] = values.tolist()
    return listed if np.isfinite(values).all() else [plain_number(value) for value in listed]
