"""The runs of a store as plain records, ordered by experiment, start and id."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import StoreTables

ParamValue = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file kept with a run; `file` is where it lies, which has to be within `folder`."""

    path: str
    file: Path
    folder: Path
    size: int
    sha256: str
    media_type: str
    kind: str
    key: str | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Input:
    """A data set a run used."""

    name: str
    digest: str
    source: str | None
    context: str | None
    schema: dict[str, Any]
    profile: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run; times are microseconds since 1970 and `duration` is seconds."""

    id: str
    experiment: str
    name: str
    status: str
    start_time: int
    end_time: int | None
    duration: float | None
    parent_id: str | None
    note: str | None
    context: dict[str, Any]
    params: dict[str, ParamValue]
    param_texts: dict[str, str]
    tags: dict[str, str]
    artifacts: tuple[Artifact, ...]
    inputs: tuple[Input, ...]


def find_runs(
    tables: StoreTables, *, experiments: Collection[str] | None = None
) -> list[RunRecord]:
    """The runs of a store, or of some of its experiments."""
    params = _by_run(tables.params)
    tags = _by_run(tables.tags)
    artifacts = _by_run(tables.artifacts)
    inputs = _by_run(tables.inputs)
    starts = _microseconds(tables.runs, "start_time")
    ends = _microseconds(tables.runs, "end_time")
    rows = tables.runs.drop_columns(["start_time", "end_time"]).to_pylist()
    records = [
        RunRecord(
            id=row["run_id"],
            experiment=row["experiment"],
            name=row["name"],
            status=row["status"],
            start_time=start or 0,
            end_time=end,
            duration=row["duration"],
            parent_id=row["parent_id"],
            note=row["note"],
            context=_json_object(row["context"]),
            params={one["key"]: decode_param(one) for one in params[row["run_id"]]},
            param_texts={one["key"]: one["text"] for one in params[row["run_id"]]},
            tags={one["key"]: one["value"] for one in tags[row["run_id"]]},
            artifacts=tuple(_artifact(tables, one) for one in artifacts[row["run_id"]]),
            inputs=tuple(_input(one) for one in inputs[row["run_id"]]),
        )
        for row, start, end in zip(rows, starts, ends, strict=True)
        if experiments is None or row["experiment"] in experiments
    ]
    return sorted(records, key=lambda run: (run.experiment, run.start_time, run.id))


def decode_param(row: dict[str, Any]) -> ParamValue:
    """A parameter's value: a number, bool or text, or None for JSON's null."""
    kind, text = row["kind"], row["text"]
    if kind == "int":
        return _decode_int(text)
    if kind == "float":
        number = row["number"]
        return math.nan if number is None else float(number)
    if kind == "bool":
        return bool(text == "true")
    return None if kind == "json" and text == "null" else str(text)


def _decode_int(text: str) -> int | float | str:
    """An integer; infinite where it is longer than any float, text where it is none after all."""
    try:
        return int(text) if len(text) < 400 else math.inf
    except ValueError:
        return text


def _by_run(table: pa.Table) -> defaultdict[str, list[dict[str, Any]]]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    columns = [name for name in table.column_names if name != "time"]
    for row in table.select(columns).to_pylist():
        groups[row["run_id"]].append(row)
    return groups


def _microseconds(table: pa.Table, column: str) -> list[int | None]:
    import pyarrow as pa

    times: list[int | None] = table[column].cast(pa.int64()).to_pylist()
    return times


def _artifact(tables: StoreTables, row: dict[str, Any]) -> Artifact:
    folder, file = tables.file_of(row["run_id"], row["path"])
    fields = ("path", "size", "sha256", "media_type", "kind", "key", "step")
    return Artifact(file=file, folder=folder, **{name: row[name] for name in fields})


def _input(row: dict[str, Any]) -> Input:
    return Input(
        row["name"],
        row["digest"],
        row["source"],
        row["context"],
        _json_object(row["schema"]),
        _json_object(row["profile"]),
    )


def _json_object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
