"""Reading the experiments that DVC keeps in a git repository."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.sources.dvclive.objects import ObjectReader, parse_tree
from runfolio.sources.dvclive.stores import SOURCE
from runfolio.sources.place import Place
from runfolio.sources.records import ForeignRun
from tests.environment.apart import run_apart
from tests.sources.reads import points_of, read_all

GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="git is not installed")

WRITE = """
import os, subprocess, sys
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
from dvc.repo import Repo
from dvclive import Live
Repo.init(".").close()
subprocess.run(["git", "add", "-A"], check=True)
subprocess.run(["git", "commit", "-qm", "first"], check=True)
for name in ("one", "two"):
    with Live(report=None, exp_name=name, exp_message=f"about {name}") as live:
        live.log_param("name", name)
        for step in range(2):
            live.log_metric("loss", step + len(name))
            live.next_step()
"""


def git(folder: Path, *arguments: str, time: int = 1_700_000_000) -> str:
    """What git says in a folder, without anybody's settings."""
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": f"{time} +0000",
        "GIT_COMMITTER_DATE": f"{time} +0000",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | settings,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def save(folder: Path, name: str, loss: float, *, time: int, message: str) -> str:
    """Save the working tree with one more value as an experiment, as DVC does."""
    live = folder / "models" / "dvclive"
    (live / "plots" / "metrics").mkdir(parents=True, exist_ok=True)
    (live / "plots" / "images").mkdir(parents=True, exist_ok=True)
    (live / "plots" / "metrics" / "loss.tsv").write_text(f"step\tloss\n0\t9.5\n1\t{loss}\n")
    (live / "plots" / "images" / "a.png").write_bytes(b"image")
    (live / "metrics.json").write_text(f'{{"loss": {loss}, "step": 1}}')
    (live / "params.yaml").write_text(f"name: {name}\n")
    base = git(folder, "rev-parse", "HEAD")
    git(folder, "add", "-A")
    tree = git(folder, "write-tree")
    commit = git(folder, "commit-tree", tree, "-p", base, "-m", message, time=time)
    git(folder, "update-ref", f"refs/exps/{base[:2]}/{base[2:]}/{name}", commit)
    git(folder, "reset", "-q")
    return commit


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two experiments, of which the working tree holds the second."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "params.yaml").write_text("epochs: 2\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    save(folder, "late", 0.5, time=1_700_000_100, message="dvc: commit experiment 1234")
    save(folder, "early", 0.25, time=1_700_000_050, message="a note\n\nof two parts")
    base = git(folder, "rev-parse", "HEAD")
    git(folder, "update-ref", "refs/exps/exec/EXEC_HEAD", base)
    return folder


def test_what_dvc_writes(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "Ann")
    git(tmp_path, "config", "user.email", "ann@example.org")
    run_apart("peers", WRITE, cwd=tmp_path, DVC_NO_ANALYTICS="1")
    found = read_all(SOURCE, tmp_path)
    assert not found.skipped
    assert {run.name for run in found.runs} == {"one", "two"}
    run = found.run("one")
    assert points_of(run, "loss") == [(0, 3.0), (1, 4.0)]
    assert run.params == {"name": "one"}
    assert run.context["git_commit"] == git(tmp_path, "rev-parse", "HEAD")
    assert run.note == "about one"


def test_experiments_by_time(project: Path) -> None:
    found = read_all(SOURCE, project)
    assert not found.skipped
    early, late = found.runs
    assert (early.name, late.name) == ("early", "late")
    assert (early.note, late.note) == ("a note\n\nof two parts", None)
    assert points_of(early, "loss") == [(0, 9.5), (1, 0.25)]
    assert points_of(late, "loss") == [(0, 9.5), (1, 0.5)]
    assert late.params == {"epochs": 2, "name": "late"}
    assert late.end_time == 1_700_000_100_000_000
    assert late.context == {"git_commit": git(project, "rev-parse", "HEAD"), "user": "Ann"}
    assert [(one.path, one.source) for one in late.files] == [("plots/images/a.png", b"image")]


def test_the_working_tree_is_a_run_where_no_experiment_has_it(project: Path) -> None:
    (project / "models" / "dvclive" / "metrics.json").write_text('{"loss": 3, "step": 1}')
    assert [run.name for run in read_all(SOURCE, project).runs] == ["early", "late", "models"]


def test_packed_refs_and_objects(project: Path, tmp_path: Path) -> None:
    before = read_all(SOURCE, project)
    git(project, "gc", "-q")
    assert not Place(project / ".git" / "refs").files
    shutil.move(project, tmp_path / "moved")
    after = read_all(SOURCE, tmp_path / "moved")
    assert [run.identity for run in after.runs] == [run.identity for run in before.runs]


def test_experiments_without_files_of_dvclive(project: Path) -> None:
    base = git(project, "rev-parse", "HEAD")
    git(project, "update-ref", f"refs/exps/{base[:2]}/{base[2:]}/empty", base)
    found = read_all(SOURCE, project)
    assert len(found.runs) == 2
    assert [one.reason for one in found.skipped] == ["git has no files of DVCLive for it"]


