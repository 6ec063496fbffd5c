"""Trackio's Parquet exports: one column per metric, beside files for configs and the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.errors import StoreDamaged, TrackioUnreadable
from runfolio.sources.footers import read_footer
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.trackio.runs import Project, RunRows
from runfolio.store import read_parquet

if TYPE_CHECKING:
    import pyarrow as pa

_STATIC: Final = "metrics.parquet"
_SIDECARS: Final = ("_system", "_configs", "_traces")
_NAMES: Final = (b"run_name", b"timestamp", b"step")
_ODD: Final = (ValueError, TypeError, KeyError, OverflowError, NotImplementedError)
"""What columns of other types than Trackio writes may lead to."""

_INTEGERS: Final = frozenset(("int8", "int16", "int32", "int64"))
_ROW: Final = frozenset(("id", "run_id", "timestamp", "run_name", "log_id", "space_id"))


def is_export(path: Path) -> bool:
    """Whether a file holds the metrics of a project: by its footer, or what lies beside it."""
    if path.suffix != ".parquet" or path.stem.endswith(_SIDECARS):
        return False
    footer = read_footer(path)
    if footer:
        return all(name in footer for name in _NAMES)
    beside = "runs.json" if path.name == _STATIC else f"{path.stem}_configs.parquet"
    return path.with_name(beside).is_file()


def read_export(place: Place, path: Path, reading: Reading) -> Project:
    """The runs of an export, with the files beside it; raises `TrackioUnreadable`."""
    static = path.name == _STATIC
    project = Project((path.parent.name or place.name) if static else path.stem)
    with reading.skipping(path, *_ODD):
        _take_metrics(project, _read_table(path))
    for name, take in (("system", _take_measured), ("configs", _take_configs)):
        full = f"{name}_metrics" if name == "system" else name
        beside = path.with_name(f"{path.stem}_{name}.parquet")
        beside = path.parent / "aux" / f"{full}.parquet" if static else beside
        if place.holds(beside) and beside.is_file():
            with reading.skipping(beside, *_ODD):
                take(project, _read_table(beside))
    return project


def _read_table(path: Path) -> pa.Table:
    try:
        return read_parquet(path)
    except StoreDamaged as error:
        raise TrackioUnreadable(str(error)) from None


def _take_metrics(project: Project, table: pa.Table) -> None:
    """Take the numbers of whole columns at once, and what is none value by value."""
    runs = _runs(project, table)
    texts = _texts(table, "timestamp")
    times = [project.time(one) for one in texts]
    steps = _numbers(table, "step")
    places = _places(runs)
    for run, rows in places:
        run.first = run.first or texts[int(rows[0])]
    for name in table.column_names:
        if name in _ROW or name == "step":
            continue
        column = table[name].combine_chunks()
        if _is_numeric(column):
            _take_numbers(name, column, places, steps, np.asarray(times, np.int64))
            continue
        for row, value in enumerate(column.to_pylist()):
            if value is not None:
                runs[row].add(name, _present(value), int(steps[row]), times[row])


def _take_numbers(
    name: str,
    column: pa.Array,
    places: list[tuple[RunRows, np.ndarray]],
    steps: np.ndarray,
    times: np.ndarray,
) -> None:
    there = column.is_valid().to_numpy(zero_copy_only=False)
    values = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
    for run, rows in places:
        own = rows[there[rows]]
        if len(own):
            run.add_points(name, steps[own].tolist(), times[own].tolist(), values[own].tolist())


def _take_measured(project: Project, table: pa.Table) -> None:
    runs = _runs(project, table)
    times = [project.time(one) for one in _texts(table, "timestamp")]
    for run, time, row in zip(runs, times, _rows(table, _ROW), strict=True):
        run.add_measured(row, time)


def _take_configs(project: Project, table: pa.Table) -> None:
    runs = _runs(project, table)
    created = _texts(table, "created_at")
    rows = _rows(table, _ROW | {"created_at"})
    for run, moment, config in zip(runs, created, rows, strict=True):
        run.config, run.created = config, moment


def _runs(project: Project, table: pa.Table) -> list[RunRows]:
    ids, names = _texts(table, "run_id"), _texts(table, "run_name")
    return [project.run(one, name) for one, name in zip(ids, names, strict=True)]


def _places(runs: list[RunRows]) -> list[tuple[RunRows, np.ndarray]]:
    """Each run with the numbers of its rows."""
    found: dict[str, tuple[RunRows, list[int]]] = {}
    for row, run in enumerate(runs):
        found.setdefault(run.id, (run, []))[1].append(row)
    return [(run, np.asarray(rows, np.int64)) for run, rows in found.values()]


def _rows(table: pa.Table, without: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The rows as dicts without what is null: a column stands for a key that some runs have."""
    names = [name for name in table.column_names if name not in without]
    return (_present(row) for row in table.select(names).to_pylist())


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _present(one) for key, one in value.items() if one is not None}
    return [_present(one) for one in value] if isinstance(value, list) else value


def _texts(table: pa.Table, name: str) -> list[Any]:
    return table[name].to_pylist() if name in table.column_names else [None] * len(table)


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    column = table[name].combine_chunks() if name in table.column_names else None
    if column is None or str(column.type) not in _INTEGERS or column.null_count:
        raise ValueError(f"its column {name!r} holds no whole numbers")
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.int64)


def _is_numeric(column: pa.Array) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_integer(column.type) or kinds.is_floating(column.type))
