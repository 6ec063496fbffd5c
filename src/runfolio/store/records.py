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
    Series,
    WholeRun,
    arrow_schema,
)
from runfolio.store.artifacts import guess_media_type
from runfolio.store.replay import CONTEXT_COLUMNS, Rows, Tables, table_of_rows

if TYPE_CHECKING:
    import pyarrow as pa


def make_tables(record: WholeRun, artifacts: Rows) -> Tables:
    """All tables of one run; `artifacts` are rows of what is kept of its files."""
    from runfolio.store.summaries import summarise_metrics

    rows = {
        "run": [_run_row(record)],
        "params": [{"key": key, **param._asdict()} for key, param in sorted(record.params.items())],
        "tags": [{"key": key, "value": value} for key, value in sorted(record.tags.items())],
        "artifacts": sorted(artifacts, key=lambda row: str(row["path"])),
        "inputs": [_input_row(one) for one in record.inputs],
    }
    tables = {name: table_of_rows(name, record.id, content) for name, content in rows.items()}
    tables["metrics"] = _points(record.id, record.metrics)
    tables["summaries"] = summarise_metrics(tables["metrics"])
    return {name: tables[name] for name in TABLES}


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
    with source.open("rb") as file:
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


def _points(run_id: str, metrics: Sequence[Series]) -> pa.Table:
    """The points of all metrics, sorted by key and then in log order."""
    import pyarrow as pa

    ordered = [one for one in sorted(metrics, key=lambda one: one.key) if len(one.steps)]
    counts = [len(one.steps) for one in ordered]
    codes = np.repeat(np.arange(len(ordered), dtype=np.int32), counts)
    keys = pa.DictionaryArray.from_arrays(
        pa.array(codes), pa.array([one.key for one in ordered], pa.string())
    )
    steps = _joined([one.steps for one in ordered], np.int64)
    times = _joined([one.times for one in ordered], np.int64)
    values = _joined([one.values for one in ordered], np.float64)
    schema = arrow_schema("metrics")
    arrays = [
        pa.array([run_id] * 1, pa.string()).take(pa.array(np.zeros(len(codes), np.int32))),
        keys.cast(pa.string()),
        pa.array(steps),
        pa.array(times).cast(schema.field("time").type),
        pa.array(values, from_pandas=False),
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _joined(parts: Iterable[Any], kind: Any) -> np.ndarray:
    arrays = [np.asarray(part, kind) for part in parts]
    return np.concatenate(arrays) if arrays else np.empty(0, kind)
