"""The numbers behind the pages as files: experiments and runs as CSV and Parquet, the points."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from runfolio.site.columns import as_number
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.times import format_iso
from runfolio.store.parquet import encode_table

if TYPE_CHECKING:
    import pyarrow as pa


def tabulate_runs(entry: ExperimentEntry) -> pa.Table:
    """One row per run: attributes, ``params.*``, last values as ``metrics.*``, ``tags.*``."""
    import pyarrow as pa

    runs = entry.runs
    tags = sorted({key for run in runs for key in run.record.tags})
    columns: dict[str, pa.Array] = {
        "run_id": pa.array([run.id for run in runs], pa.string()),
        "name": pa.array([run.record.name for run in runs], pa.string()),
        "status": pa.array([run.record.status for run in runs], pa.string()),
        "start_time": _times([run.record.start_time for run in runs]),
        "end_time": _times([run.record.end_time for run in runs]),
        "duration": pa.array([run.record.duration for run in runs], pa.float64()),
        "parent_id": pa.array([run.record.parent_id for run in runs], pa.string()),
    }
    for key in entry.params:
        columns[f"params.{key}"] = _param_array([run.record.params.get(key) for run in runs])
    for key in entry.metrics:
        last = [run.summaries[key].last if key in run.summaries else None for run in runs]
        columns[f"metrics.{key}"] = pa.array(last, pa.float64())
    for key in tags:
        texts = [run.record.tags.get(key) for run in runs]
        columns[f"tags.{key}"] = pa.array(texts, pa.string())
    return pa.table(columns)


def tabulate_experiments(library: Library) -> pa.Table:
    """One row per experiment: how many runs, and the best by its primary metric."""
    import pyarrow as pa

    entries = library.experiments
    primaries = [one.primary for one in entries]
    best = [one.best if one.primary else None for one in entries]
    statuses = [Counter(run.record.status for run in one.runs) for one in entries]
    value = [
        run.last(primary.metric) if run and primary else None
        for run, primary in zip(best, primaries, strict=True)
    ]
    return pa.table(
        {
            "experiment": pa.array([one.name for one in entries], pa.string()),
            "runs": pa.array([len(one.runs) for one in entries], pa.int64()),
            "running": pa.array([one["RUNNING"] for one in statuses], pa.int64()),
            "failed": pa.array([one["FAILED"] for one in statuses], pa.int64()),
            "killed": pa.array([one["KILLED"] for one in statuses], pa.int64()),
            "last_activity": _times([one.last_activity for one in entries]),
            "metric": pa.array([one and one.metric for one in primaries], pa.string()),
            "direction": pa.array([one and one.direction for one in primaries], pa.string()),
            "best": pa.array(value, pa.float64()),
            "best_run_id": pa.array([run and run.id for run in best], pa.string()),
            "best_run": pa.array([run and run.record.name for run in best], pa.string()),
        }
    )


def _times(moments: list[int | None]) -> pa.Array:
    import pyarrow as pa

    return pa.array(moments, pa.int64()).cast(pa.timestamp("us", tz="UTC"))


def _param_array(values: list[Any]) -> pa.Array:
    """A parameter's values as one type: whole numbers, numbers, bools, or else text."""
    import pyarrow as pa

    known = [value for value in values if value is not None]
    kinds = set(map(type, known))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        if kinds == {int} and all(abs(v) < 2**63 for v in known):
            return pa.array(values, pa.int64())
        return pa.array([None if v is None else float(as_number(v)) for v in values], pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def encode_parquet(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file."""
    return encode_table(table)


def encode_csv(table: pa.Table) -> str:
    """A table as CSV; text that a spreadsheet would run as a formula begins with a quote."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_harmless(name) for name in table.column_names])
    for row in zip(*map(_csv_values, table.columns), strict=True):
        writer.writerow([_harmless(value) for value in row])
    return buffer.getvalue()


def _csv_values(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa

    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    moments = column.cast(pa.int64()).to_pylist()
    return [None if moment is None else format_iso(moment) for moment in moments]


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def points_of(entry: ExperimentEntry, metrics: pa.Table) -> pa.Table:
    """All points of an experiment's runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = pa.array([run.id for run in entry.runs], pa.string())
    theirs = pc.is_in(metrics["run_id"], value_set=ids)
    points = metrics if pc.all(theirs).as_py() else metrics.filter(theirs)
    return points.replace_schema_metadata(None)
