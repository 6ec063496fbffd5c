"""One row per run and metric: last, best and mean values, in a few passes over all points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runfolio.schema import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_GREATEST: Final = np.finfo(np.float64).max

BLOCK_ROWS: Final = 2_000_000
"""Rows worked on at once, which bounds the memory taken beside the table itself."""


def summarise_metrics(metrics: pa.Table, *, block_rows: int = BLOCK_ROWS) -> pa.Table:
    """Summarise metric points (run_id, key, step, time, value, in log order) per run and key.

    Returns a table of the schema's ``summaries``, sorted by run and key. ``last`` is the value at
    the greatest step, the latest logged one when that step repeats. ``min`` and ``max`` leave NaN
    out and keep infinities, with the step where they were logged first; ``mean`` is over finite
    values. All are null where no value qualifies; NaN is counted in ``nan_count``.
    """
    runs, run_ids = _codes(metrics["run_id"])
    keys, key_names = _codes(metrics["key"])
    order = None if _is_sorted(runs) else np.argsort(runs, kind="stable")
    parts = [
        _summarise_block(metrics, rows, runs=runs, keys=keys)
        for rows in _blocks(runs, order, block_rows)
    ]
    schema = arrow_schema("summaries")
    if not parts:
        return schema.empty_table()
    table = pa.concat_tables(parts)
    table = table.set_column(0, "run_id", run_ids.take(table["run_id"]))
    table = table.set_column(1, "key", key_names.take(table["key"]))
    return table.cast(schema).sort_by([("run_id", "ascending"), ("key", "ascending")])


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """Number the texts of a column: the number of each row, and the texts by number."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    if column.num_chunks == 0:
        return np.empty(0, np.int32), pa.array([], pa.string())
    chunks = column.unify_dictionaries().chunks
    codes = [chunk.indices.to_numpy() for chunk in chunks]
    return np.concatenate(codes).astype(np.int32, copy=False), chunks[0].dictionary


def _is_sorted(codes: NDArray[Any]) -> bool:
    return bool(np.all(codes[1:] >= codes[:-1]))


def _blocks(runs: NDArray[np.int32], order: Ints | None, block_rows: int) -> Iterator[slice | Ints]:
    """The rows of whole runs, about `block_rows` at a time."""
    sorted_runs = runs if order is None else runs[order]
    ends = np.append(np.flatnonzero(np.diff(sorted_runs)) + 1, len(runs))
    start = 0
    while start < len(runs):
        place = int(np.searchsorted(ends, start + block_rows))
        end = int(ends[min(place, len(ends) - 1)])
        yield slice(start, end) if order is None else order[start:end]
        start = end


def _summarise_block(
    metrics: pa.Table, rows: slice | Ints, *, runs: NDArray[np.int32], keys: NDArray[np.int32]
) -> pa.Table:
    if isinstance(rows, slice):
        block = metrics.slice(rows.start, rows.stop - rows.start)
    else:
        block = metrics.take(rows)
    group = runs[rows].astype(np.int64) * (int(keys.max()) + 1) + keys[rows]
    order = None if _is_sorted(group) else np.argsort(group, kind="stable")
    value = _numbers(block["value"], np.nan)
    step = _numbers(block["step"], 0)
    if order is not None:
        group, value, step = group[order], value[order], step[order]
    starts = np.append(0, np.flatnonzero(np.diff(group)) + 1)
    sizes = np.diff(np.append(starts, len(group)))
    last = _last_rows(step, starts, sizes)
    at = (lambda places: places) if order is None else order.__getitem__
    names = np.arange(len(runs))[rows][at(starts)]
    return pa.table(
        {
            "run_id": runs[names],
            "key": keys[names],
            "count": sizes,
            "first": value[starts],
            "last": value[last],
            "last_step": step[last],
            "last_time": block["time"].take(at(last)),
            **_extremes(value, step, starts, sizes),
            "first_time": block["time"].take(at(starts)),
        }
    )


def _numbers(column: pa.ChunkedArray, missing: float) -> NDArray[Any]:
    if column.null_count:
        column = pc.fill_null(column, missing)
    return np.asarray(column.to_numpy())


def _last_rows(step: Ints, starts: Ints, sizes: Ints) -> Ints:
    """In each group the latest row of the greatest step."""
    hits = np.flatnonzero(step == np.repeat(np.maximum.reduceat(step, starts), sizes))
    last: Ints = hits[np.searchsorted(hits, starts + sizes) - 1]
    return last


def _extremes(value: Floats, step: Ints, starts: Ints, sizes: Ints) -> dict[str, pa.Array]:
    nan = np.isnan(value)
    nan_count = np.add.reduceat(nan, starts, dtype=np.int64)
    empty = nan_count == sizes
    low = np.minimum.reduceat(np.where(nan, np.inf, value), starts)
    high = np.maximum.reduceat(np.where(nan, -np.inf, value), starts)
    return {
        "min": pa.array(low, mask=empty),
        "min_step": pa.array(_first_steps(low, value, step, starts, sizes), mask=empty),
        "max": pa.array(high, mask=empty),
        "max_step": pa.array(_first_steps(high, value, step, starts, sizes), mask=empty),
        "mean": _means(value, starts, sizes),
        "nan_count": pa.array(nan_count),
    }


def _first_steps(wanted: Floats, value: Floats, step: Ints, starts: Ints, sizes: Ints) -> Ints:
    """The step of the first row in each group whose value is the wanted one."""
    hits = np.flatnonzero(value == np.repeat(wanted, sizes))
    places = np.searchsorted(hits, starts)
    found: Ints = step[np.append(hits, 0)[places]]
    return found


def _means(value: Floats, starts: Ints, sizes: Ints) -> pa.Array:
    finite = np.isfinite(value)
    count = np.add.reduceat(finite, starts, dtype=np.int64)
    kept = np.where(finite, value, 0.0)
    divisor = np.maximum(count, 1)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(kept, starts) / divisor
        if not np.isfinite(mean).all():  # the sum left the range of float64, the mean does not
            mean = np.add.reduceat(kept / np.repeat(divisor, sizes), starts)
            mean = np.clip(mean, -_GREATEST, _GREATEST)
    return pa.array(mean, mask=count == 0)
