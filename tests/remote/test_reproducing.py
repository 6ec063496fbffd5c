"""Runs at an address that are done again: the diff and the snapshot are fetched, the run added."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from tests.reproduction.recording import (
    TRAIN,
    git,
    make_repository,
    read,
    reproduce,
    run,
    run_ids,
    verdicts,
    write,
)


def test_a_changed_commit_is_done_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "project", train_py=TRAIN)
    write(folder, train_py=TRAIN.replace("0.5", "0.25"))
    before = run(folder, url)
    git(folder, "checkout", "-q", ".")
    monkeypatch.chdir(folder)
    done = reproduce(before, url)
    assert done.verdict == "same"
    assert set(run_ids(url)) == {before.id, done.repeated}
    assert read(url, done.repeated).tags["reproduces"] == before.id
    assert not runfolio.verify(store=url).problems


def test_a_snapshot_is_done_again_and_archives_are_looked_into(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps = """
    run.log_code()
    import time, zipfile
    with zipfile.ZipFile("model.zip", "w") as file:
        moment = time.gmtime(time.time() - 7200 * (time.time_ns() % 1000))[:6]
        file.writestr(zipfile.ZipInfo("a", moment), "same")
    run.log_artifact("model.zip")
"""
    folder = tmp_path / "plain"
    write(folder, train_py=TRAIN + keeps)
    before = run(folder, url)
    (folder / "train.py").unlink()
    monkeypatch.chdir(folder)
    done = reproduce(before, url)
    assert (done.verdict, verdicts(done)["model.zip"]) == ("same", "same")
