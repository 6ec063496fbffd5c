"""What a run's newer tables hold that its older ones don't, put together with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from runfolio.store.replay import Tables

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS = {
    "params": ("key",),
    "tags": ("key",),
    "artifacts": ("path",),
    "inputs": ("name", "digest", "context", "source"),
}
_MADE_UP = ("start_time", "end_time", "duration")
"""What a run is said to have where its tool tells no times."""


def merge_tables(
    old: Tables, new: Tables, *, timed: bool = True, keep_old: bool = False
) -> Tables | None:
    """The tables of one run with all that either has, or None where the newer add nothing.

    Of rows that both have the newer count, or with `keep_old` the older, but for points, which
    are kept as often as the one that has them more often. The run stays in its experiment. Without
    `timed` the times of points don't tell them apart, and those of the older tables stay.
    """
    from runfolio.store.summaries import summarise_metrics

    merged, grown = dict(old), False
    for name, keys in _KEYS.items():
        merged[name], changed = _merge_rows(old[name], new[name], keys, keep_old=keep_old)
        grown = grown or changed
    merged["metrics"] = _merge_points(old["metrics"], new["metrics"], timed=timed)
    grown = grown or merged["metrics"].num_rows > old["metrics"].num_rows
    if not keep_old:
        merged["run"] = _merge_run(old["run"], new["run"], keep_times=not timed and not grown)
    if not grown and merged["run"].equals(old["run"]):
        return None
    merged["summaries"] = summarise_metrics(merged["metrics"])
    return merged


def may_be_one_run(old: Tables, new: Tables) -> bool:
    """Whether the newer tables can be those of the same run: longer, shorter or equal.

    They are not where a parameter has another value, or a metric begins with other points.
    """
    texts = {row["key"]: row["text"] for row in old["params"].to_pylist()}
    if any(texts.get(row["key"], row["text"]) != row["text"] for row in new["params"].to_pylist()):
        return False
    known = _by_key(old["metrics"])
    for key, rows in _by_key(new["metrics"]).items():
        before = _bits(old["metrics"], known.get(key, slice(0, 0)), timed=False)
        after = _bits(new["metrics"], rows, timed=False)
        common = min(len(before), len(after))
        if not np.array_equal(before[:common], after[:common]):
            return False
    return True


def _merge_run(old: pa.Table, new: pa.Table, *, keep_times: bool) -> pa.Table:
    import pyarrow as pa

    (before,), (after,) = old.to_pylist(), new.to_pylist()
    row = before | {key: value for key, value in after.items() if value is not None}
    row["experiment"] = before["experiment"]
    if keep_times:
        row |= {key: before[key] for key in _MADE_UP}
    else:
        row["start_time"] = min(before["start_time"], after["start_time"])
    return pa.Table.from_pylist([row], schema=old.schema)


def _merge_rows(
    old: pa.Table, new: pa.Table, keys: tuple[str, ...], *, keep_old: bool
) -> tuple[pa.Table, bool]:
    """The rows by what tells them apart, and whether the newer table has changed any."""
    import pyarrow as pa

    rows = {tuple(row[key] for key in keys): row for row in old.to_pylist()}
    changed = False
    for row in new.to_pylist():
        place = tuple(row[key] for key in keys)
        if place in rows and (keep_old or _says(rows[place]) == _says(row)):
            continue
        rows[place] = row
        changed = True
    if not changed:
        return old, False
    places = list(rows) if keys == _KEYS["inputs"] else sorted(rows)
    return pa.Table.from_pylist([rows[place] for place in places], schema=old.schema), True


def _says(row: dict[str, Any]) -> dict[str, Any]:
    """What a row says; the number of a parameter is in its text, where NaN equals itself."""
    return {key: value for key, value in row.items() if key not in ("time", "number")}


def _merge_points(old: pa.Table, new: pa.Table, *, timed: bool) -> pa.Table:
    """All points of `old`, and those of `new` that are not among them, by key in log order."""
    import pyarrow as pa

    known = _by_key(old)
    places = [
        _fresh(old, new, known.get(key, slice(0, 0)), rows, timed=timed)
        for key, rows in _by_key(new).items()
    ]
    fresh = np.concatenate([np.empty(0, np.int64), *places])
    if not len(fresh):
        return old
    both = pa.concat_tables([old, new.take(fresh)])
    names = both["key"].combine_chunks().dictionary_encode()
    ranks = np.argsort(np.argsort(np.array(names.dictionary.to_pylist(), dtype=object)))
    return both.take(np.argsort(ranks[names.indices.to_numpy()], kind="stable"))


def _by_key(table: pa.Table) -> dict[str, slice]:
    """Where the rows of each key are in a table of one run, which is sorted by key."""
    encoded = table["key"].combine_chunks().dictionary_encode()
    codes, names = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    ends = [*(np.flatnonzero(np.diff(codes)) + 1), len(codes)] if len(codes) else []
    starts = [0, *ends[:-1]]
    return {
        names[codes[start]]: slice(start, end) for start, end in zip(starts, ends, strict=False)
    }


def _fresh(old: pa.Table, new: pa.Table, known: slice, found: slice, *, timed: bool) -> np.ndarray:
    """The places of the points in `found` that are not in `known`."""
    before, after = _bits(old, known, timed=timed), _bits(new, found, timed=timed)
    if len(after) >= len(before) and np.array_equal(after[: len(before)], before):
        return np.arange(found.start + len(before), found.stop)
    left = Counter(map(tuple, before.tolist()))
    places = []
    for place, point in enumerate(map(tuple, after.tolist()), found.start):
        if left[point]:
            left[point] -= 1
        else:
            places.append(place)
    return np.array(places, np.int64)


def _bits(table: pa.Table, rows: slice, *, timed: bool) -> np.ndarray:
    """Points as rows of integers, in which NaN equals itself."""
    import pyarrow as pa

    part = table.slice(rows.start, rows.stop - rows.start)
    columns = [part["step"].to_numpy(), part["value"].to_numpy().view(np.int64)]
    if timed:
        columns.append(part["time"].cast(pa.int64()).to_numpy())
    return np.column_stack(columns)
