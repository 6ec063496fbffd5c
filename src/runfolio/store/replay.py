"""A run's journals, on top of its sealed tables where it has any, as the tables to seal it into.

Several writers may have a journal of one run: the ranks of distributed training, and those that
resumed it later. What they wrote is put in order by turn (how often the run was begun or resumed)
and rank, and by sequence within a journal, never by the clock. Rank 0 speaks for the run: its tags
and note count before those of other ranks, and its end is the run's, once no writer is live.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.errors import StoreDamaged
from runfolio.schema import (
    FAILED,
    FILLED,
    FORMAT_VERSION,
    KILLED,
    RUNNING,
    TABLES,
    TRACEBACK,
    arrow_schema,
)
from runfolio.store import journal as records
from runfolio.store.columns import UNEXPECTED
from runfolio.store.journal import Journal, PointGroup, read_journal
from runfolio.store.layout import RunFolder
from runfolio.store.liveness import SILENCE, is_dead
from runfolio.store.parts import list_journal_paths

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Rows = list[dict[str, Any]]
Tables = dict[str, "pa.Table"]

CONTEXT_COLUMNS = ("host", "user", "source", "git_commit", "git_branch", "git_dirty")


@dataclass(frozen=True, slots=True)
class Base:
    """The sealed tables of a run that was resumed, and the turns that went into them."""

    tables: Tables
    turn: int


@dataclass(frozen=True, slots=True)
class ReplayedRun:
    """The tables of one run, what was damaged in its journals, and the journals by name."""

    tables: Tables
    damage: tuple[tuple[str, str], ...]
    turn: int
    journals: tuple[str, ...]


def replay_run(
    folder: RunFolder,
    ending: dict[str, Any] | None = None,
    *,
    writer: str | None = None,
    base: Base | None = None,
    merged: Collection[str] = (),
    silence: float = SILENCE,
) -> ReplayedRun:
    """Read the journals of a run; raise `StoreDamaged` when none has a readable header.

    `ending` (status, end_time, duration) counts before what the journal named `writer`, or without
    a name any journal, says of its end.
    `base` is what was sealed before, and `merged` names the journals that are part of it. `silence`
    is how many seconds without a sign of life make a writer on another host count as dead.
    """
    try:
        return _replay(folder, ending, writer, base, merged, silence)
    except UNEXPECTED as error:  # a journal is sound by its checksums, and anybody's
        raise StoreDamaged(
            "A record isn't what this version of Runfolio writes "
            f"({type(error).__name__}: {error}).",
            str(folder.path),
        ) from error


def _replay(
    folder: RunFolder,
    ending: dict[str, Any] | None,
    writer: str | None,
    base: Base | None,
    merged: Collection[str],
    silence: float,
) -> ReplayedRun:
    paths = [path for path in list_journals(folder) if path.name not in merged]
    journals, dead = _read_all(paths, silence)
    damage = tuple((str(journal.path), journal.damage) for journal in journals if journal.damage)
    opened = sorted((one for one in journals if one.header is not None), key=_place)
    if not opened and base is None:
        raise StoreDamaged(
            f"The run {folder.run_id!r} has no readable journal in {str(folder.journals)!r} "
            f"and no {str(folder.manifest)!r}. Restore its files or remove its folder."
        )
    rows = _document_rows(opened, base)
    points = _points_table(opened, base)
    run = _run_row(folder.run_id, opened, base)
    told = {} if ending is None else {one.path.name: ending for one in opened}
    told = {name: end for name, end in told.items() if writer in (None, name)}
    rows["run"] = [run | _find_ending(opened, base, told, dead)]
    tables = {
        name: _table(name, folder.run_id, rows.get(name, []))
        for name in TABLES
        if name not in ("metrics", "summaries")
    }
    from runfolio.store.summaries import summarise_metrics

    tables["metrics"] = _with_run_id(points, folder.run_id)
    tables["summaries"] = summarise_metrics(tables["metrics"])
    turn = max([base.turn if base else 1, *(turn_of(journal) for journal in opened)])
    return ReplayedRun(tables, damage, turn, tuple(path.name for path in paths))


def _read_all(paths: Iterable[Path], silence: float) -> tuple[list[Journal], set[str]]:
    """The journals, and the names of those that nobody writes any more though none said an end."""
    journals, dead = [], set()
    for path in paths:
        journal = read_journal(path)
        writer = (journal.header or {}).get("writer", {})
        if not journal.has_ended and is_dead(writer, path, silence=silence):
            dead.add(path.name)
            if not _is_all_of(journal):
                journal = read_journal(path)  # it logged more before it died
        journals.append(journal)
    return journals, dead


def _is_all_of(journal: Journal) -> bool:
    try:
        return journal.damage is None and journal.path.stat().st_size == journal.size
    except FileNotFoundError:  # it is in parts, or gone
        return False


def list_journals(folder: RunFolder) -> list[Path]:
    """The journal files; links and pipes are left out, which could lead elsewhere or block."""
    return list_journal_paths(folder.journals)


def _whole(journal: Journal, key: str, default: int) -> int:
    value = (journal.header or {}).get(key, default)
    return value if isinstance(value, int) else default


def turn_of(journal: Journal) -> int:
    """Which turn of its run a journal belongs to, from 1."""
    return _whole(journal, "turn", 1)


def rank_of(journal: Journal) -> int:
    """The rank of a journal's writer, 0 unless it was said."""
    return _whole(journal, "rank", 0)


