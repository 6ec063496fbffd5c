"""While somebody watches, the next site is made in the folder of the one before the last."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import OutputRefused
from runfolio.site import build_report
from runfolio.site.memory import BuildMemory
from runfolio.site.publish import Site
from runfolio.site.spare import Spare, list_files, remove_files


@pytest.fixture(autouse=True)
def anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.spare.LEAST", 0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    log_run(tmp_path / "runs", 1.0)
    return tmp_path / "runs"


def log_run(store: Path, loss: float) -> str:
    with runfolio.start_run(experiment="demo", store=store, capture=False) as run:
        run.log_metric("loss", loss)
    return run.id


def find_spares(folder: Path) -> list[Path]:
    return sorted(folder.glob(".site.*"))


def number_of(path: Path) -> int:
    return path.stat().st_ino


def test_two_folders_take_turns(store: Path, tmp_path: Path) -> None:
    site, memory = tmp_path / "site", BuildMemory()
    build_report(store, output=site, memory=memory)
    assert not find_spares(tmp_path)
    numbers = []
    for loss in (2.0, 3.0, 4.0, 5.0):
        run_id = log_run(store, loss)
        build_report(store, output=site, memory=memory)
        (spare,) = find_spares(tmp_path)
        assert (site / f"runs/{run_id}.html").exists()
        assert not (spare / f"runs/{run_id}.html").exists()
        numbers.append(number_of(site))
    assert numbers[0] == numbers[2] != numbers[1] == numbers[3]
    assert not (site / ".gitignore").exists()
    assert (spare / ".gitignore").read_text() == "*\n"
    del memory
    gc.collect()
    assert not find_spares(tmp_path)


def test_of_a_small_site_nothing_is_kept(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.spare.LEAST", 1000)
    memory = BuildMemory()
    for loss in (2.0, 3.0, 4.0):
        log_run(store, loss)
        build_report(store, output=tmp_path / "site", memory=memory)
        assert not find_spares(tmp_path)


def test_what_is_the_same_is_neither_written_nor_linked(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.standing.TOLD_RUNS", 0)
    monkeypatch.setattr("runfolio.site.standing.FIRST_RANKS", 0)
    site, memory = tmp_path / "site", BuildMemory()
    for loss in (2.0, 3.0):
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    (spare,) = find_spares(tmp_path)
    script = sorted((spare / "data/runs").glob("*.js"))[0]
    before = script.stat()
    log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    after = (site / "data/runs" / script.name).stat()
    assert (before.st_ino, before.st_ctime_ns) == (after.st_ino, after.st_ctime_ns)
    assert after.st_nlink == 2


def test_what_strangers_put_there_is_no_part_of_the_site(store: Path, tmp_path: Path) -> None:
    site, memory = tmp_path / "site", BuildMemory()
    for loss in (2.0, 3.0):
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    (spare,) = find_spares(tmp_path)
    page = next(iter(sorted((spare / "runs").glob("*.html"))))
    page.unlink()
    page.symlink_to(tmp_path / "elsewhere.html")
    (tmp_path / "elsewhere.html").write_text("elsewhere")
    (spare / "deep/er").mkdir(parents=True)
    (spare / "deep/er/stranger.html").write_text("stranger")
    log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    assert not (site / "deep").exists()
    assert not (site / "runs" / page.name).is_symlink()
    fresh = tmp_path / "fresh"
    build_report(store, output=fresh)
    assert list_files(site).keys() == list_files(fresh).keys()
    assert (tmp_path / "elsewhere.html").read_text() == "elsewhere"


def test_a_file_written_over_in_the_site_is_made_again(store: Path, tmp_path: Path) -> None:
    """Both folders have the same file, so that both have what was written over it."""
    site, memory = tmp_path / "site", BuildMemory()
    for loss in (2.0, 3.0):
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    page = next(iter(sorted((site / "runs").glob("*.html"))))
    sound = page.read_bytes()
    page.write_bytes(b"other")
    log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    assert (site / "runs" / page.name).read_bytes() != b"other"
    assert len((site / "runs" / page.name).read_bytes()) > len(sound) / 2


def test_a_failed_build_leaves_the_site_and_no_spare(tmp_path: Path) -> None:
    spare, site = Spare(), tmp_path / "site"
    for content in ("first", "second"):
        with Site(site, version="1", spare=spare) as made:
            made.drop_rest()
            made.write("index.html", content)
    assert find_spares(tmp_path)
    with (
        pytest.raises(OutputRefused, match="outside"),
        Site(site, version="1", spare=spare) as made,
    ):
        made.write("../index.html", "third")
    assert (site / "index.html").read_text() == "second"
    assert not find_spares(tmp_path)
    with Site(site, version="1", spare=spare) as made:
        made.write("index.html", "third")
    assert (site / "index.html").read_text() == "third"


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody remove a folder in use.")
def test_a_spare_that_is_gone_or_of_elsewhere_is_done_without(tmp_path: Path) -> None:
    spare = Spare()
    (tmp_path / ".other.1.tmp").mkdir()
    spare.keep(tmp_path / ".other.1.tmp")
    assert spare.take(tmp_path / "site") is None
    assert not (tmp_path / ".other.1.tmp").exists()
    spare.keep(tmp_path / ".site.1.tmp")
    assert spare.take(tmp_path / "site") is None
    assert spare.take(tmp_path / "site") is None


def test_a_spare_that_cannot_be_read_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare, site = Spare(), tmp_path / "site"
    for content in ("first", "second"):
        with Site(site, version="1", spare=spare) as made:
            made.drop_rest()
            made.write("index.html", content)

    def refuse(folder: Path) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("runfolio.site.publish.list_files", refuse)
    with pytest.raises(OutputRefused, match="Permission denied"):
        Site(site, version="1", spare=spare).__enter__()
    assert (site / "index.html").read_text() == "second"


def test_folders_that_are_empty_then_are_removed(tmp_path: Path) -> None:
    for path in ("a/b/one", "a/b/two", "a/three", "c/d/four"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    remove_files(tmp_path, ["a/b/one", "a/b/two", "c/d/four", "c/five"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "three"]


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path: Path) -> None:
    left = [tmp_path / name for name in (".site.1.tmp", ".site.2.tmp", ".other.1.tmp")]
    for folder in left:
        folder.mkdir()
        (folder / "index.html").write_text("left")
    for folder in (left[0], left[2]):
        os.utime(folder, (1, 1))
    with Site(tmp_path / "site", version="1") as made:
        made.write("index.html", "new")
    assert [folder.exists() for folder in left] == [False, True, True]


def test_the_spare_of_a_watch_that_waited_long_is_done_without(store: Path, tmp_path: Path) -> None:
    site, memory = tmp_path / "site", BuildMemory()
    for loss in (2.0, 3.0):
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    (spare,) = find_spares(tmp_path)
    os.utime(spare, (1, 1))
    log_run(store, 3.5)
    build_report(store, output=site, memory=memory)
    assert find_spares(tmp_path) == [spare]
    os.utime(spare, (1, 1))
    build_report(store, output=site, title="by another process")
    assert not find_spares(tmp_path)
    run_id = log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    assert (site / f"runs/{run_id}.html").exists()
