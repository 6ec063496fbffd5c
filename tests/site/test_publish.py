"""The site is swapped in whole, keeps what did not change, and replaces no stranger's folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runfolio.errors import OutputRefused
from runfolio.site.publish import MARKER, Site, check_output
from runfolio.store.files import copy_plain


def write_site(output: Path, files: dict[str, str]) -> Site:
    with Site(output, version="1") as site:
        for path, content in files.items():
            site.write(path, content)
    return site


def read_files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_a_site_holds_what_was_written(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"index.html": "a", "runs/1.html": "bc"})
    assert read_files(tmp_path / "site") == {"index.html": "a", "runs/1.html": "bc"}
    assert (site.published.files, site.published.unchanged) == (3, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_rebuild_touches_only_what_changed(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"same.html": "same", "old.html": "old", "gone.html": "gone"})
    for name in ("same.html", "old.html"):
        os.utime(output / name, (1, 1))
    site = write_site(output, {"same.html": "same", "old.html": "new"})
    assert read_files(output) == {"same.html": "same", "old.html": "new"}
    assert (output / "same.html").stat().st_mtime == 1
    assert (output / "old.html").stat().st_mtime > 1
    assert site.published.unchanged == 1


def test_a_file_that_comes_in_pieces_is_as_if_it_came_whole(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"same.csv": "a,é\n1,2\n", "other.csv": "a\n"})
    before = (output / "same.csv").stat()
    with Site(output, version="1") as site:
        site.write("same.csv", iter(["a,é\n", "1,2\n"]))
        site.write("other.csv", iter(["a", "\n", "3\n"]))
        site.write("deep/new.csv", iter([]))
    assert read_files(output) == {
        "same.csv": "a,é\n1,2\n",
        "other.csv": "a\n3\n",
        "deep/new.csv": "",
    }
    assert (output / "same.csv").stat() == before
    assert site.published.bytes == sum(path.stat().st_size for path in output.rglob("*.*"))
    assert set(site.published.changed) == {"other.csv", "deep/new.csv", MARKER}


def test_pieces_are_not_written_into_the_site_before(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"a.csv": "before\n"})
    found = (output / "a.csv").stat()
    with Site(output, version="1") as site:
        assert site.staging().keep("a.csv", (found.st_size, found.st_mtime_ns))
        site.write("a.csv", iter(["after\n"]))
        assert read_files(output) == {"a.csv": "before\n"}
    assert read_files(output) == {"a.csv": "after\n"}


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"index.html": "old"})
    with pytest.raises(OutputRefused, match="as it was"):
        write_site(output, {"index.html": "new", f"{'x' * 300}.html": "too long a name"})
    assert read_files(output) == {"index.html": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_killed_build_leaves_the_old_site_and_the_next_one_works(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"index.html": "old"})
    script = f"""
        import os, signal
        from pathlib import Path
        from runfolio.site.publish import Site
        with Site(Path({str(output)!r}), version="1") as site:
            site.write("index.html", "new")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert read_files(output) == {"index.html": "old"}
    write_site(output, {"index.html": "newer"})
    assert read_files(output) == {"index.html": "newer"}


def test_a_site_set_aside_by_an_interrupted_exchange_is_put_back(tmp_path: Path) -> None:
    output = tmp_path / "site"
    write_site(output, {"index.html": "old"})
    output.rename(tmp_path / ".site.0123.old")
    with pytest.raises(RuntimeError, match="stop"), Site(output, version="1"):
        raise RuntimeError("stop")
    assert read_files(output) == {"index.html": "old"}


def test_without_an_atomic_exchange_two_renames_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "site"
    write_site(output, {"index.html": "old"})
    monkeypatch.setattr("runfolio.store.swapping._exchange", lambda first, second: False)
    write_site(output, {"index.html": "new"})
    assert read_files(output) == {"index.html": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_someone_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputRefused, match=r"did not write.*--output"):
        check_output(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": "a"})
    assert read_files(tmp_path) == {"index.html": "a"}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_an_output_that_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    output = tmp_path / "site"
    if kind == "file":
        output.write_text("x")
    else:
        (tmp_path / "elsewhere").mkdir()
        output.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputRefused, match="is no folder"):
        check_output(output)


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputRefused, match="Couldn't write the site"):
        write_site(tmp_path / "file" / "site", {"index.html": "a"})


def test_a_copy_that_is_there_already_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "picture.png"
    source.write_bytes(b"picture")
    for _ in range(2):
        with Site(tmp_path / "site", version="1") as site:
            site.copy("artifacts/picture.png", source)
    assert (tmp_path / "site/artifacts/picture.png").read_bytes() == b"picture"
    assert site.published.unchanged == 2


def test_a_copy_that_another_makes_as_well_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it that the other one comes between two steps of this one, or takes the file away."""
    source = tmp_path / "notes.txt"
    source.write_text("text")
    turns = iter(["before", "after"])

    def meddle(source: Path, target: Path) -> None:
        if next(turns) == "before":
            target.write_text("te")
            copy_plain(source, target)
        copy_plain(source, target)
        target.unlink()

    monkeypatch.setattr("runfolio.site.publish.copy_plain", meddle)
    with Site(tmp_path / "site", version="1") as site:
        site.copy("artifacts/notes.txt", source)
        assert not list(turns)
        copy_plain(source, site.beside / "artifacts/notes.txt")
    assert (tmp_path / "site/artifacts/notes.txt").read_text() == "text"


def test_a_copy_asked_for_twice_leaves_the_site_before_untouched(tmp_path: Path) -> None:
    source = tmp_path / "same.txt"
    source.write_text("same")
    for _ in range(2):
        with Site(tmp_path / "site", version="1") as site:
            site.copy("artifacts/same.txt", source)
            site.copy("artifacts/same.txt", source)
    assert (site.published.files, site.published.unchanged) == (2, 2)


@pytest.mark.parametrize("path", ["runs/../../x.html", "../x.html", "/x/y.html"])
def test_no_file_lies_outside_the_site(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputRefused, match="outside the site"):
        write_site(tmp_path / "site", {path: "x"})
    assert list(tmp_path.iterdir()) == []
