"""The benchmarks run and report; nothing here looks at how long anything took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runfolio.schema import is_run_id
from runfolio.site.stages import Spent, Stages, render_stages
from tests.benchmarks.build_site import write_store
from tests.benchmarks.large import (
    BLOCK,
    PACKED,
    make_blocks,
    run_id,
    write_loose,
    write_packed,
)
from tests.benchmarks.measurements import Measurement, render_table
from tests.benchmarks.points import NAMES, create_rows
from tests.benchmarks.suite import BENCHMARKS, read_profile
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


def test_packed_and_loose_stores_hold_the_same_runs(tmp_path: Path) -> None:
    from runfolio.store import read_store

    runs = BLOCK + 3
    write_packed(tmp_path / "packed", runs=runs, steps=4)
    write_loose(tmp_path / "loose", runs=runs, steps=4)
    packed, loose = read_store(tmp_path / "packed"), read_store(tmp_path / "loose")
    assert packed.runs.num_rows == runs
    assert packed.params.num_rows == runs * 20
    assert packed.metrics.num_rows == runs * (5 * 4 + 5)
    for name in ("runs", "params", "metrics", "summaries"):
        assert getattr(packed, name).equals(getattr(loose, name)), name
    assert len(list((tmp_path / "loose" / "runs").iterdir())) == runs
    assert not (tmp_path / "loose" / "packs").exists()
    assert packed.damage == loose.damage == ()


def test_a_block_is_the_same_wherever_one_begins() -> None:
    _, whole = make_blocks(2 * BLOCK, 3)
    (part,) = make_blocks(2 * BLOCK, 3, first=BLOCK)
    assert part.ids == whole.ids
    assert (part.curves == whole.curves).all()
    assert part.note(7) == whole.note(7)


def test_ids_of_large_stores_are_all_over_their_range() -> None:
    ids = [run_id(place, 2 * PACKED) for place in range(2 * PACKED)]
    assert len(set(ids)) == 2 * PACKED
    assert all(is_run_id(one) for one in ids)
    for pack in (ids[:PACKED], ids[PACKED:]):
        assert pack == sorted(pack)
        assert len({one[0] for one in pack}) == 16


def test_steps_of_large_stores_are_uneven() -> None:
    (block,) = make_blocks(5, 50)
    between = set((block.times[:, 1:] - block.times[:, :-1]).reshape(-1).tolist())
    assert len(between) > 100
    assert min(between) > 0


def test_the_stages_of_a_build_are_read_from_its_profile() -> None:
    stages = Stages({"read the store": Spent(0.5, 0.25), "pages of runs": Spent(3.0, 5.5)})
    said = f"Building pages\n{render_stages(stages, 4.0)}\n"
    assert list(read_profile(said)) == [("read the store", 0.25, 0.5), ("pages of runs", 5.5, 3.0)]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_of_other_tools_are_pinned_exactly(name: str) -> None:
    pins = [line for line in pins_of(name).read_text().splitlines() if line[:1].isalnum()]
    assert pins
    assert all("==" in pin for pin in pins)
