"""While somebody watches, the next site is made in the folder of the one before the last."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import OutputRefused
from runfolio.site import build_report
from runfolio.site.memory import BuildMemory
from runfolio.site.publish import Site
from runfolio.site.spare import Spare, remove_files, sweep


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


def read_site(folder: Path) -> dict[str, bytes]:
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def assert_same_as_fresh(store: Path, site: Path) -> None:
    fresh = site.with_name("fresh")
    build_report(store, output=fresh)
    assert read_site(site) == read_site(fresh)
    folders = [
        {path.relative_to(one) for path in one.rglob("*") if path.is_dir()} for one in (site, fresh)
    ]
    assert folders[0] == folders[1]


def build_twice(store: Path, site: Path) -> tuple[BuildMemory, Path]:
    """A site that was built twice, so that there is a spare, and who remembers it."""
    memory = BuildMemory()
    for loss in (2.0, 3.0):
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    (spare,) = find_spares(site.parent)
    return memory, spare


def link_a_page(folder: Path, elsewhere: Path) -> None:
    page = sorted((folder / "runs").glob("*.html"))[0]
    page.unlink()
    page.symlink_to(elsewhere / "precious.txt")


def link_a_folder(folder: Path, elsewhere: Path) -> None:
    (folder / "runs").rename(folder / "others")
    (folder / "runs").symlink_to(elsewhere)


def add_files(folder: Path, _: Path) -> None:
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/stranger.html").write_text("stranger")
    (folder / "empty").mkdir()


def put_a_file_for_a_folder(folder: Path, _: Path) -> None:
    (folder / "runs").rename(folder / "others")
    (folder / "runs").write_text("a file")


def put_a_folder_for_a_file(folder: Path, _: Path) -> None:
    page = sorted((folder / "runs").glob("*.html"))[0]
    page.unlink()
    page.mkdir()
    (page / "stranger").write_text("stranger")


def put_a_pipe(folder: Path, _: Path) -> None:
    page = sorted((folder / "runs").glob("*.html"))[0]
    page.unlink()
    os.mkfifo(page)


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links and pipes otherwise.")
@pytest.mark.parametrize(
    "meddle",
    [
        link_a_page,
        link_a_folder,
        add_files,
        put_a_file_for_a_folder,
        put_a_folder_for_a_file,
        put_a_pipe,
    ],
)
def test_what_strangers_put_there_is_no_part_of_the_site(
    store: Path, tmp_path: Path, meddle: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").write_text("precious")
    memory, spare = build_twice(store, tmp_path / "site")
    meddle(spare, elsewhere)
    log_run(store, 4.0)
    build_report(store, output=tmp_path / "site", memory=memory)
    assert_same_as_fresh(store, tmp_path / "site")
    assert [path.name for path in elsewhere.iterdir()] == ["precious.txt"]
    assert (elsewhere / "precious.txt").read_text() == "precious"


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links and pipes otherwise.")
@pytest.mark.parametrize("kind", ["link", "second name", "pipe", "folder"])
def test_git_is_told_through_no_link(store: Path, tmp_path: Path, kind: str) -> None:
    site, precious = tmp_path / "site", tmp_path / "precious.txt"
    precious.write_text("precious")
    memory, _ = build_twice(store, site)
    place = site / ".gitignore"
    match kind:
        case "link":
            place.symlink_to(precious)
        case "second name":
            place.hardlink_to(precious)
        case "pipe":
            os.mkfifo(place)
        case "folder":
            place.mkdir()
    log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    (spare,) = find_spares(tmp_path)
    assert (spare / ".gitignore").read_text() == "*\n"
    assert precious.read_text() == "precious"
    assert_same_as_fresh(store, site)


def test_a_file_written_over_in_the_site_is_made_again(store: Path, tmp_path: Path) -> None:
    """Both folders have the same file, so that both have what was written over it."""
    memory, _ = build_twice(store, tmp_path / "site")
    page = sorted((tmp_path / "site" / "runs").glob("*.html"))[0]
    page.write_bytes(b"other")
    log_run(store, 4.0)
    build_report(store, output=tmp_path / "site", memory=memory)
    assert_same_as_fresh(store, tmp_path / "site")


def test_an_old_copy_with_the_time_of_the_new_one_does_not_come_back(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.details.SETTLED", -60.0)
    with runfolio.start_run(experiment="kept", store=store, capture=False) as run:
        run.log_text("AAAA", "notes.txt")
    memory, _ = build_twice(store, tmp_path / "site")
    file = next((store / "runs" / run.id).rglob("notes.txt"))
    before = file.stat()
    file.write_text("BBBB")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    for loss in (4.0, 5.0, 6.0):
        build_report(store, output=tmp_path / "site", memory=memory)
        copies = [path for path in (tmp_path / "site/artifacts").rglob("*") if path.is_file()]
        assert [path.read_text() for path in copies] == ["BBBB"]
        log_run(store, loss)


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


def test_a_spare_that_is_gone_or_a_link_is_done_without(tmp_path: Path) -> None:
    spare, beside = Spare(), tmp_path / "beside"
    assert not spare.move_to(beside)
    spare.keep(tmp_path / "gone")
    assert not spare.move_to(beside)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    spare.keep(tmp_path / "link")
    assert not spare.move_to(beside)
    assert (tmp_path / "elsewhere").is_dir()
    assert not beside.exists()


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

    monkeypatch.setattr("runfolio.site.publish.sweep", refuse)
    with pytest.raises(OutputRefused, match="Permission denied"):
        Site(site, version="1", spare=spare).__enter__()
    assert (site / "index.html").read_text() == "second"
    assert not find_spares(tmp_path)


def test_a_refused_output_leaves_no_spare_behind(store: Path, tmp_path: Path) -> None:
    memory, spare = build_twice(store, tmp_path / "site")
    (tmp_path / "site/runfolio-site.json").unlink()
    with pytest.raises(OutputRefused):
        build_report(store, output=tmp_path / "site", memory=memory)
    assert find_spares(tmp_path) == [spare]
    del memory
    gc.collect()
    assert not find_spares(tmp_path)


def test_of_what_lies_in_a_folder_only_files_stay(tmp_path: Path) -> None:
    for path in ("a/b/one", "artifacts/run/copy", "two"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("text")
    (tmp_path / "empty/er").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert {path: size for path, (size, _) in sweep(tmp_path).items()} == {"a/b/one": 4, "two": 4}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "one", "two"]


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
    for loss in (3.5, 3.6):
        (spare,) = find_spares(tmp_path)
        os.utime(spare, (1, 1))
        log_run(store, loss)
        build_report(store, output=site, memory=memory)
    (spare,) = find_spares(tmp_path)
    os.utime(spare, (1, 1))
    build_report(store, output=site, title="by another process")
    assert not find_spares(tmp_path)
    run_id = log_run(store, 4.0)
    build_report(store, output=site, memory=memory)
    assert (site / f"runs/{run_id}.html").exists()
