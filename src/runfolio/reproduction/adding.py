"""Runs that a repeated command has logged to a store of its own, added to the user's store."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.query.curves import Curve, find_curves
from runfolio.query.runs import RunRecord, find_runs
from runfolio.schema import FileRecord, InputRecord, Param, Series, WholeRun
from runfolio.store import StoreTables
from runfolio.store.adders import open_adder

if TYPE_CHECKING:
    import pyarrow as pa


def add_runs(
    tables: StoreTables,
    run_ids: Collection[str],
    place: Path | str,
    *,
    tags: Mapping[str, Mapping[str, str]],
) -> None:
    """Add runs of a store to the one at `place`, with more `tags` by their ids."""
    params, inputs = _params(tables.params), _inputs(tables.inputs)
    times = {
        (row["run_id"], row["path"]): row["time"]
        for row in _with_times(tables.artifacts).to_pylist()
    }
    curves: dict[str, list[Curve]] = {}
    for curve in find_curves(tables.metrics):
        curves.setdefault(curve.run_id, []).append(curve)
    adder = open_adder(place)
    for record in find_runs(tables):
        if record.id in run_ids:
            adder.add(
                _whole(
                    record,
                    params=params.get(record.id, {}),
                    tags={**record.tags, **tags.get(record.id, {})},
                    curves=curves.get(record.id, []),
                    inputs=inputs.get(record.id, []),
                    times=times,
                )
            )


def _whole(
    run: RunRecord,
    *,
    params: Mapping[str, Param],
    tags: Mapping[str, str],
    curves: Sequence[Curve],
    inputs: Sequence[InputRecord],
    times: Mapping[tuple[str, str], int],
) -> WholeRun:
    files = [
        FileRecord(one.path, one.file, one.kind, one.key, one.step, times[run.id, one.path])
        for one in run.artifacts
    ]
    return WholeRun(
        id=run.id,
        experiment=run.experiment,
        name=run.name,
        start_time=run.start_time,
        status=run.status,
        end_time=run.end_time,
        duration=run.duration,
        parent_id=run.parent_id,
        note=run.note,
        params=params,
        tags=tags,
        metrics=[Series(one.key, one.step, one.time, one.value) for one in curves],
        files=files,
        inputs=inputs,
        context=run.context,
    )


def _params(table: pa.Table) -> dict[str, dict[str, Param]]:
    found: dict[str, dict[str, Param]] = {}
    for row in table.to_pylist():
        param = Param(row["kind"], row["text"], row["number"])
        found.setdefault(row["run_id"], {})[row["key"]] = param
    return found


def _inputs(table: pa.Table) -> dict[str, list[InputRecord]]:
    found: dict[str, list[InputRecord]] = {}
    for row in table.to_pylist():
        named = (row["name"], row["digest"], row["source"], row["context"])
        schema, profile = (json.loads(row[name] or "null") for name in ("schema", "profile"))
        found.setdefault(row["run_id"], []).append(InputRecord(*named, schema, profile))
    return found


def _with_times(artifacts: pa.Table) -> pa.Table:
    """Where files are told, and when they were kept, in microseconds since 1970."""
    import pyarrow as pa

    place = artifacts.schema.get_field_index("time")
    told = artifacts.set_column(place, "time", artifacts["time"].cast(pa.int64()))
    return told.select(["run_id", "path", "time"])
