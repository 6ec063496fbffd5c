"""The curves of a store: all points of one metric of one run, in log order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from runfolio.store.points import Points


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of one metric of one run; `time` is microseconds since 1970."""

    run_id: str
    key: str
    step: np.ndarray
    time: np.ndarray
    value: np.ndarray


class StoredCurves(Mapping[str, Curve]):
    """The curves of one run, whose points are read when somebody first looks at one."""

    def __init__(self, points: Points, run_id: str) -> None:
        self._points = points
        self._run_id = run_id

    def __getitem__(self, key: str) -> Curve:
        return self._curves[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)

    @cached_property
    def _curves(self) -> dict[str, Curve]:
        points = self._points.read([self._run_id])
        return group_curves(points).get(self._run_id, {})


def group_curves(metrics: pa.Table) -> dict[str, dict[str, Curve]]:
    """The curves of a metrics table by run and by metric."""
    found: dict[str, dict[str, Curve]] = {}
    for curve in find_curves(metrics):
        found.setdefault(curve.run_id, {})[curve.key] = curve
    return found


def find_curves(metrics: pa.Table) -> Iterator[Curve]:
    """Every curve of a metrics table; rows of one run and metric must lie together."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if metrics.num_rows == 0:
        return
    runs = pc.dictionary_encode(metrics["run_id"].combine_chunks())
    keys = pc.dictionary_encode(metrics["key"].combine_chunks())
    run_codes = runs.indices.to_numpy()
    key_codes = keys.indices.to_numpy()
    changes = (np.diff(run_codes) != 0) | (np.diff(key_codes) != 0)
    bounds = np.concatenate(([0], np.flatnonzero(changes) + 1, [metrics.num_rows]))
    step = metrics["step"].to_numpy()
    time = metrics["time"].cast(pa.int64()).to_numpy()
    value = metrics["value"].to_numpy()
    run_names, key_names = runs.dictionary.to_pylist(), keys.dictionary.to_pylist()
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        part = slice(start, end)
        yield Curve(
            run_names[run_codes[start]],
            key_names[key_codes[start]],
            step[part],
            time[part],
            value[part],
        )
