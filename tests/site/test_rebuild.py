"""A rebuild renders only what changed, and comes to the same bytes as a build from scratch."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

import runfolio
from runfolio.site import ReportSummary, build_report
from runfolio.site.library import RunEntry
from runfolio.site.memory import BuildMemory
from runfolio.site.parts import PartWriter
from runfolio.site.record import read_record
from runfolio.site.run_files import write_run
from runfolio.site.standing import TOLD_RUNS

Rebuild = Callable[[], ReportSummary]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own, and files that count as settled at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.details.SETTLED", -60.0)
    return tmp_path / "cache"


def log_run(store: Path, name: str, loss: float, *, file: str = "") -> str:
    with runfolio.start_run(experiment="demo", name=name, store=store, capture=False) as run:
        run.log_params({"rate": loss / 10, "kind": name[0]})
        for step in range(3):
            run.log_metric("loss", loss + 1 / (step + 1), step=step)
        if file:
            run.log_text(file, "notes.txt")
    return run.id


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for number in range(3):
        log_run(tmp_path / "runs", f"run {number}", float(number), file=f"file {number}")
    return tmp_path / "runs"


def read_site(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_same_as_fresh(store: Path, site: Path, **options: object) -> None:
    """Compare with a build from scratch, whose place nobody has built at before."""
    fresh = site.with_name(f"fresh-{len(list(site.parent.glob('fresh-*')))}")
    build_report(store, output=fresh, **options)  # type: ignore[arg-type]
    expected, found = read_site(fresh), read_site(site)
    assert found.keys() == expected.keys()
    assert not [path for path in expected if found[path] != expected[path]]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose files are made, in order."""
    made: list[str] = []

    def note(out: PartWriter, *, run: RunEntry, **others: Any) -> None:
        made.append(run.id)
        write_run(out, run=run, **others)

    monkeypatch.setattr("runfolio.site.blocks.write_run", note)
    return made


def test_another_process_renders_nothing_that_is_there(
    store: Path, tmp_path: Path, rendered: list[str]
) -> None:
    first = build_report(store, output=tmp_path / "site")
    assert len(rendered) == 3
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    again = build_report(store, output=tmp_path / "site")
    assert len(rendered) == 3
    assert again.pages == first.pages
    assert again.published.unchanged == again.published.files == first.published.files
    assert times == {path: path.stat().st_mtime_ns for path in times}
    assert_same_as_fresh(store, tmp_path / "site")


@pytest.mark.parametrize("remembers", [True, False], ids=["in memory", "another process"])
def test_only_the_changed_run_is_rendered(
    store: Path, tmp_path: Path, rendered: list[str], remembers: bool
) -> None:
    memory = BuildMemory() if remembers else None

    def build() -> ReportSummary:
        rendered.clear()
        return build_report(store, output=tmp_path / "site", memory=memory)

    build()
    first = sorted(path.name for path in (store / "runs").iterdir())[0]
    runfolio.tag_runs(first, {"label": "good"}, store=store)
    assert build().changes.changed == (first,)
    assert rendered == [first]
    new = log_run(store, "more", 9.0)
    assert build().changes.new == (new,)
    runfolio.delete_runs(new, store=store)
    changes = build().changes
    assert changes.gone == (new,)
    assert not (tmp_path / "site" / "runs" / f"{new}.html").exists()
    assert_same_as_fresh(store, tmp_path / "site")


def test_runs_keep_their_colour_when_one_before_them_goes(store: Path, tmp_path: Path) -> None:
    build_report(store, output=tmp_path / "site")
    frame = runfolio.search_runs(store=store).sort_values("start_time")
    first, last = frame["run_id"].iloc[0], frame["run_id"].iloc[-1]

    def color() -> object:
        soup = BeautifulSoup((tmp_path / "site/runs" / f"{last}.html").read_text(), "html.parser")
        swatch = soup.select_one("h1 svg, h1 span")
        assert swatch is not None
        return str(swatch)

    before = color()
    runfolio.delete_runs(str(first), store=store)
    build_report(store, output=tmp_path / "site")
    assert color() == before
    (shard,) = (tmp_path / "site/data/experiments").glob("????????????.js")
    assert '"marks":[1,2]' in shard.read_text()


