"""No link in a store is followed, and none can be put in the place of a file that was looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import RunfolioError
from runfolio.store import files
from runfolio.store.files import is_behind_link, open_plain, read_plain, refuse_file
from runfolio.store.layout import RunFolder
from tests.hostile import commands, native
from tests.hostile.cases import CANARY
from tests.hostile.names import plant

Put = Callable[[RunFolder, Path], None]


def _artifact(folder: RunFolder, outside: Path) -> None:
    (folder.artifacts / native.KEPT).unlink()
    (folder.artifacts / native.KEPT).symlink_to(outside / "canary.txt")


def _relative(folder: RunFolder, outside: Path) -> None:
    (folder.artifacts / native.KEPT).unlink()
    (folder.artifacts / native.KEPT).symlink_to("../../../../outside/canary.txt")


def _parent(folder: RunFolder, outside: Path) -> None:
    (folder.artifacts / "sub").symlink_to(outside)
    native.list_artifacts(folder, ["sub/canary.txt"])


def _folder(folder: RunFolder, outside: Path) -> None:
    shutil.rmtree(folder.artifacts)
    folder.artifacts.symlink_to(outside)
    native.list_artifacts(folder, ["canary.txt"])


def _packed_run(folder: RunFolder, outside: Path) -> None:
    """A run that only a pack tells, whose folder is a link to one with artifacts."""
    native.list_artifacts(folder, ["canary.txt"])
    runfolio.pack(store=folder.path.parents[1])
    shutil.rmtree(folder.path)
    folder.path.symlink_to(outside)


def _dangling(folder: RunFolder, outside: Path) -> None:
    (folder.artifacts / native.KEPT).unlink()
    (folder.artifacts / native.KEPT).symlink_to(outside / "gone")


def _loop(folder: RunFolder, outside: Path) -> None:
    (folder.artifacts / native.KEPT).unlink()
    (folder.artifacts / native.KEPT).symlink_to(native.KEPT)


ARTIFACTS: tuple[Put, ...] = (
    *(_artifact, _relative, _parent, _folder, _packed_run, _dangling, _loop),
)


@pytest.mark.parametrize("put", ARTIFACTS, ids=lambda put: put.__name__.strip("_"))
def test_artifacts_that_are_links_are_left_out(put: Put, tmp_path: Path) -> None:
    store, outside = tmp_path / "store", tmp_path / "outside"
    plant(outside, outside / "artifacts")
    put(native.make_run(store), outside)
    before = commands.tree(outside)
    commands.do_everything(store, tmp_path / "work", native=True)
    assert commands.leaks(tmp_path / "work") == []
    assert commands.tree(outside) == before
    (page,) = (tmp_path / "work" / "site" / "runs").glob("*.html")
    said = page.read_text(encoding="utf-8")
    assert "no plain file" in said or "outside the run" in said
    assert "problem" in commands.run("verify", "--store", store).output


@pytest.mark.parametrize(
    "part", ["runs", "packs", "edits", "run", "tables", "journal", "manifest.json", "run.parquet"]
)
def test_parts_of_a_store_that_are_links_are_refused_or_left_out(part: str, tmp_path: Path) -> None:
    """Else a store could show, or change, the runs of another one on the same machine."""
    store, outside = tmp_path / "store", tmp_path / "outside"
    folder = native.make_run(store, name=CANARY)
    runfolio.note_run(folder.run_id, CANARY, store=store)
    if part == "journal":
        native.log_artifacts(store, ["a"])
        (folder,) = (RunFolder(one.parent) for one in (store / "runs").glob("*/journal"))
    if part == "packs":
        runfolio.pack(store=store)
    place = {
        **{name: store / name for name in ("runs", "packs", "edits")},
        "run": folder.path,
        "tables": folder.tables,
        "journal": folder.journals,
        "manifest.json": folder.manifest,
        "run.parquet": folder.tables / "run.parquet",
    }[part]
    place.rename(outside)
    place.symlink_to(outside)
    before = commands.tree(outside) if outside.is_dir() else {"": outside.read_bytes()}
    words = (["ls"], ["verify"], ["du"], ["pack"], ["recover"], ["gc", "--older-than", "0s"])
    results = [commands.build(store, tmp_path / "site")]
    results += [commands.run(*one, "--store", store) for one in words]
    assert any(one.exit_code for one in results)
    after = commands.tree(outside) if outside.is_dir() else {"": outside.read_bytes()}
    assert after == before
    if part not in ("journal", "edits"):
        assert commands.leaks(tmp_path / "site") == []


def test_a_store_as_a_whole_may_be_a_link(tmp_path: Path) -> None:
    native.make_run(tmp_path / "store")
    (tmp_path / "link").symlink_to(tmp_path / "store")
    result = commands.build(tmp_path / "link", tmp_path / "site")
    assert result.exit_code == 0
    assert result.output.startswith("1 run,")


def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    """No system tells which of its names came first; whoever may make one may read the file."""
    folder = native.make_run(tmp_path / "store")
    (tmp_path / "shared.txt").write_text("shared")
    (folder.artifacts / native.KEPT).unlink()
    os.link(tmp_path / "shared.txt", folder.artifacts / native.KEPT)
    assert refuse_file(folder.artifacts / native.KEPT, tmp_path / "store") is None
    assert read_plain(folder.artifacts / native.KEPT) == b"shared"


@pytest.mark.parametrize("left", ["tables", "runs", "packs", "edits", "artifacts", ".tables.x.old"])
def test_clearing_removes_nothing_behind_a_link(left: str, tmp_path: Path) -> None:
    """What killed processes left is hidden files; behind a link these are somebody's own."""
    store, home = tmp_path / "store", tmp_path / "home"
    folder = native.make_run(store)
    for name in (".ssh", ".a.tmp", "0123456789abcdef/.b.tmp"):
        (home / name).mkdir(parents=True)
    (home / "numbers.parquet").write_text("kept")
    (home / ".secret.tmp").write_text("kept")
    for path in (*home.rglob("*"), home):
        os.utime(path, (1, 1))
    place = store / left if left in ("runs", "packs", "edits") else folder.path / left
    if place.exists():
        shutil.rmtree(place)
    place.symlink_to(home)
    before = commands.tree(home)
    for words in (["gc", "--older-than", "0s"], ["pack"], ["recover"], ["verify"]):
        commands.run(*words, "--store", store)
    assert commands.tree(home) == before


