"""Runs given as plain records, as the tables of a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from runfolio.schema import (
    TABLES,
    FileRecord,
    InputRecord,
    WholeRun,
    arrow_schema,
)
from runfolio.store.artifacts import guess_media_type
from runfolio.store.files import open_plain
from runfolio.store.replay import CONTEXT_COLUMNS, Rows, Tables

if TYPE_CHECKING:
    import pyarrow as pa


def make_tables(runs: Iterable[tuple[WholeRun, Rows]]) -> Tables:
    """All tables of some runs in the order of their ids, each given with rows of its artifacts."""
    from runfolio.store.summaries import summarise_metrics

    ordered = sorted(runs, key=lambda one: one[0].id)
    rows: dict[str, Rows] = {name: [] for name in TABLES if name not in ("metrics", "summaries")}
    for run, artifacts in ordered:
        for name, found in _small_rows(run, artifacts).items():
            rows[name] += [{"run_id": run.id, **row} for row in found]
    tables = {name: _table(name, found) for name, found in rows.items()}
    tables["metrics"] = _points([run for run, _ in ordered])
    tables["summaries"] = summarise_metrics(tables["metrics"])
    return {name: tables[name] for name in TABLES}


def make_artifacts(runs: Iterable[tuple[WholeRun, Rows]]) -> pa.Table:
    """The table of the artifacts of some runs, as `make_tables` makes it."""
    rows = [{"run_id": run.id, **row} for run, found in runs for row in _by_path(found)]
    return _table("artifacts", rows)


def _by_path(artifacts: Rows) -> Rows:
    return sorted(artifacts, key=lambda row: str(row["path"]))


def _small_rows(run: WholeRun, artifacts: Rows) -> dict[str, Rows]:
    return {
        "run": [_run_row(run)],
        "params": [{"key": key, **param._asdict()} for key, param in sorted(run.params.items())],
        "tags": [{"key": key, "value": value} for key, value in sorted(run.tags.items())],
        "artifacts": _by_path(artifacts),
        "inputs": [_input_row(one) for one in run.inputs],
    }


def _table(name: str, rows: Rows) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(name)
    arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def artifact_row(record: WholeRun, file: FileRecord) -> dict[str, Any]:
    """What is listed of a file, from its content and without copying it."""
    if isinstance(file.source, bytes):
        size, digest = len(file.source), hashlib.sha256(file.source).hexdigest()
    else:
        size, digest = _measure(file.source)
    listed = {"size": size, "sha256": digest, "media_type": guess_media_type(file.path)}
    return {"path": file.path, **listed, **file_details(record, file)}


def file_details(record: WholeRun, file: FileRecord) -> dict[str, Any]:
    """What is said of a file beside its content; without a time it came with its run."""
    time = record.start_time if file.time is None else file.time
    return {"kind": file.kind, "key": file.key, "step": file.step, "time": time}


def _measure(source: Path) -> tuple[int, str]:
    with open_plain(source) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _run_row(record: WholeRun) -> dict[str, Any]:
    names = ("experiment", "name", "status", "start_time", "end_time", "duration", "parent_id")
    row = {name: getattr(record, name) for name in (*names, "note")}
    context = dict(record.context)
    row |= {column: context.get(column) for column in CONTEXT_COLUMNS}
    return row | {"context": json.dumps(context, ensure_ascii=False, sort_keys=True)}


def _input_row(one: InputRecord) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in ("name", "digest", "source", "context")}
    return row | {"schema": _as_json(one.schema), "profile": _as_json(one.profile)}


def _as_json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _points(runs: Sequence[WholeRun]) -> pa.Table:
    """The points of all metrics by run, sorted by key and then in log order."""
    import pyarrow as pa

    ordered = [
        (run.id, one)
        for run in runs
        for one in sorted(run.metrics, key=lambda one: one.key)
        if len(one.steps)
    ]
    counts = [len(one.steps) for _, one in ordered]
    schema = arrow_schema("metrics")
    arrays = [
        _repeated([run_id for run_id, _ in ordered], counts),
        _repeated([one.key for _, one in ordered], counts),
        pa.array(_joined([one.steps for _, one in ordered], np.int64)),
        pa.array(_joined([one.times for _, one in ordered], np.int64)).cast(
            schema.field("time").type
        ),
        pa.array(_joined([one.values for _, one in ordered], np.float64), from_pandas=False),
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _repeated(texts: Sequence[str], counts: Sequence[int]) -> pa.Array:
    """Each text as often as its count says."""
    import pyarrow as pa

    places = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    return pa.array(texts, pa.string()).take(pa.array(places))


def _joined(parts: Iterable[Any], kind: Any) -> np.ndarray:
    arrays = [np.asarray(part, kind) for part in parts]
    return np.concatenate(arrays) if arrays else np.empty(0, kind)
