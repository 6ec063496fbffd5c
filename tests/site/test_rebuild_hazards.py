"""What a rebuild might take for unchanged, and isn't: each comes to the bytes of a fresh build."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import FilesExhausted
from runfolio.privacy import Disclosure
from runfolio.site import build_report, publish
from runfolio.site.memory import BuildMemory

PAIRS = ["in memory", "in memory, with the site before", "another process"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of its own, and files that count as settled at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.details.SETTLED", -60.0)


@pytest.fixture(params=PAIRS)
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BuildMemory | None:
    if "before" in request.param:
        monkeypatch.setattr("runfolio.site.spare.LEAST", 0)
    return None if "process" in request.param else BuildMemory()


def log_run(store: Path, name: str, loss: float, *, experiment: str = "demo") -> str:
    with runfolio.start_run(experiment=experiment, name=name, store=store, capture=False) as run:
        run.log_params({"rate": loss / 10, "kind": name[-1], "api_key": f"key {name}"})
        for step in range(3):
            run.log_metric("loss", loss + 1 / (step + 1), step=step)
        run.log_text(f"file {name} by someone@example.org", "notes.txt")
    return run.id


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for number in range(3):
        log_run(tmp_path / "runs", f"run {number}", float(number))
    log_run(tmp_path / "runs", "run 3", 3.0, experiment="other")
    return tmp_path / "runs"


def read_site(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_same_as_fresh(store: Path, site: Path, **options: Any) -> None:
    """Compare with a build from scratch, whose place nobody has built at before."""
    fresh = site.with_name(f"fresh-{len(list(site.parent.glob('fresh-*')))}")
    build_report(store, output=fresh, **options)
    expected, found = read_site(fresh), read_site(site)
    assert found.keys() == expected.keys()
    assert not [path for path in expected if found[path] != expected[path]]


def write_alike(path: Path, content: bytes) -> None:
    """Write over a file so that its size and time stay as they are."""
    before = path.stat()
    assert len(content) == before.st_size
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_artifact_of_the_same_size_and_time_is_copied_again(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    build_report(store, output=tmp_path / "site", memory=memory)
    file = next((store / "runs").rglob("notes.txt"))
    write_alike(file, file.read_bytes().replace(b"file", b"FILE"))
    build_report(store, output=tmp_path / "site", memory=memory)
    assert_same_as_fresh(store, tmp_path / "site")


def test_a_copy_is_not_read_again_while_its_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: BuildMemory | None
) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"

    compare = publish._have_same_content

    def look(source: Path, target: Path) -> bool:
        assert source.name != "notes.txt"
        return compare(source, target)

    with runfolio.start_run(experiment="demo", store=store, capture=False) as run:
        run.log_text("text", "notes.txt")
        build_report(store, output=site, memory=memory)
        monkeypatch.setattr(publish, "_have_same_content", look)
        run.log_metric("loss", 1.0)
        build_report(store, output=site, memory=memory)
    monkeypatch.undo()


def test_too_many_open_files_are_no_damage(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a site without the runs that lie there would take the place of a whole one."""
    site = tmp_path / "site"
    build_report(store, output=site)
    before = read_site(site)

    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("runfolio.store.files._open_below", refuse)
    with pytest.raises(FilesExhausted, match=r"can't be opened: Too many open files\. Close some"):
        build_report(store, output=site)
    assert read_site(site) == before