def test_nothing_of_the_repository_is_run_or_written(project: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    command = f"touch {mark}"
    config = (
        f'[core]\n\tfsmonitor = "{command}"\n\tpager = "{command}"\n\tsshCommand = "{command}"\n'
        f'[protocol "ext"]\n\tallow = always\n[extensions]\n\tpartialClone = origin\n'
        f'[remote "origin"]\n\turl = "ext::{command}"\n\tpromisor = true\n'
    )
    (project / ".git" / "config").write_text(config)
    hook = project / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\n")
    hook.chmod(0o755)
    commit = save_missing(project)
    before = sorted((file, file.stat().st_mtime_ns) for file in project.rglob("*"))
    found = read_all(SOURCE, project)
    assert [run.name for run in found.runs] == ["early", "late"]
    assert [one.reason for one in found.skipped] == [f"git can't read its commit {commit}"]
    assert before == sorted((file, file.stat().st_mtime_ns) for file in project.rglob("*"))
    assert not mark.exists()


def save_missing(project: Path) -> str:
    """Name a commit that is not there as an experiment."""
    folder = next((project / ".git" / "refs" / "exps").glob("??/*"))
    (folder / "gone").write_text("ab" * 20 + "\n")
    return "ab" * 20


def last_losses(run: ForeignRun) -> list[float]:
    """The last value of the loss, where the run has any."""
    return [series.values[-1] for series in run.metrics if series.key == "loss"]


def test_every_damaged_object_costs_only_what_needs_it(project: Path) -> None:
    objects = [
        file for file in sorted((project / ".git" / "objects").glob("??/*")) if file.is_file()
    ]
    assert len(objects) > 10
    for file in objects:
        file.chmod(0o644)
        content = file.read_bytes()
        for damaged in (content[: len(content) // 2], content[:-3] + b"xyz"):
            file.write_bytes(damaged)
            found = read_all(SOURCE, project)
            assert found.runs
            losses = {value for run in found.runs for value in last_losses(run)}
            assert losses <= {0.5, 0.25}
        file.write_bytes(content)
    assert len(read_all(SOURCE, project).runs) == 2


def test_an_object_with_the_content_of_another_is_not_taken(project: Path) -> None:
    base = git(project, "rev-parse", "HEAD")
    early, late = (
        git(
            project,
            "rev-parse",
            f"refs/exps/{base[:2]}/{base[2:]}/{name}:models/dvclive/plots/metrics/loss.tsv",
        )
        for name in ("early", "late")
    )
    objects = project / ".git" / "objects"
    (objects / late[:2] / late[2:]).chmod(0o644)
    shutil.copyfile(objects / early[:2] / early[2:], objects / late[:2] / late[2:])
    found = read_all(SOURCE, project)
    assert points_of(found.run("early"), "loss") == [(0, 9.5), (1, 0.25)]
    assert points_of(found.run("late"), "loss") == [(1, 0.5)]
    assert [one.reason for one in found.skipped] == ["git can't read it, or it is too large"]


def test_objects_in_another_place_are_not_read(project: Path, tmp_path: Path) -> None:
    for make in (make_alternates, make_link):
        other = tmp_path / make.__name__
        shutil.copytree(project, other)
        make(other, project)
        found = read_all(SOURCE, other)
        assert [run.name for run in found.runs] == ["models"]
        [skipped] = found.skipped
        assert skipped.reason == "its objects lie in another place, which is not read"


def make_alternates(folder: Path, project: Path) -> None:
    (folder / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "objects" / "info" / "alternates").write_text(f"{project}/.git/objects\n")


def make_link(folder: Path, project: Path) -> None:
    shutil.rmtree(folder / ".git" / "objects" / "pack", ignore_errors=True)
    (folder / ".git" / "objects" / "pack").symlink_to(project / ".git" / "objects" / "pack")


def test_a_repository_behind_a_link_is_not_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".git").symlink_to(project / ".git")
    assert not SOURCE.finds(Place(tmp_path / "other"))


def test_without_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    found = read_all(SOURCE, project)
    assert [run.name for run in found.runs] == ["models"]
    assert "git is needed" in found.skipped[0].reason


def test_objects_by_name(project: Path) -> None:
    commit, tree = git(project, "rev-parse", "HEAD", "HEAD^{tree}").split()
    with ObjectReader(str(GIT), project / ".git" / "objects") as reader:
        assert reader.read([], "blob", 100) == {}
        assert reader.read([commit, "0" * 40, tree], "commit", 1000).keys() == {commit}
        assert reader.read([commit], "commit", 10) == {}
        [(mode, name, blob)] = parse_tree(reader.read([tree], "tree", 1000)[tree], 20)
        assert (mode, name) == ("100644", "params.yaml")
        assert reader.read([blob], "blob", 1000) == {blob: b"epochs: 2\n"}


@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_folder_or_none(content: bytes) -> None:
    for start in (b"", b"100644 a\0" + b"x" * 20, b"40000 "):
        entries = []
        with contextlib.suppress(ValueError):
            entries = list(parse_tree(start + content, 20))
        assert all(len(name) == 40 for _, _, name in entries)
