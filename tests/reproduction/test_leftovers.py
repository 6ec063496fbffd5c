"""Copies of code that were left by repetitions which were killed: the next one removes them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from runfolio.reproduction.leftovers import remove_leftovers, write_owner
from runfolio.reproduction.repository import Repository

from .recording import TRAIN, git, make_repository, reproduce, run
from .test_interrupting import SLOW


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.mark.skipif(os.name != "posix", reason="nothing is left where there is no kill -9")
def test_what_a_killed_repetition_has_left_is_removed(
    tmp_path: Path, store: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "project", train_py=TRAIN + SLOW)
    before, mark = run(folder, store), tmp_path / "mark"
    told = {"MARK": str(mark), "TMPDIR": str(temporary), "RUNFOLIO_STORE": str(store)}
    command = "from runfolio.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "reproduce", before.id, "--env", "none"],
        cwd=folder,
        env=os.environ | told,
        stdout=subprocess.DEVNULL,
    ) as process:
        while not mark.exists() and process.poll() is None:
            time.sleep(0.05)
        process.kill()
    (left,) = temporary.glob("runfolio-again-*")
    assert str(left) in git(folder, "worktree", "list")
    monkeypatch.chdir(folder)
    assert reproduce(before, store).verdict == "same"
    assert list(temporary.iterdir()) == []
    assert len(git(folder, "worktree", "list").splitlines()) == 1
    for place in Path("/proc").glob("[0-9]*/cwd"):  # the program itself goes on without its folder
        try:
            if str(left) in str(place.readlink()):
                os.kill(int(place.parent.name), signal.SIGKILL)
        except OSError:
            continue


def leave(base: Path, **changes: Any) -> Path:
    """A folder as it is left by a process that is gone, but what is said otherwise."""
    base.mkdir()
    write_owner(base, base / "work", None)
    told = json.loads((base / "owner.json").read_text())
    told["writer"] |= {"pid": 2**22 + 1, "started": "1"}
    (base / "owner.json").write_text(json.dumps(told | changes))
    return base


def test_only_what_was_left_by_a_repetition_is_removed(temporary: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept = [temporary / f"runfolio-again-{name}" for name in ("live", "bare", "odd", "deep", "to")]
    kept[0].mkdir()
    write_owner(kept[0], kept[0] / "work", None)
    kept[1].mkdir()
    kept[2].mkdir()
    (kept[2] / "owner.json").write_text("[" * 9)
    kept[3].mkdir()
    (kept[3] / "owner.json").write_text('{"writer": 1}')
    kept[4].symlink_to(leave(tmp_path / "linked"), target_is_directory=True)
    gone = [
        leave(temporary / "runfolio-again-a"),
        leave(temporary / "runfolio-again-b", root=str(other), repository=str(tmp_path)),
        leave(temporary / "runfolio-again-c", repository=str(tmp_path / "nowhere")),
        leave(temporary / "runfolio-again-d", root=3, repository=[]),
    ]
    remove_leftovers()
    assert [one.exists() for one in gone] == [False] * 4
    assert sorted(temporary.iterdir()) == sorted(kept)
    assert other.is_dir()
    assert (tmp_path / "linked").is_dir()


def test_a_work_tree_elsewhere_is_not_removed(tmp_path: Path, temporary: Path) -> None:
    """What is told of a leftover's work tree is only heeded within it."""
    root = make_repository(tmp_path / "project", x="1")
    mine = tmp_path / "mine"
    git(root, "worktree", "add", "-q", "--detach", str(mine))
    leave(temporary / "runfolio-again-a", root=str(mine), repository=str(root))
    remove_leftovers()
    assert len(git(root, "worktree", "list").splitlines()) == 2
    inside = leave(temporary / "runfolio-again-b", repository=str(root))
    with Repository(root).work_tree("HEAD", inside / "work", keep=True):
        assert len(git(root, "worktree", "list").splitlines()) == 3
    remove_leftovers()
    assert len(git(root, "worktree", "list").splitlines()) == 2
