"""Ctrl-C and the like while a run is done again: nothing is left, and nothing is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .recording import TRAIN, git, make_repository, run, run_ids

SLOW = """
import os, pathlib, sys, time
if "MARK" in os.environ:
    pathlib.Path(os.environ["MARK"]).touch()
    time.sleep(100)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to a group of processes")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_nothing_is_left(tmp_path: Path, store: Path, number: int, code: int) -> None:
    folder = make_repository(tmp_path / "project", train_py=TRAIN + SLOW)
    before = run(folder, store)
    mark, temporary = tmp_path / "mark", tmp_path / "temporary"
    temporary.mkdir()
    command = "from runfolio.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "reproduce", before.id, "--env", "none"],
        cwd=folder,
        env=os.environ
        | {"MARK": str(mark), "RUNFOLIO_STORE": str(store), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        while not mark.exists() and process.poll() is None:
            time.sleep(0.05)
        assert len(git(folder, "worktree", "list").splitlines()) == 2
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == code, output.decode()
    assert len(git(folder, "worktree", "list").splitlines()) == 1
    assert list(temporary.iterdir()) == []
    assert run_ids(store) == [before.id]
