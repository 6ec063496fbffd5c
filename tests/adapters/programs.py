"""Running examples and short programs where the frameworks are, and reading what they logged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from runfolio.store import StoreTables, read_store
from tests.environment.apart import run_apart
from tests.environment.tools import ROOT

_RUN = """
import runpy, sys
path = sys.argv[1]
sys.argv = [path, "--quick", "--store", "kept"]
runpy.run_path(path, run_name="__main__")
"""


class Logged(NamedTuple):
    """One run as it was read."""

    run: dict[str, Any]
    params: dict[str, Any]
    tags: dict[str, str]
    curves: dict[str, list[tuple[int, float]]]
    files: set[str]

    @property
    def last(self) -> dict[str, float]:
        """The last value of each metric."""
        return {key: points[-1][1] for key, points in self.curves.items()}


def run_example(folder: Path, name: str) -> dict[str, Logged]:
    """Run an example from `folder` where the frameworks are; return what it logged."""
    run_apart("frameworks", _RUN, str(ROOT / "examples" / name), cwd=folder)
    return read_logged(folder / "kept")


def run_program(folder: Path, code: str) -> dict[str, Logged]:
    """Run a program from `folder` where the frameworks are; return what it logged to "kept"."""
    run_apart("frameworks", code, cwd=folder, RUNFOLIO_STORE="kept")
    return read_logged(folder / "kept")


def read_logged(store: Path) -> dict[str, Logged]:
    """Every run of a store by its name; runs of one name are an error."""
    tables = read_store(store)
    runs = tables.runs.to_pylist()
    found = {run["name"]: _gather(tables, run) for run in runs}
    assert len(found) == len(runs), sorted(run["name"] for run in runs)
    return found


def _gather(tables: StoreTables, run: dict[str, Any]) -> Logged:
    def rows(table: Any) -> list[dict[str, Any]]:
        return [row for row in table.to_pylist() if row["run_id"] == run["run_id"]]

    curves: dict[str, list[tuple[int, float]]] = {}
    for row in rows(tables.metrics):
        curves.setdefault(row["key"], []).append((row["step"], row["value"]))
    params = {
        row["key"]: row["text"] if row["number"] is None else row["number"]
        for row in rows(tables.params)
    }
    tags = {row["key"]: row["value"] for row in rows(tables.tags)}
    return Logged(run, params, tags, curves, {row["path"] for row in rows(tables.artifacts)})