def test_sealing_writes_nothing_behind_a_link(tmp_path: Path) -> None:
    """A run that was cut off is sealed by who finds it: into its own folder or not at all."""
    store, home = tmp_path / "store", tmp_path / "home"
    folder = native.log_artifacts(store, ["a"])
    home.mkdir()
    (home / "old.txt").write_text("kept")
    os.utime(home / "old.txt", (1, 1))
    folder.tables.symlink_to(home)
    before = commands.tree(home)
    commands.run("recover", "--store", store)
    with pytest.raises(RunfolioError, match="is a link"):
        runfolio.start_run(run_id=folder.run_id, store=store, capture=False)
    assert commands.tree(home) == before


def test_a_file_swapped_for_a_link_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at is what was opened."""
    plant(tmp_path)
    file = tmp_path / "store" / "a.txt"
    file.parent.mkdir()
    file.write_text("kept")
    assert refuse_file(file, tmp_path / "store") is None
    real = os.open

    def swap(path: object, *rest: object, **named: object) -> int:
        if os.fspath(path).endswith("a.txt"):  # type: ignore[call-overload]
            file.unlink()
            file.symlink_to(tmp_path / "canary.txt")
        return real(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("runfolio.store.files.os.open", swap)
    with pytest.raises(OSError, match="it is a link"):
        read_plain(file, within=tmp_path / "store")


def test_a_folder_swapped_for_a_link_is_not_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path / "outside")
    inner = tmp_path / "store" / "inner"
    inner.mkdir(parents=True)
    (inner / "canary.txt").write_text("kept")
    assert read_plain(inner / "canary.txt", within=tmp_path / "store") == b"kept"
    real = os.open

    def swap(path: object, *rest: object, **named: object) -> int:
        if path == "inner":
            inner.rename(tmp_path / "aside")
            inner.symlink_to(tmp_path / "outside")
        return real(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("runfolio.store.files.os.open", swap)
    with pytest.raises(OSError, match="it is a link"):
        read_plain(inner / "canary.txt", within=tmp_path / "store")


def test_without_the_flags_of_posix_links_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where no folder can be opened and no link be left alone."""
    plant(tmp_path / "outside")
    store = tmp_path / "store"
    (store / "inner").mkdir(parents=True)
    (store / "inner" / "a.txt").write_text("kept")
    (store / "link").symlink_to(tmp_path / "outside")
    (store / "canary.txt").symlink_to(tmp_path / "outside" / "canary.txt")
    monkeypatch.setattr(files, "_HAS_FOLDERS", False)
    assert read_plain(store / "inner" / "a.txt", within=store) == b"kept"
    for path in (store / "link" / "canary.txt", store / "canary.txt"):
        assert is_behind_link(path, store)
        with pytest.raises(OSError, match="it is a link"):
            open_plain(path, within=store)


@pytest.mark.parametrize("target", ["outside", "outside/canary.txt"])
def test_exports_and_imports_take_no_links(target: str, tmp_path: Path) -> None:
    """Of another tool's store, links are no files at all."""
    plant(tmp_path / "outside")
    run = tmp_path / "mlruns" / "7" / ("0" * 32)
    for name in ("metrics", "params", "tags", "artifacts"):
        (run / name).mkdir(parents=True)
        (run / name / "link").symlink_to(tmp_path / target)
    (run / "params" / "p").write_text("1")
    (run / "meta.yaml").write_text(f"run_id: '{'0' * 32}'\nexperiment_id: '7'\nstart_time: 1\n")
    commands.do_everything(tmp_path / "mlruns", tmp_path / "work", native=False)
    assert commands.leaks(tmp_path / "work") == []
