"""The numbers behind the pages as files: experiments and runs as CSV and Parquet, the points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from runfolio.site.columns import as_number
from runfolio.site.float_texts import float_texts
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.times import iso_texts
from runfolio.spreadsheets import are_plain_cells, write_cells, write_line
from runfolio.store.held import hold, release_pages
from runfolio.store.parquet import encode_table

if TYPE_CHECKING:
    import pyarrow as pa

CSV_ROWS: Final = 5000
"""So many rows of a table become text at once."""


def tabulate_runs(entry: ExperimentEntry) -> pa.Table:
    """One row per run: attributes, ``params.*``, last values as ``metrics.*``, ``tags.*``."""
    import pyarrow as pa

    table = entry.table
    columns: dict[str, pa.Array] = {
        "run_id": pa.array(table.ids, pa.string()),
        "name": pa.array(table.own("name"), pa.string()),
        "status": pa.array(table.own("status"), pa.string()),
        "start_time": _times(table.own("start_time")),
        "end_time": _times(table.own("end_time")),
        "duration": pa.array(table.own("duration"), pa.float64()),
        "parent_id": pa.array(table.own("parent_id"), pa.string()),
    }
    for key in entry.params:
        typed = table.typed_array(key)
        columns[f"params.{key}"] = _param_array(table.param_values(key)) if typed is None else typed
    for key in entry.metrics:
        columns[f"metrics.{key}"] = table.metric_array(key)
    for key in table.tag_keys:
        columns[f"tags.{key}"] = table.tag_array(key)
    return hold(pa.table(columns))


def tabulate_experiments(library: Library) -> pa.Table:
    """One row per experiment: how many runs, and the best by its primary metric."""
    import pyarrow as pa

    entries = library.experiments
    primaries = [one.primary for one in entries]
    best = [one.best if one.primary else None for one in entries]
    statuses = [one.table.status_counts for one in entries]
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
        if kinds == {int} and all(-(2**63) <= v < 2**63 for v in known):
            return pa.array(values, pa.int64())
        return pa.array([None if v is None else float(as_number(v)) for v in values], pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def encode_parquet(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file."""
    encoded = encode_table(table)
    release_pages()
    return encoded


def encode_csv(table: pa.Table) -> Iterator[str]:
    """A table as CSV, piece by piece; text that a spreadsheet would run begins with a quote."""
    import pyarrow.compute as pc

    yield write_line(table.column_names)
    for part in table.to_batches(max_chunksize=CSV_ROWS):
        *cells, last = (_csv_cells(column).fill_null("") for column in part.columns)
        ends = pc.binary_join_element_wise(last, *_texts("\n", ""))
        lines = pc.binary_join_element_wise(*cells, ends, *_texts(","))
        yield lines.buffers()[2][: pc.sum(pc.binary_length(lines)).as_py()].to_pybytes().decode()


def _texts(*texts: str) -> list[pa.Scalar]:
    import pyarrow as pa

    return [pa.scalar(text, pa.large_string()) for text in texts]


def _csv_cells(column: pa.Array) -> pa.Array:
    """The cells of a column."""
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return float_texts(column)
    if pa.types.is_timestamp(column.type):
        return iso_texts(column.cast(pa.int64())).cast(pa.large_string())
    is_text = pa.types.is_string(column.type)
    if pa.types.is_integer(column.type) or (is_text and are_plain_cells(column)):
        return column.cast(pa.large_string())
    return pa.array(write_cells(column.to_pylist()), pa.large_string())
