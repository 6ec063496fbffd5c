from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import InvalidValue
from runfolio.store import read_store
from runfolio.tracking import context as context_module
from runfolio.tracking.capture.source import find_source
from runfolio.tracking.context import CAPTURES, Gathered, Gathering, choose_captures

from .scripts import only_run, run_script, script_environment

GIT = [
    "git",
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@example.org",
    "-c",
    "init.defaultBranch=main",
]


@pytest.mark.parametrize(
    ("said", "variable", "chosen"),
    [
        (None, None, set(CAPTURES)),
        (True, "none", set(CAPTURES)),
        (False, "git", set()),
        (["git", "host"], None, {"git", "host"}),
        ("git", None, {"git"}),
        ((), None, set()),
        (None, "", set()),
        (None, "none", set()),
        (None, "git,diff host", {"git", "diff", "host"}),
    ],
)
def test_what_is_captured_is_the_argument_else_the_variable_else_all(
    monkeypatch: pytest.MonkeyPatch, said: Any, variable: str | None, chosen: set[str]
) -> None:
    monkeypatch.delenv("RUNFOLIO_CAPTURE", raising=False)
    if variable is not None:
        monkeypatch.setenv("RUNFOLIO_CAPTURE", variable)
    assert choose_captures(said) == chosen


def test_an_unknown_capture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidValue, match=r"Unknown capture 'gti'\. Choose from git, diff"):
        choose_captures(["git", "gti"])
    monkeypatch.setenv("RUNFOLIO_CAPTURE", "all")
    with pytest.raises(InvalidValue, match="Unknown capture 'all'"):
        runfolio.start_run()


def _repository(folder: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-q", "-m", "first"],
        ["remote", "add", "origin", "https://me:S3CR3T@example.org/repo.git"],
    ):
        subprocess.run([*GIT, *command], cwd=folder, check=True)


RUN = "with runfolio.start_run(name='a', capture=CAPTURE): pass"


def _captured(folder: Path, capture: str) -> tuple[dict[str, Any], dict[str, Any], set[str]]:
    done = run_script(folder, RUN.replace("CAPTURE", capture))
    assert (done.returncode, done.stderr) == (0, "")
    tables = read_store(folder / "runs")
    row = only_run(tables)
    return row, json.loads(row["context"]), set(tables.artifacts["path"].to_pylist())


def test_everything_is_captured_in_a_repository(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("committed\n")
    _repository(tmp_path)
    row, context, artifacts = _captured(tmp_path, "True")
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert row["git_commit"] == commit.stdout.strip()
    assert (row["git_branch"], row["git_dirty"]) == ("main", True)
    assert row["host"]
    assert row["user"]
    assert context["command"][-1].endswith("train.py")
    assert context["source_path"] == "train.py"
    assert context["folder"] == "."
    assert "S3CR3T" not in row["context"]
    assert "example.org/repo" in row["context"]
    assert artifacts == {"code/changes.diff", "code/train.py"}
    (diff,) = (tmp_path / "runs" / "runs").glob("*/artifacts/code/changes.diff")
    assert "-committed" in diff.read_text()


@pytest.mark.parametrize("capture", CAPTURES)
def test_each_capture_is_switched_on_alone(tmp_path: Path, capture: str) -> None:
    (tmp_path / "train.py").write_text("committed\n")
    _repository(tmp_path)
    row, context, artifacts = _captured(tmp_path, repr([capture]))
    assert (row["git_commit"] is not None) == (capture == "git")
    assert (row["host"] is not None) == (row["user"] is not None) == (capture == "host")
    assert ("command" in context) == ("code/train.py" in artifacts) == (capture == "code")
    assert ("environment" in context) == (capture == "environment")
    assert "code/changes.diff" not in artifacts


def test_nothing_is_captured_when_switched_off(tmp_path: Path) -> None:
    row, context, artifacts = _captured(tmp_path, "False")
    assert (context, artifacts) == ({}, set())
    assert [row[key] for key in ("host", "user", "source", "git_commit", "git_dirty")] == [None] * 5


def test_outside_a_repository_the_rest_is_captured(tmp_path: Path) -> None:
    row, context, artifacts = _captured(tmp_path, "True")
    assert row["git_commit"] is None
    assert "git" not in context
    assert artifacts == {"code/train.py"}


def test_where_a_program_was_started_is_told_within_its_repository(tmp_path: Path) -> None:
    project, code = tmp_path / "project", tmp_path / "project" / "src" / "läufe"
    code.mkdir(parents=True)
    (project / "a").write_text("x")
    _repository(project)
    assert _captured(code, "True")[1]["folder"] == "src/läufe"
    command = [sys.executable, str(code / "train.py")]
    variables = script_environment(RUNFOLIO_CAPTURE="git")
    subprocess.run(command, cwd=tmp_path, env=variables, check=True)
    outside = json.loads(only_run(read_store(tmp_path / "runs"))["context"])
    assert outside["source_path"] == "src/läufe/train.py"
    assert "folder" not in outside


def test_a_command_line_that_is_no_unicode_is_captured(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import runfolio\nwith runfolio.start_run(name='a', store='runs'): pass\n"
    )
    subprocess.run(
        [sys.executable, "-W", "error", b"train.py", b"caf\xe9"],
        cwd=tmp_path,
        env=script_environment(RUNFOLIO_CAPTURE="code"),
        check=True,
    )
    command = json.loads(only_run(read_store(tmp_path / "runs"))["context"])["command"]
    assert command[-1] == "caf?"


def test_a_failing_capture_does_not_fail_the_run(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(context_module, "read_git", refuse)
    with runfolio.start_run(store=store, capture=True) as run:
        run.log_metric("loss", 1)
    tables = read_store(store)
    assert (only_run(tables)["status"], tables.metrics.num_rows) == ("FINISHED", 1)


def test_a_run_waits_for_its_capture(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def read_host() -> dict[str, Any]:
        release.wait(30)
        return {"host": "late"}

    monkeypatch.setattr(context_module, "read_host", read_host)
    with runfolio.start_run(store=store, capture=["host"]) as run:
        run.log_metric("loss", 1)
        assert only_run(read_store(store))["host"] is None
        release.set()
    assert only_run(read_store(store))["host"] == "late"


def test_a_cancelled_gathering_hands_nothing_over(monkeypatch: pytest.MonkeyPatch) -> None:
    release, taken = threading.Event(), list[Gathered]()

    def read_host() -> dict[str, Any]:
        release.wait(30)
        return {}

    monkeypatch.setattr(context_module, "read_host", read_host)
    gathering = Gathering(frozenset(["host"]), find_source(), taken.append)
    gathering.cancel()
    release.set()
    gathering.wait()
    assert taken == []