def test_a_changed_artifact_is_shown(store: Path, tmp_path: Path, rendered: list[str]) -> None:
    build_report(store, output=tmp_path / "site")
    rendered.clear()
    file = next((store / "runs").rglob("notes.txt"))
    file.write_text("FILE x")
    build_report(store, output=tmp_path / "site")
    assert rendered == [file.parents[1].name]
    assert_same_as_fresh(store, tmp_path / "site")


def test_files_too_new_to_tell_are_read_again(
    store: Path, tmp_path: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.details.SETTLED", 3600.0)
    build_report(store, output=tmp_path / "site")
    build_report(store, output=tmp_path / "site")
    assert len(rendered) == 6


def test_what_was_changed_in_the_site_by_hand_is_written_again(store: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_report(store, output=site)
    page, shard = next(site.glob("runs/*.html")), next(site.glob("data/runs/*.js"))
    page.write_text(page.read_text().replace("run", "RUN"))
    shard.unlink()
    os.utime(next(site.glob("data/experiments/*-points.parquet")))
    build_report(store, output=site)
    assert_same_as_fresh(store, site)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"run ", b"ran ", 1)),
        lambda path: path.write_bytes(b"\xff\xfe" * 40),
    ],
    ids=["gone", "empty", "cut", "changed", "no text"],
)
def test_a_damaged_record_is_as_good_as_none(
    store: Path,
    tmp_path: Path,
    cache: Path,
    rendered: list[str],
    damage: Callable[[Path], None],
) -> None:
    build_report(store, output=tmp_path / "site")
    (record,) = (cache / "runfolio/sites").iterdir()
    damage(record)
    rendered.clear()
    build_report(store, output=tmp_path / "site")
    assert len(rendered) == 3
    assert_same_as_fresh(store, tmp_path / "site")


def test_no_record_can_be_kept_where_nobody_may_write(
    store: Path, tmp_path: Path, cache: Path
) -> None:
    cache.write_text("a file")
    build_report(store, output=tmp_path / "site")
    build_report(store, output=tmp_path / "site")
    assert read_record(tmp_path / "site").parts == {}


def test_other_options_render_again(store: Path, tmp_path: Path, rendered: list[str]) -> None:
    theme, templates = tmp_path / "own.css", tmp_path / "templates"
    theme.write_text(":root { --accent: red }")
    templates.mkdir()
    for options in ({}, {"title": "Other"}, {"theme": theme}, {"templates": templates}):
        rendered.clear()
        build_report(store, output=tmp_path / "site", **options)
        assert len(rendered) == 3, options
        assert_same_as_fresh(store, tmp_path / "site", **options)


def test_an_edited_template_counts_at_once(store: Path, tmp_path: Path) -> None:
    templates, memory = tmp_path / "templates", BuildMemory()
    templates.mkdir()
    for word in ("first", "second"):
        (templates / "run.html").write_text(
            f'{{% extends "runfolio/run.html" %}}{{% block footer %}}{word}{{% endblock %}}'
        )
        build_report(store, output=tmp_path / "site", templates=templates, memory=memory)
        assert all(word in path.read_text() for path in (tmp_path / "site/runs").glob("*.html"))


def test_the_date_of_the_build_is_on_all_pages(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_report(store, output=tmp_path / "site")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    build_report(store, output=tmp_path / "site")
    pages = [path.read_text() for path in tmp_path.glob("site/runs/*.html")]
    assert all(re.search("<p>Built [^<]*2023[^<]* by ", page) for page in pages)
    assert_same_as_fresh(store, tmp_path / "site")


def test_pages_of_a_large_experiment_tell_the_first_ranks_only(
    tmp_path: Path, rendered: list[str]
) -> None:
    store, site = tmp_path / "many", tmp_path / "site"
    ids = [log_run(store, f"run {number}", float(number)) for number in range(TOLD_RUNS + 1)]
    build_report(store, output=site)

    def ranks(run_id: str) -> list[str]:
        soup = BeautifulSoup((site / "runs" / f"{run_id}.html").read_text(), "html.parser")
        return [one.text for one in soup.select(".rank")]

    assert ranks(ids[0]) == ["best"]
    assert ranks(ids[9]) == ["rank 10"]
    assert ranks(ids[10]) == [""]
    order = next(site.glob("data/experiments/*-order.js"))
    assert ids[-1] in order.read_text()
    rendered.clear()
    log_run(store, "worst", 1e6)
    build_report(store, output=site)
    assert len(rendered) == 1
    assert_same_as_fresh(store, site)
