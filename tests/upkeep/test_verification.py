from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.manifest import encode_manifest, read_manifest
from runfolio.upkeep.packing import pack
from runfolio.upkeep.verification import verify
from tests.store.samples import begin_run, only_journal, write_run, write_sealed_run


def log_run(store: Path) -> RunFolder:
    with runfolio.start_run(store=store, params={"depth": 3}, capture=False) as run:
        run.log_metrics({"loss": 0.5})
        run.log_text("hello", "notes/a.txt")
    return run_folder(store, run.id)


def test_a_sound_store_has_no_problems(store: Path) -> None:
    log_run(store), log_run(store)
    pack(store=store)
    log_run(store)
    begin_run(store)
    found = verify(store=store)
    assert (found.runs, found.artifacts, found.packs, found.problems) == (4, 3, 1, ())


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [change, cut, Path.unlink])
@pytest.mark.parametrize("packed", [False, True])
def test_every_changed_file_is_named(
    store: Path, harm: Callable[[Path], None], packed: bool
) -> None:
    folder = log_run(store)
    if packed:
        pack(store=store)
    files = sorted(path for path in store.rglob("*") if path.is_file())
    files = [path for path in files if path.name != "runfolio.json"]
    assert len(files) >= 9
    for path in files:
        content = path.read_bytes()
        harm(path)
        problems = verify(store=store).problems
        told = " ".join(f"{one.path} {one.reason}" for one in problems)
        if packed and path.name == "manifest.json" and harm is Path.unlink:
            assert folder.run_id in told
        else:
            assert str(path) in told or str(path.parent) in told, (path, problems)
        path.write_bytes(content)
    assert verify(store=store).problems == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are files on POSIX only")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(store: Path) -> None:
    path = log_run(store).artifacts / "notes/a.txt"
    path.unlink()
    os.mkfifo(path)
    (problem,) = verify(store=store).problems
    assert (problem.path, problem.reason) == (str(path), "it is no file")


def test_a_journal_s_damage_is_a_problem(store: Path) -> None:
    folder = write_run(store)
    cut(only_journal(folder))
    (problem,) = verify(store=store).problems
    assert problem.run_id == folder.run_id
    assert "the last record is incomplete" in problem.reason


def test_an_overview_that_lies_is_a_problem(store: Path) -> None:
    folder = write_sealed_run(store)
    manifest = read_manifest(folder.manifest)
    assert manifest.overview is not None
    manifest.overview["run"]["name"] = ["another name"]
    folder.manifest.write_bytes(encode_manifest(manifest))
    (problem,) = verify(store=store).problems
    assert problem.reason == "its overview isn't what the tables say"


def test_a_damaged_edit_is_a_problem(store: Path) -> None:
    write_sealed_run(store)
    (store / "edits").mkdir()
    (store / "edits" / "0000000000000001-x.json").write_text(json.dumps({"time": 1}))
    (problem,) = verify(store=store).problems
    assert problem.path.endswith("0000000000000001-x.json")
