"""The curves of a run for the browser: an overview of each, and all points of the long ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.analysis.curves import reduce_curve
from runfolio.query import Curve
from runfolio.site.library import RunEntry
from runfolio.site.packed import list_numbers, pack_rows, pack_steps, pack_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

CURVE_POINTS: Final = 1000
"""How many points of a curve come with its run; a longer one has all its points in parts."""

PART_POINTS: Final = 20_000

_PACKED_AT_ONCE: Final = 1 << 18


def is_curve(curve: Curve | None) -> bool:
    """Whether there is more to draw than a single value."""
    return curve is not None and len(curve.step) > 1


def shard_curves(run: RunEntry) -> dict[str, Any]:
    """A run's curves, reduced to what a screen can show."""
    [documents] = shard_curves_of([run])
    return documents


def shard_curves_of(runs: Iterable[RunEntry]) -> list[dict[str, Any]]:
    """The curves of each run, reduced to what a screen can show; many runs together take less time.

    Metrics that were logged together share their steps and times (seconds since the run's start),
    so these are kept apart as axes that the curves name by number, but for the first one. A longer
    curve tells how many points it has in all, and where they are: in the shards
    `points/RUN/VALUES-PART`, with their steps and times in `points/RUN/AXIS-PART`, each part with
    the range of steps and of times it holds.
    """
    values = _Values({})
    documents = [_shard_one(run, values) for run in runs]
    values.pack()
    return documents


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of many curves by their length, with the documents that they are to stand in."""

    by_length: dict[int, list[tuple[dict[str, Any], NDArray[np.float64]]]]

    def add(self, document: dict[str, Any], values: NDArray[np.float64]) -> None:
        self.by_length.setdefault(len(values), []).append((document, values))

    def pack(self) -> None:
        for length, members in self.by_length.items():
            many = max(_PACKED_AT_ONCE // length, 1)
            for first in range(0, len(members), many):
                some = members[first : first + many]
                columns = pack_rows(
                    np.concatenate([values for _, values in some]).reshape(-1, length)
                )
                for (document, _), column in zip(some, columns, strict=True):
                    document["value"] = column


@dataclass(frozen=True, slots=True)
class _Axes:
    """The axes of a run's curves, and by steps and times which one it is and in which order."""

    start: int
    documents: list[dict[str, Any]]
    known: dict[tuple[bytes, bytes], tuple[int, NDArray[np.int64] | None]]

    def find(self, curve: Curve) -> tuple[int, NDArray[np.int64] | None]:
        """The number of a curve's axis, and the order of its points where they do not ascend."""
        mark = (curve.step.tobytes(), curve.time.tobytes())
        if mark not in self.known:
            order = _order(curve.step)
            self.known[mark] = (len(self.documents), order)
            step, time = curve.step, curve.time - self.start
            if order is not None:
                step, time = step[order], time[order]
            self.documents.append({"step": pack_steps(step), "time": pack_times(time)})
        return self.known[mark]


def _shard_one(run: RunEntry, values: _Values) -> dict[str, Any]:
    axes = _Axes(run.record.start_time, [], {})
    listed = _curves(run)
    own = _own_axes(run)
    documents: dict[str, Any] = {key: {} for key, _ in listed}
    for long in _long_curves(listed):
        documents[long.key] |= long.describe(run)
    for key, curve in listed:
        drawn = curve if len(curve.step) <= CURVE_POINTS else _reduce(curve)
        axis, order = axes.find(drawn)
        if axis:
            documents[key]["axis"] = axis
        if own:
            documents[key] |= _own_axis(run, own, key)
        values.add(documents[key], drawn.value if order is None else drawn.value[order])
    return {"axes": axes.documents, "curves": documents} if listed else {}


def _reduce(curve: Curve) -> Curve:
    kept = reduce_curve(curve.step, curve.value, points=CURVE_POINTS)
    return Curve(curve.run_id, curve.key, curve.step[kept], curve.time[kept], curve.value[kept])


def _order(steps: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The order of steps, those of one step as they are; None where they ascend."""
    if (steps[1:] >= steps[:-1]).all():
        return None
    return np.argsort(steps, kind="stable")


def shard_points(run: RunEntry) -> Iterator[tuple[str, dict[str, Any]]]:
    """All points of a run's long curves: the name and content of each shard of a part."""
    written: set[str] = set()
    for long in _long_curves(_curves(run)):
        names = long.shards(run)
        for number, part in enumerate(long.parts()):
            axis = f"{names['axis']}-{number}"
            if axis not in written:
                written.add(axis)
                times = _seconds(long.curve.time[part], run.record.start_time, 6)
                yield axis, {"step": pack_steps(long.curve.step[part]), "time": times}
            yield f"{names['values']}-{number}", {"value": list_numbers(long.curve.value[part])}


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

    def describe(self, run: RunEntry) -> dict[str, Any]:
        """How many points there are, in which shards, and what each part holds."""
        return {
            "total": len(self.curve.step),
            "points": self.shards(run),
            "parts": _ranges(self, run.record.start_time),
        }

    def parts(self) -> list[NDArray[np.int64]]:
        return np.split(self.order, range(PART_POINTS, len(self.order), PART_POINTS))


def _curves(run: RunEntry) -> list[tuple[str, Curve]]:
    return [(key, curve) for key, curve in sorted(run.curves.items()) if is_curve(curve)]


def _long_curves(curves: Iterable[tuple[str, Curve]]) -> list[_LongCurve]:
    axes: dict[tuple[bytes, bytes], int] = {}
    found: list[_LongCurve] = []
    for key, curve in curves:
        if len(curve.step) > CURVE_POINTS:
            mark = (curve.step.tobytes(), curve.time.tobytes())
            axis = axes.setdefault(mark, len(axes))
            order = np.argsort(curve.step, kind="stable")
            found.append(_LongCurve(key, curve, len(found), axis, order))
    return found


def _own_axes(run: RunEntry) -> dict[Any, Any]:
    """Over which metrics the run says that its metrics are to be drawn, by name or pattern."""
    known = run.record.context.get("step_metrics")
    return known if isinstance(known, dict) else {}


def _own_axis(run: RunEntry, wanted: dict[Any, Any], key: str) -> dict[str, str]:
    """The metric that a metric is to be drawn over, where the run has its curve."""
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


def _seconds(times: NDArray[np.int64], start: int, digits: int) -> list[float]:
    seconds: list[float] = ((times - start) / 1e6).round(digits).tolist()
    return seconds