def _place(journal: Journal) -> tuple[int, int, str]:
    return turn_of(journal), rank_of(journal), journal.path.name


def _documents(journals: Iterable[Journal], kind: int) -> list[Any]:
    return [content for one in journals for found, content in one.documents if found == kind]


def _document_rows(journals: list[Journal], base: Base | None) -> dict[str, Rows]:
    """The rows of the small tables; within a turn rank 0 has the last word."""
    spoken = sorted(journals, key=lambda one: (turn_of(one), -rank_of(one), one.path.name))
    params = {row["key"]: row for row in _base_rows(base, "params")}
    for one in journals:
        mine: dict[str, Any] = {}
        for document in _documents([one], records.PARAMS):
            for key, (kind, text, number) in document.items():
                mine[key] = {"key": key, "kind": kind, "text": text, "number": number}
        params = mine | params
    tags: dict[str, str] = {row["key"]: row["value"] for row in _base_rows(base, "tags")}
    for document in _documents(spoken, records.TAGS):
        tags.update(document)
    artifacts = {row["path"]: row for row in _base_rows(base, "artifacts")}
    artifacts |= {item["path"]: item for item in _documents(spoken, records.ARTIFACT)}
    inputs = {
        (item["name"], item["digest"], item.get("context")): item
        for item in [*_base_rows(base, "inputs"), *_documents(journals, records.INPUT)]
    }
    return {
        "params": [params[key] for key in sorted(params)],
        "tags": [{"key": key, "value": tags[key]} for key in sorted(tags)],
        "artifacts": [artifacts[path] for path in sorted(artifacts)],
        "inputs": list(inputs.values()),
    }


def _base_rows(base: Base | None, name: str) -> Rows:
    """The rows of a sealed table, with times as microseconds since 1970."""
    import pyarrow as pa

    if base is None:
        return []
    table = base.tables[name]
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(number, field.name, table[field.name].cast(pa.int64()))
    rows: Rows = table.to_pylist()
    return rows


def _run_row(run_id: str, journals: list[Journal], base: Base | None) -> dict[str, Any]:
    context: dict[str, Any]
    for journal in journals:
        _check_format(run_id, journal)
    if base is not None:
        (row,) = _base_rows(base, "run")
        context = json.loads(row["context"] or "{}")
    else:
        header = journals[0].header or {}
        row, context = {key: header[key] for key in ("experiment", "name", "start_time")}, {}
        row |= {"run_id": run_id, "parent_id": header.get("parent_id")}
        row["note"] = None
    spoken = sorted(journals, key=lambda one: (turn_of(one), -rank_of(one)))
    for journal in sorted(journals, key=lambda one: (rank_of(one), turn_of(one))):
        for document in _documents([journal], records.CONTEXT):
            context = _with_context(context, journal, dict(document))
    row["note"] = next(iter(_documents(spoken, records.NOTE)[::-1]), row["note"])
    row["context"] = json.dumps(context, ensure_ascii=False, sort_keys=True)
    return row | {column: context.get(column) for column in CONTEXT_COLUMNS}


def _check_format(run_id: str, journal: Journal) -> None:
    version = (journal.header or {}).get("format", 0)
    if version > FORMAT_VERSION:
        raise StoreDamaged(
            f"The run {run_id!r} has format {version!r}, newer than {FORMAT_VERSION}. "
            "Upgrade with: pip install --upgrade runfolio"
        )


def _with_context(
    context: dict[str, Any], journal: Journal, document: dict[str, Any]
) -> dict[str, Any]:
    """What the first turn of rank 0 captured is the run's; the others' stands beside it."""
    if turn_of(journal) == 1 and rank_of(journal) == 0:
        return context | document
    writer = {"turn": turn_of(journal), "rank": rank_of(journal), **document}
    return context | {"writers": [*context.get("writers", []), writer]}


@dataclass(frozen=True, slots=True)
class _Turn:
    """How one writer's turn ended; `status` is None while it is live."""

    rank: int
    turn: int
    status: str | None
    end_time: int | None
    duration: float


