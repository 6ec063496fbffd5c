"""A live run's journals as the tables it will be sealed into."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.errors import StoreDamaged
from runfolio.schema import FORMAT_VERSION, KILLED, RUNNING, TABLES, arrow_schema
from runfolio.store import journal as records
from runfolio.store.journal import Journal, PointGroup, read_journal
from runfolio.store.layout import RunFolder
from runfolio.store.liveness import is_gone

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Rows = list[dict[str, Any]]

_CONTEXT_COLUMNS = ("host", "user", "source", "git_commit", "git_branch", "git_dirty")


@dataclass(frozen=True, slots=True)
class ReplayedRun:
    """The tables of one run, read from its journals, and what was damaged in them."""

    tables: dict[str, pa.Table]
    damage: tuple[tuple[str, str], ...]


def replay_run(folder: RunFolder, ending: dict[str, Any] | None = None) -> ReplayedRun:
    """Read the journals of a run; raise `StoreDamaged` when none has a readable header.

    `ending` (status, end_time, duration) counts before what the journals say of the run's end.
    """
    journals = [read_journal(path) for path in _journal_paths(folder)]
    damage = tuple((str(journal.path), journal.damage) for journal in journals if journal.damage)
    opened = [journal for journal in journals if journal.header is not None]
    if not opened:
        raise StoreDamaged(
            f"The run {folder.run_id!r} has no readable journal in {str(folder.journals)!r}. "
            "Restore its files or remove its folder."
        )
    rows = _document_rows(opened)
    points = _points_table([group for journal in opened for group in journal.groups])
    run = _run_row(folder.run_id, opened)
    rows["run"] = [run | (ending or _find_ending(opened, _last_times(points, rows["artifacts"])))]
    tables = {
        name: _table(name, folder.run_id, rows.get(name, []))
        for name in TABLES
        if name != "metrics"
    }
    tables["metrics"] = _with_run_id(points, folder.run_id)
    return ReplayedRun(tables, damage)


def _journal_paths(folder: RunFolder) -> list[Path]:
    """The journal files; links and pipes are left out, which could lead elsewhere or block."""
    paths = folder.journals.glob(f"*{records.SUFFIX}")
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def _documents(journals: Iterable[Journal], kind: int) -> list[Any]:
    return [content for one in journals for found, content in one.documents if found == kind]


def _document_rows(journals: list[Journal]) -> dict[str, Rows]:
    params: dict[str, dict[str, Any]] = {}
    for document in _documents(journals, records.PARAMS):
        for key, (kind, text, number) in document.items():
            params[key] = {"key": key, "kind": kind, "text": text, "number": number}
    tags: dict[str, str] = {}
    for document in _documents(journals, records.TAGS):
        tags.update(document)
    artifacts = {item["path"]: item for item in _documents(journals, records.ARTIFACT)}
    inputs = {
        (item["name"], item["digest"], item.get("context")): item
        for item in _documents(journals, records.INPUT)
    }
    return {
        "params": [params[key] for key in sorted(params)],
        "tags": [{"key": key, "value": tags[key]} for key in sorted(tags)],
        "artifacts": [artifacts[path] for path in sorted(artifacts)],
        "inputs": list(inputs.values()),
    }


def _run_row(run_id: str, journals: list[Journal]) -> dict[str, Any]:
    header = journals[0].header or {}
    if header.get("format", 0) > FORMAT_VERSION:
        raise StoreDamaged(
            f"The run {run_id!r} has format {header['format']!r}, newer than {FORMAT_VERSION}. "
            "Upgrade with: pip install --upgrade runfolio"
        )
    context: dict[str, Any] = {}
    for document in _documents(journals, records.CONTEXT):
        context.update(document)
    row: dict[str, Any] = {
        "run_id": run_id,
        "experiment": header["experiment"],
        "name": header["name"],
        "start_time": header["start_time"],
        "parent_id": header.get("parent_id"),
        "note": next(iter(_documents(journals, records.NOTE)[::-1]), None),
        "context": json.dumps(context, ensure_ascii=False, sort_keys=True),
    }
    return row | {column: context.get(column) for column in _CONTEXT_COLUMNS}


def _find_ending(journals: list[Journal], last_times: list[int]) -> dict[str, Any]:
    header = journals[0].header or {}
    ends = _documents(journals, records.END)
    if ends:
        return {key: ends[-1].get(key) for key in ("status", "end_time", "duration")}
    if not is_gone(header.get("writer", {})):
        return {"status": RUNNING, "end_time": None, "duration": None}
    start = header["start_time"]
    last = max(start, *last_times)
    return {"status": KILLED, "end_time": last, "duration": (last - start) / 1e6}


def _last_times(points: pa.Table, artifacts: Rows) -> list[int]:
    """When a run without an end was last heard of; times may be given by hand, in the past too."""
    times = [row["time"] for row in artifacts]
    return [*times, int(points["time"].to_numpy().max())] if points.num_rows else times


def _table(name: str, run_id: str, rows: Rows) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(name)
    columns = [
        pa.array([run_id] * len(rows), pa.string())
        if column.name == "run_id"
        else pa.array([row.get(column.name) for row in rows], schema.field(column.name).type)
        for column in TABLES[name]
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _points_table(groups: list[PointGroup]) -> pa.Table:
    """All points as key, step, time (integer) and value, sorted by key and then by log order."""
    import numpy as np
    import pyarrow as pa

    names = sorted({name for group in groups for name in group.names})
    number = {name: index for index, name in enumerate(names)}
    parts = [_unpack(group, number) for group in groups if group.payloads]
    if not parts:
        empty = np.empty(0, np.int64)
        parts = [(empty, empty, empty, empty, np.empty(0))]
    keys, orders, steps, times, values = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((orders, keys))
    dictionary = pa.DictionaryArray.from_arrays(
        pa.array(keys[order], pa.int32()), pa.array(names, pa.string())
    )
    return pa.table(
        {
            "key": dictionary.cast(pa.string()),
            "step": steps[order],
            "time": times[order],
            "value": pa.array(values[order], from_pandas=False),
        }
    )


def _unpack(group: PointGroup, number: dict[str, int]) -> tuple[np.ndarray, ...]:
    import numpy as np

    width = len(group.names)
    layout = np.dtype(
        [
            ("kind", "u1"),
            ("group", "<u4"),
            ("step", "<i8"),
            ("time", "<i8"),
            ("value", "<f8", (width,)),
        ]
    )
    rows = np.frombuffer(b"".join(group.payloads), layout)
    keys = np.tile(np.array([number[name] for name in group.names], np.int64), len(rows))
    orders = np.repeat(np.array(group.orders, np.int64), width)
    steps = np.repeat(rows["step"], width)
    times = np.repeat(rows["time"], width)
    return keys, orders, steps, times, rows["value"].reshape(-1)


def _with_run_id(points: pa.Table, run_id: str) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema("metrics")
    columns = [
        pa.repeat(run_id, points.num_rows),
        points["key"],
        points["step"],
        points["time"].cast(schema.field("time").type),
        points["value"],
    ]
    return pa.Table.from_arrays(columns, schema=schema)
