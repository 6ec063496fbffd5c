"""Starting the programs of this folder as processes of their own, and comparing whole stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import runfolio
from runfolio.schema import TABLES
from runfolio.store import StoreTables, read_store
from runfolio.store.layout import list_run_folders
from runfolio.store.sealing import seal_run

ROOT = Path(__file__).parents[2]


def program_environment(**changes: str) -> dict[str, str]:
    """This process's environment, with the tests and the package on the path and no capture."""
    path = os.pathsep.join([str(ROOT), str(Path(runfolio.__file__).parents[1])])
    return os.environ | {"PYTHONPATH": path, "RUNFOLIO_CAPTURE": "none"} | changes


def program_command(name: str, *arguments: object) -> list[str]:
    """The command that runs a module of this folder."""
    return [sys.executable, "-m", f"tests.durability.{name}", *map(str, arguments)]


def run_program(name: str, *arguments: object) -> list[Any]:
    """Run a module of this folder to its end and return what it printed, a JSON text a line."""
    done = subprocess.run(
        program_command(name, *arguments),
        env=program_environment(),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def start_program(name: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a module of this folder; its output is read from the pipe."""
    return subprocess.Popen(
        program_command(name, *arguments),
        env=program_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def content_of(tables: StoreTables) -> dict[str, str]:
    """All that the tables of a store say, in a form that compares NaN as equal."""
    named = {name: getattr(tables, "runs" if name == "run" else name) for name in TABLES}
    return {name: repr([_plain(column) for column in table]) for name, table in named.items()}


def _plain(column: pa.ChunkedArray) -> list[Any]:
    values: list[Any] = (
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
    ).to_pylist()
    return values


def counts_of(tables: StoreTables, key: str = "counter") -> dict[str, list[float]]:
    """The values of one metric of each run, in the order they are read."""
    found: dict[str, list[float]] = {}
    rows = tables.metrics.filter(pc.equal(tables.metrics["key"], key))
    for run_id, value in zip(
        *(rows[name].to_pylist() for name in ("run_id", "value")), strict=True
    ):
        found.setdefault(run_id, []).append(value)
    return found


def seal_everything(store: Path) -> list[bool]:
    """Recover a store: seal each run that isn't."""
    return [seal_run(folder) for folder in list_run_folders(store)]


def read_soundly(store: Path) -> StoreTables:
    """Read a store in which nothing is damaged."""
    tables = read_store(store)
    assert tables.damage == ()
    return tables
