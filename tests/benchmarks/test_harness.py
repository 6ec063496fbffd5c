"""The benchmarks run and report; nothing here looks at how long anything took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.build_site import write_store
from tests.benchmarks.measurements import Measurement, render_table
from tests.benchmarks.points import NAMES, create_rows
from tests.benchmarks.suite import BENCHMARKS
from tests.environment.apart import ENVIRONMENTS, pins_of

RUN = Path(__file__).with_name("run.py")


def bench(folder: Path, name: str) -> list[dict[str, Any]]:
    """The measurements of one benchmark, tried quickly and without peers."""
    file = folder / "results.json"
    done = subprocess.run(
        [sys.executable, str(RUN), "--quick", "--no-peers", "--only", name, "--json", str(file)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(file.read_text())
    assert set(document) == {"machine", "measurements"}
    rows: list[dict[str, Any]] = document["measurements"]
    return rows


@pytest.mark.parametrize("name", sorted(BENCHMARKS))
def test_benchmark_measures_ours(tmp_path: Path, name: str) -> None:
    rows = bench(tmp_path, name)
    assert {row["benchmark"] for row in rows} == {name}
    assert {row["tool"] for row in rows} == {"runfolio"}
    assert any(row["target"] is not None for row in rows)


def test_points_are_the_same_every_time() -> None:
    rows = create_rows(50)
    assert rows == create_rows(50)
    assert all(tuple(row) == NAMES for row in rows)


def test_table_sets_peers_beside_ours() -> None:
    ours = Measurement("points", "runfolio", "a point", 2.0, "µs", 3.0)
    peer = Measurement("points", "slow", "a point", 250.0, "µs", note="as it is")
    lines = render_table("Points", [ours, peer]).splitlines()
    assert lines[2].split() == ["runfolio", "a", "point", "2.00", "µs", "≤", "3"]
    assert lines[3].split() == ["slow", "a", "point", "250", "µs", "125.0", "as", "it", "is"]


def test_large_store_has_the_shape_it_promises(tmp_path: Path) -> None:
    from runfolio.store import read_store

    write_store(tmp_path / "runs", runs=2, steps=3)
    tables = read_store(tmp_path / "runs")
    assert tables.runs.num_rows == 2
    assert tables.params.num_rows == 2 * 20
    assert tables.metrics.num_rows == 2 * (5 * 3 + 5)
    assert len(set(tables.metrics["key"].to_pylist())) == 10


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_of_other_tools_are_pinned_exactly(name: str) -> None:
    pins = [line for line in pins_of(name).read_text().splitlines() if not line.startswith("#")]
    assert len(pins) >= 4
    assert all("==" in pin for pin in pins)
