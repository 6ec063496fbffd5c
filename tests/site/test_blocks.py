"""Blocks: the site is the same wherever its blocks are made, and each changes by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.schema import Series, WholeRun
from runfolio.site import build_report, known_drivers
from runfolio.site.building import Build
from runfolio.site.library import make_library
from runfolio.site.options import ReportOptions
from runfolio.site.partition import MAX_POINTS, MAX_RUNS, block_of, count_blocks, split_ids
from runfolio.site.stages import Stages, render_stages
from runfolio.site.summary import ReportSummary
from runfolio.spreading import Engine
from runfolio.store import read_store
from runfolio.store.gathering import Gathering
from runfolio.store.packs import WHOLE_BYTES
from tests.site.stores import log_run, read_site, split_finely, write_store

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = tmp_path / "runs"
    write_store(store)
    return store


def test_processes_make_the_same_site(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    build_report(store, output=tmp_path / "here", engine=Engine(jobs=1))
    build_report(store, output=tmp_path / "there", engine=Engine(jobs=2))
    assert read_site(tmp_path / "here") == read_site(tmp_path / "there")
    again = build_report(store, output=tmp_path / "there", engine=Engine(jobs=2))
    assert again.published.unchanged == again.published.files
    assert read_site(tmp_path / "here") == read_site(tmp_path / "there")


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_are_counted_once(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    with runfolio.start_run(experiment="small", store=store, capture=False) as run:
        run.log_image(np.zeros((4, 4, 3), np.uint8), key="shown", step=0)
    reports = tmp_path / "reports"
    reports.mkdir()
    shown = "chart: images\nexperiment: small\nkey: shown"
    (reports / "one.md").write_text(f"# One\n\n```runfolio\n{shown}\n```\n")
    split_finely(monkeypatch)
    output, engine = tmp_path / "site", Engine(jobs=jobs)
    assert count_files(output, build_report(store, output=output, engine=engine))
    assert list(output.glob(f"artifacts/{run.id}/*.png"))
    first, *others = sorted((output / "runs").glob("*.html"))
    before = read_site(output)
    for page in (first, others[-1]):
        page.write_text("edited")
    again = build_report(store, output=output, engine=engine)
    assert count_files(output, again)
    edited = {f"runs/{page.name}" for page in (first, others[-1])}
    assert edited <= set(again.published.changed)
    assert len(again.published.changed) == again.published.files - again.published.unchanged
    assert read_site(output) == before


def count_files(output: Path, told: ReportSummary) -> bool:
    """Whether a site has as many files and bytes as was told."""
    sizes = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    return (told.published.files, told.published.bytes) == (len(sizes), sum(sizes))


def test_drivers_are_ranked_where_the_blocks_are_made(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    known_drivers._answers.clear()
    monkeypatch.setattr(known_drivers, "rank_drivers", refuse)
    build_report(store, output=tmp_path / "there", engine=Engine(jobs=2))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    known_drivers._answers.clear()
    split_finely(monkeypatch)
    build_report(store, output=tmp_path / "here", engine=Engine(jobs=1))
    assert list((tmp_path / "there").rglob("*-importance.js"))
    assert read_site(tmp_path / "here") == read_site(tmp_path / "there")


def test_pictures_are_drawn_where_the_blocks_are_made(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    build_report(store, output=tmp_path / "here", engine=Engine(jobs=1))
    monkeypatch.setattr("runfolio.charts.rendering.Filled.svg", refuse)
    stages = Stages()
    build_report(store, output=tmp_path / "there", engine=Engine(jobs=2), stages=stages)
    assert list((tmp_path / "there" / "charts").glob("*.svg"))
    assert read_site(tmp_path / "here") == read_site(tmp_path / "there")
    assert stages.spent["pictures"].processor > 0


def test_so_are_those_of_reports_and_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    build = partial(build_report, EXAMPLES / "demo-store", reports=EXAMPLES / "reports")
    build(output=tmp_path / "here", engine=Engine(jobs=1))
    monkeypatch.setattr("runfolio.charts.rendering.Filled.svg", refuse)
    build(output=tmp_path / "there", engine=Engine(jobs=2))
    kinds = {path.name.partition("-")[0] for path in (tmp_path / "there" / "charts").glob("*.svg")}
    assert {"model", "panel"} < kinds
    assert read_site(tmp_path / "here") == read_site(tmp_path / "there")


def refuse(*_: object, **__: object) -> None:
    """Stand in for what this process has no business to do."""
    raise AssertionError("done here")


def test_tables_in_files_make_the_same_site(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_report(store, output=tmp_path / "memory")
    monkeypatch.setattr("runfolio.store.held.HELD_FROM", 0)
    build_report(store, output=tmp_path / "files")
    assert read_site(tmp_path / "memory") == read_site(tmp_path / "files")


def test_the_points_of_all_blocks_are_those_of_the_store(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    build_report(store, output=tmp_path / "site")
    parts = sorted((tmp_path / "site" / "data" / "experiments").glob("*-points*.parquet"))
    assert len(parts) > 2
    found = pa.concat_tables([pq.read_table(part) for part in parts])
    wanted = read_store(store).metrics.replace_schema_metadata(None)
    order = [(name, "ascending") for name in ("run_id", "key", "step")]
    assert found.sort_by(order).equals(wanted.sort_by(order))


def test_each_run_names_the_part_that_has_its_points(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_finely(monkeypatch)
    site = tmp_path / "site"
    build_report(store, output=site)
    for document in site.glob("runs/*.json"):
        named = re.search(r'"points":"([^"]+)"', document.read_text(encoding="utf-8"))
        assert named is not None
        assert document.stem in pq.read_table(site / named[1])["run_id"].to_pylist()


def test_a_new_run_changes_its_own_block_only(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.details.SETTLED", 0.0)
    monkeypatch.setattr("runfolio.site.library.count_blocks", lambda *_: 8)
    site = tmp_path / "site"
    build_report(store, output=site)
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*points*.parquet")}
    new = log_run(store, 21)
    build_report(store, output=site)
    changed = [
        path
        for path in site.rglob("*points*.parquet")
        if path.stat().st_mtime_ns != before.get(path)
    ]
    assert [new in pq.read_table(path)["run_id"].to_pylist() for path in changed] == [True]


@pytest.mark.parametrize("whole_bytes", [0, WHOLE_BYTES])
@pytest.mark.parametrize("place", [40, -60])
def test_runs_whose_points_are_damaged_are_left_out_and_told(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_bytes: int, place: int
) -> None:
    """Also where a file is so large that damage shows only when it is read."""
    monkeypatch.setattr("runfolio.store.packs.WHOLE_BYTES", whole_bytes)
    (table,) = store.glob("packs/*/tables/metrics.parquet")
    content = bytearray(table.read_bytes())
    content[place] ^= 0xFF
    table.write_bytes(content)
    plain = read_store(store)
    summary = build_report(store, output=tmp_path / "site")
    assert summary.damage
    assert {one.reason for one in summary.damage} <= {one.reason for one in plain.damage}
    shown = {path.stem for path in tmp_path.glob("site/runs/*.html")}
    assert shown == set(plain.runs["run_id"].to_pylist())
    assert len(shown) == 3


def test_what_a_live_run_logs_is_read_with_the_rest(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="large", store=store, capture=False) as run:
        run.log_metrics({"loss": 4.0, "speed": 2.0}, step=3)
        build_report(store, output=tmp_path / "site")
    found = pa.concat_tables(map(pq.read_table, tmp_path.rglob("*-points.parquet")))
    points = found.filter(pa.compute.equal(found["run_id"], run.id))
    assert dict(zip(points["key"].to_pylist(), points["value"].to_pylist(), strict=True)) == {
        "loss": 4.0,
        "speed": 2.0,
    }


def test_stages_tell_where_the_time_went(store: Path, tmp_path: Path) -> None:
    stages = Stages()
    build_report(store, output=tmp_path / "site", stages=stages)
    lines = render_stages(stages, 1.5).splitlines()
    assert lines[0].split() == ["stage", "processor", "wall"]
    assert lines[-1].split() == ["the", "whole", "build", "1.50", "s"]
    for stage in ("read the store", "make runs", "experiments"):
        assert stages.spent[stage].processor > 0
        assert any(line.startswith(stage) for line in lines)


IDS = st.sets(st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}"), max_size=40)


@given(IDS, st.integers(0, 6))
def test_blocks_are_ranges_of_ids(ids: set[str], bits: int) -> None:
    found = split_ids(ids, 2**bits)
    assert len(found) == 2**bits
    assert [one for block in found for one in block] == sorted(ids)
    for number, block in enumerate(found):
        assert all(block_of(one, 2**bits) == number for one in block)


@given(st.integers(0, 10**7), st.integers(0, 10**12))
def test_there_are_as_few_blocks_as_hold_runs_and_points(runs: int, points: int) -> None:
    blocks = count_blocks(runs, points)
    assert blocks & (blocks - 1) == 0
    assert runs <= MAX_RUNS * blocks
    assert points <= MAX_POINTS * blocks or blocks >= runs
    assert blocks == 1 or runs > MAX_RUNS * blocks // 2 or points > MAX_POINTS * blocks // 2


def test_a_curve_that_only_its_summary_tells_of_is_none(store: Path, tmp_path: Path) -> None:
    """A stranger's store may say of a metric that it has many points, and have none."""
    gathering = Gathering(tmp_path, tmp_path)
    gathering.add(WholeRun("0" * 16, "one", "run", 1, metrics=[Series("loss", [0], [1], [0.5])]))
    tables = gathering.tables({}, (), "a tool")
    count = tables.summaries.schema.get_field_index("count")
    told = tables.summaries.set_column(count, "count", pa.array([5], pa.int64()))
    library = make_library(replace(tables, summaries=told), title="Test")
    options = ReportOptions(store, tmp_path / "site")
    Build(options, library, replace(tables, summaries=told)).write()
    assert (tmp_path / "site" / "runs" / f"{'0' * 16}.html").is_file()
    assert not list(tmp_path.glob("site/charts/curves-*"))
