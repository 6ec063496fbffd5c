"""Stores of Runfolio's own that no version of it would write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

import runfolio
from runfolio.store import journal as records
from runfolio.store.files import write_atomically
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.manifest import Manifest, describe_file, encode_manifest, read_manifest
from runfolio.store.parquet import encode_table, read_table
from tests.store.samples import begin_run

Change = Callable[[str, pa.Table], pa.Table]

KEPT = "kept.txt"
"""The one artifact of a run that `make_run` makes."""


def make_run(store: Path, *, name: str = "run") -> RunFolder:
    """A run that has ended, with a metric, a parameter and an artifact."""
    with runfolio.start_run(experiment="e", name=name, store=store, capture=False) as run:
        run.log_param("p", 1)
        run.log_metrics({"m": 1.0}, step=0)
        run.log_text("kept", KEPT)
    return run_folder(store, run.id)


def change_tables(folder: RunFolder, change: Change) -> None:
    """Write the tables of a sealed run anew, with a manifest that vouches for them."""
    manifest = read_manifest(folder.manifest)
    files = {}
    for name in manifest.files:
        table = name.partition(".")[0]
        content = (folder.tables / name).read_bytes()
        read = read_table(folder.tables / name, content, table)
        changed = encode_table(change(table, read), table)
        (folder.tables / name).write_bytes(changed)
        files[name] = describe_file(changed)
    said = Manifest(manifest.owner, files, manifest.journals, manifest.turn)
    write_atomically(folder.manifest, encode_manifest(said))


def with_column(table: pa.Table, column: str, value: object) -> pa.Table:
    """A table with one value in all rows of a column."""
    place = table.schema.get_field_index(column)
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array([value] * table.num_rows, field.type))


def list_artifacts(folder: RunFolder, paths: Sequence[str]) -> None:
    """Let a sealed run have artifacts of these paths, whatever lies there."""

    def change(name: str, table: pa.Table) -> pa.Table:
        if name != "artifacts":
            return table
        (row,) = table.slice(0, 1).to_pylist()
        schema = table.schema
        return pa.Table.from_pylist([{**row, "path": path} for path in paths], schema=schema)

    change_tables(folder, change)


def log_artifacts(store: Path, paths: Sequence[str]) -> RunFolder:
    """A run that goes on, whose journal tells of artifacts of these paths."""
    folder, journal = begin_run(store)
    listed: dict[str, Any] = {"size": 4, "sha256": "0" * 64, "media_type": "text/plain"}
    for path in paths:
        told = {"path": path, "kind": "file", "key": None, "step": None, "time": 1, **listed}
        journal.append(records.ARTIFACT, told)
    journal.close()
    return folder
