"""What a call acknowledged is there after ``kill -9`` at any instant."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from runfolio.store import StoreTables, read_store
from runfolio.store.layout import list_run_folders, run_folder

from .programs import content_of, counts_of, read_soundly, seal_everything, start_program

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and forks as POSIX has them")

KILLS = 240


def _kill_many(store: Path) -> list[dict[str, Any]]:
    """Kill children of two programs at a time; what each run had acknowledged."""
    programs = [
        start_program("kills", store, first, first + KILLS // 2) for first in (0, KILLS // 2)
    ]
    told = []
    for program in programs:
        output, errors = program.communicate(timeout=120)
        assert (program.returncode, errors) == (0, "")
        told += [json.loads(line) for line in output.splitlines()]
    return told


def _texts(tables: StoreTables, table: str, column: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in getattr(tables, table).to_pylist():
        found.setdefault(row["run_id"], []).append(row[column])
    return found


def _check(store: Path, tables: StoreTables, told: list[dict[str, Any]]) -> None:
    counters, halves = counts_of(tables), counts_of(tables, "half")
    named = {
        kind: _texts(tables, kind, column)
        for kind, column in (("params", "key"), ("artifacts", "path"), ("inputs", "name"))
    }
    newest = {
        row["run_id"]: int(row["value"])
        for row in tables.tags.to_pylist()
        if row["key"] == "newest"
    }
    for one in told:
        run_id = one["run"]
        logged = counters.get(run_id, [])
        assert logged == list(range(len(logged)))
        assert halves.get(run_id, []) == [number / 2 for number in logged]
        acknowledged = one.get("counter", -1) + 1
        assert len(logged) in (acknowledged, acknowledged + 1)
        for kind, found in named.items():
            names = found.get(run_id, [])
            assert len(names) == len(set(names))
            assert set(one.get(kind, [])) <= set(names)
        assert newest.get(run_id, -1) >= one.get("tags", -1)
        for path in one.get("artifacts", []):
            text = (run_folder(store, run_id).artifacts / path).read_text()
            assert text == f"text {Path(path).stem}"
    steps = [
        (row["step"], row["value"]) for row in tables.metrics.to_pylist() if row["key"] != "half"
    ]
    assert all(step == value for step, value in steps)


def test_nothing_acknowledged_is_lost_by_a_kill_at_any_instant(store: Path) -> None:
    told = _kill_many(store)
    assert len(told) == KILLS
    begun = [one for one in told if one["run"] is not None]
    assert len(begun) >= KILLS * 3 // 4
    assert sum(one.get("counter", 0) for one in begun) > KILLS * 10
    assert any(one.get("inputs") for one in begun)
    before = read_store(store)
    assert {damage.reason.split(";")[0] for damage in before.damage} <= {
        "the last record is incomplete"
    }
    _check(store, before, begun)
    assert {one["run"] for one in begun} <= set(before.runs["run_id"].to_pylist())
    assert set(before.runs["status"].to_pylist()) == {"KILLED"}
    assert all(duration >= 0 for duration in before.runs["duration"].to_pylist())

    assert all(seal_everything(store))
    after = read_soundly(store)
    _check(store, after, begun)
    assert content_of(after) == content_of(before)
    assert all(folder.is_sealed for folder in list_run_folders(store))
    assert all(seal_everything(store))
    assert content_of(read_soundly(store)) == content_of(before)