def _find_ending(
    journals: list[Journal],
    base: Base | None,
    told: dict[str, dict[str, Any]],
    dead: Collection[str],
) -> dict[str, Any]:
    newest = {rank_of(journal): turn_of(journal) for journal in journals}
    superseded = [one for one in journals if turn_of(one) < newest[rank_of(one)]]
    turns = [
        _end_of(one, told.get(one.path.name), dead=one in superseded or one.path.name in dead)
        for one in journals
    ]
    if base is not None:
        (row,) = _base_rows(base, "run")
        turns.append(_Turn(0, base.turn, row["status"], row["end_time"], row["duration"] or 0.0))
    if any(turn.status is None for turn in turns):
        return {"status": RUNNING, "end_time": None, "duration": None}
    speaking = min(turn.rank for turn in turns)
    spoken = [turn for turn in turns if turn.rank == speaking]
    last = max(spoken, key=lambda turn: turn.turn)
    return {
        "status": last.status,
        "end_time": last.end_time,
        "duration": sum(turn.duration for turn in spoken),
    }


def _end_of(journal: Journal, told: dict[str, Any] | None, *, dead: bool) -> _Turn:
    """How a turn ended; a writer whose rank has begun another turn counts as dead."""
    header = journal.header or {}
    ends = [*_documents([journal], records.END), *([told] if told else [])]
    if ends:
        status, end_time, duration = (ends[-1][key] for key in ("status", "end_time", "duration"))
        return _Turn(rank_of(journal), turn_of(journal), status, end_time, duration)
    if not dead:
        return _Turn(rank_of(journal), turn_of(journal), None, None, 0.0)
    start = header.get("joined", header["start_time"])
    artifacts = _documents([journal], records.ARTIFACT)
    last = max([start, *(item["time"] for item in artifacts), *_last_times(journal.groups)])
    status = FAILED if any(item["path"] == TRACEBACK for item in artifacts) else KILLED
    return _Turn(rank_of(journal), turn_of(journal), status, last, (last - start) / 1e6)


def _last_times(groups: Sequence[PointGroup]) -> list[int]:
    """When a run without an end was last heard of; times may be given by hand, in the past too."""
    return [int(_rows_of(group)["time"].max()) for group in groups if group.payloads]


def _table(name: str, run_id: str, rows: Rows) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(name)
    empty = [one for one in FILLED[name] if one != "run_id" for row in rows if row.get(one) is None]
    if empty:
        raise ValueError(f"a row of {name} lacks its {empty[0]}")
    columns = [
        pa.array([run_id] * len(rows), pa.string())
        if column.name == "run_id"
        else pa.array([row.get(column.name) for row in rows], schema.field(column.name).type)
        for column in TABLES[name]
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _points_table(journals: list[Journal], base: Base | None) -> pa.Table:
    """All points as key, step, time (integer) and value, sorted by key and then by log order."""
    import numpy as np
    import pyarrow as pa

    sealed = None if base is None else base.tables["metrics"]
    known = set() if sealed is None else set(sealed["key"].unique().to_pylist())
    logged = {name for one in journals for group in one.groups for name in group.names}
    names = sorted(known | logged)
    number = {name: index for index, name in enumerate(names)}
    parts = [] if sealed is None else [_sealed_points(sealed, number)]
    first = 0
    for journal in journals:
        parts += [_unpack(group, number, first) for group in journal.groups if group.payloads]
        first += journal.records
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


def _sealed_points(sealed: pa.Table, number: dict[str, int]) -> tuple[np.ndarray, ...]:
    """The points of sealed tables, which come before those of all journals."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = pc.index_in(sealed["key"].combine_chunks(), pa.array(list(number), pa.string()))
    return (
        keys.to_numpy(zero_copy_only=False).astype(np.int64),
        np.arange(-sealed.num_rows, 0),
        sealed["step"].to_numpy(),
        sealed["time"].cast(pa.int64()).to_numpy(),
        sealed["value"].to_numpy(),
    )


def _unpack(group: PointGroup, number: dict[str, int], first: int) -> tuple[np.ndarray, ...]:
    """The points of a group; `first` is the place of its journal's first record among all."""
    import numpy as np

    width = len(group.names)
    rows = _rows_of(group)
    keys = np.tile(np.array([number[name] for name in group.names], np.int64), len(rows))
    orders = np.repeat(np.array(group.orders, np.int64) + first, width)
    steps = np.repeat(rows["step"], width)
    times = np.repeat(rows["time"], width)
    return keys, orders, steps, times, rows["value"].reshape(-1)


def _rows_of(group: PointGroup) -> np.ndarray:
    import numpy as np

    layout = [
        ("kind", "u1"),
        ("group", "<u4"),
        ("step", "<i8"),
        ("time", "<i8"),
        ("value", "<f8", (len(group.names),)),
    ]
    return np.frombuffer(b"".join(group.payloads), np.dtype(layout))


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
