"""One run, read whole: what it logged, and what was said of it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from runfolio.query.runs import Artifact, Input, ParamValue, find_runs
from runfolio.store.layout import StorePath
from runfolio.store.single import read_run

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class RunRead:
    """A run as it stands in its store, read-only. Times are aware, in UTC; `duration` is seconds.

    `params` have their types, `metrics` is the last value of each metric, `artifacts` tell each
    file's path, size, digest and where it lies, and `context` is what was captured.
    """

    id: str
    name: str
    experiment: str
    status: str
    start_time: datetime
    end_time: datetime | None
    duration: float | None
    parent_id: str | None
    note: str | None
    deleted: bool
    params: Mapping[str, ParamValue]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    artifacts: tuple[Artifact, ...]
    inputs: tuple[Input, ...]
    folder: Path
    context: Mapping[str, Any] = field(repr=False)
    _points: pa.Table = field(repr=False, compare=False)

    def metric_history(self, key: str) -> pd.DataFrame:
        """All points of one metric in log order: step, time (aware, UTC) and value.

        The table is empty when the run has no such metric.
        """
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc

        points = self._points.filter(pc.equal(self._points["key"], key))
        moments = pd.Series(points["time"].cast(pa.int64()).to_numpy())
        return pd.DataFrame(
            {
                "step": points["step"].to_numpy(),
                "time": pd.to_datetime(moments, unit="us", utc=True).dt.as_unit("us"),
                "value": points["value"].to_numpy(),
            }
        )


def get_run(run_id: str, *, store: StorePath | None = None) -> RunRead:
    """Read one run, deleted or not, by its id or the beginning of it.

    Raises `RunNotFound` when no run, or more than one, has an id that begins so.
    """
    read = read_run(run_id, store=store)
    (run,) = find_runs(read.tables)
    summaries = read.tables.summaries
    last = zip(summaries["key"].to_pylist(), summaries["last"].to_pylist(), strict=True)
    return RunRead(
        id=run.id,
        name=run.name,
        experiment=run.experiment,
        status=run.status,
        start_time=moment_of(run.start_time),
        end_time=None if run.end_time is None else moment_of(run.end_time),
        duration=run.duration,
        parent_id=run.parent_id,
        note=run.note,
        deleted=read.deleted is not None,
        params=run.params,
        metrics=dict(last),
        tags=run.tags,
        artifacts=run.artifacts,
        inputs=run.inputs,
        folder=read.tables.root / "runs" / run.id,
        context=run.context,
        _points=read.tables.metrics,
    )


def moment_of(microseconds: int) -> datetime:
    """A time in microseconds since 1970 as an aware datetime, in UTC.

    One beyond what a datetime holds, which only somebody else's store has, becomes the nearest.
    """
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _LATEST if microseconds > 0 else _EARLIEST