def test_a_picture_edited_by_hand_is_drawn_again(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    site = tmp_path / "site"
    build_report(store, output=site, memory=memory)
    picture = next(site.glob("charts/*.svg"))
    picture.write_text("<svg/>")
    build_report(store, output=site, memory=memory)
    assert_same_as_fresh(store, site)


def test_a_link_in_the_place_of_a_page_is_no_page(store: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_report(store, output=site)
    page = next(site.glob("runs/*.html"))
    shutil.copy2(page, tmp_path / "elsewhere.html")
    page.unlink()
    page.symlink_to(tmp_path / "elsewhere.html")
    build_report(store, output=site)
    assert not page.is_symlink()


@pytest.mark.parametrize("linked", ["a file", "a folder"])
def test_a_template_behind_a_link_counts(
    store: Path, tmp_path: Path, memory: BuildMemory | None, linked: str
) -> None:
    folder, templates = tmp_path / "elsewhere", tmp_path / "templates"
    folder.mkdir()
    page = folder / "run.html"
    page.write_text('{% extends "runfolio/run.html" %}{% block footer %}quokka{% endblock %}')
    if linked == "a folder":
        templates.symlink_to(folder)
    else:
        templates.mkdir()
        (templates / "run.html").symlink_to(page)
    build_report(store, output=tmp_path / "site", templates=templates, memory=memory)
    write_alike(page, page.read_bytes().replace(b"quokka", b"wombat"))
    build_report(store, output=tmp_path / "site", templates=templates, memory=memory)
    assert all("wombat" in path.read_text() for path in tmp_path.glob("site/runs/*.html"))


def list_options(folder: Path) -> Iterator[dict[str, Any]]:
    theme, reports = folder / "own.css", folder / "texts"
    theme.write_text(":root { --accent: red }")
    reports.mkdir()
    block = "```runfolio\nchart: bars\nmetric: loss\n```\n"
    (reports / "one.md").write_text(f"---\ntitle: One\n---\n\n{block}")
    yield from (
        {},
        {"title": "Other"},
        {"experiments": ["demo"]},
        {"experiments": ["other"]},
        {"site_url": "https://example.org/a/"},
        {"theme": theme},
        {"reports": reports},
        {"disclosure": Disclosure(redact=True)},
        {"disclosure": Disclosure(anonymous=True)},
        {"disclosure": Disclosure(exclude=("params:rate",))},
        {"disclosure": Disclosure(include=("runs:metrics.loss < 1.5",))},
        {"disclosure": Disclosure(exclude=("artifacts:*.txt",))},
        {},
    )


def test_other_options_come_to_other_sites(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    for options in list_options(tmp_path):
        build_report(store, output=tmp_path / "site", memory=memory, **options)
        assert_same_as_fresh(store, tmp_path / "site", **options)


def test_the_environment_counts_for_nothing_but_the_date(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: BuildMemory | None
) -> None:
    site = tmp_path / "site"
    build_report(store, output=site, memory=memory)
    for name, value in (
        ("TZ", "Asia/Tokyo"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("SOURCE_DATE_EPOCH", "0"),
        ("SOURCE_DATE_EPOCH", "1700000000"),
    ):
        monkeypatch.setenv(name, value)
        time.tzset()
        build_report(store, output=site, memory=memory)
        assert_same_as_fresh(store, site)
    monkeypatch.undo()
    time.tzset()


def test_another_store_at_the_same_place(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    other, site = tmp_path / "copy", tmp_path / "site"
    shutil.copytree(store, other)
    first = sorted(path.name for path in (other / "runs").iterdir())[0]
    with runfolio.start_run(run_id=first, store=other, capture=False) as run:
        run.log_metric("loss", 0.25)
    runfolio.delete_runs(sorted(path.name for path in (other / "runs").iterdir())[1], store=other)
    build_report(store, output=site, memory=memory)
    for _ in range(2):
        store.rename(tmp_path / "aside")
        other.rename(store)
        (tmp_path / "aside").rename(other)
        build_report(store, output=site, memory=memory)
        assert_same_as_fresh(store, site)


def test_another_site_at_the_same_place(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    build_report(store, output=site, memory=memory)
    build_report(store, output=other, title="Other")
    shutil.rmtree(site)
    shutil.copytree(other, site)
    build_report(store, output=site, memory=memory)
    assert_same_as_fresh(store, site)


def test_a_clock_that_was_ahead(store: Path, tmp_path: Path, memory: BuildMemory | None) -> None:
    site = tmp_path / "site"
    file = next((store / "runs").rglob("notes.txt"))
    ahead = time.time_ns() + 3600 * 10**9
    os.utime(file, ns=(ahead, ahead))
    for word in (b"FILE", b"Line"):
        build_report(store, output=site, memory=memory)
        write_alike(file, word + file.read_bytes()[4:])
    build_report(store, output=site, memory=memory)
    assert_same_as_fresh(store, site)


def test_a_foreign_store_that_changes(tmp_path: Path, memory: BuildMemory | None) -> None:
    table, site = tmp_path / "results.csv", tmp_path / "site"
    for rows in ("a,1\nb,2\n", "a,1\nb,3\n", "b,3\n", "a,1\nb,3\n"):
        table.write_text(f"name,loss\n{rows}")
        build_report(table, output=site, kind="table", memory=memory)
        assert_same_as_fresh(table, site, kind="table")


def test_a_store_that_is_damaged_and_mended(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    site = tmp_path / "site"
    build_report(store, output=site, memory=memory)
    for name in ("tables/manifest.json", "tables/*.parquet"):
        file = next((store / "runs").glob(f"*/{name}"))
        whole = file.read_bytes()
        for content in (whole[:-1] + b"?", whole):
            write_alike(file, content)
            build_report(store, output=site, memory=memory)
            assert_same_as_fresh(store, site)


def test_runs_that_are_packed_and_moved(
    store: Path, tmp_path: Path, memory: BuildMemory | None
) -> None:
    site = tmp_path / "site"
    build_report(store, output=site, memory=memory)
    for change in (
        lambda: runfolio.pack(store=store),
        lambda: runfolio.rename_experiment("other", "demo 2", store=store),
        lambda: runfolio.delete_experiment("demo 2", store=store),
        lambda: log_run(store, "run 4", 4.0, experiment="other"),
        lambda: runfolio.restore_experiment("demo 2", store=store),
        lambda: runfolio.pack(store=store),
    ):
        change()
        build_report(store, output=site, memory=memory)
        assert_same_as_fresh(store, site)


def test_builds_at_once_leave_a_whole_site(store: Path, tmp_path: Path) -> None:
    """Whose is there in the end is open; the next build finds whatever it is, and sets it right."""
    site = tmp_path / "site"
    build_report(store, output=site)
    failed: list[BaseException] = []

    def build(title: str) -> None:
        try:
            for _ in range(3):
                build_report(store, output=site, title=title)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=build, args=(title,)) for title in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for title in ("One", "Two"):
        build_report(store, output=site, title=title)
        assert_same_as_fresh(store, site, title=title)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".site")]


def test_runs_whose_number_changes_are_as_they_were(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.standing.TOLD_RUNS", 0)
    monkeypatch.setattr("runfolio.site.standing.FIRST_RANKS", 0)
    build_report(store, output=tmp_path / "site")
    frame = runfolio.search_runs("demo", store=store).sort_values("start_time")
    first = str(frame["run_id"].iloc[0])
    runfolio.delete_runs(first, store=store)
    changes = build_report(store, output=tmp_path / "site").changes
    assert (changes.new, changes.changed, changes.gone) == ((), (), (first,))
    assert_same_as_fresh(store, tmp_path / "site")
