"""Runs of projects, also of programs that log nothing themselves, and packages of the code."""

from __future__ import annotations

from pathlib import Path
from sysconfig import get_path

import pytest

from runfolio.projects.running import run_project
from runfolio.reproduction.projects import find_projects

from .recording import make_repository, read, reproduce, run, verdicts

PROJECT = """
name: tiny
entry_points:
  main:
    parameters:
      rate: {type: float, default: 0.5}
    command: "python train.py {rate}"
"""
LOGS = """
import sys, runfolio
with runfolio.start_run() as run:
    run.log_metric("twice", 2 * float(sys.argv[1]))
"""
SILENT = "import sys; print('rate', sys.argv[1])\n"


@pytest.mark.parametrize("program", [LOGS, SILENT])
def test_a_run_of_a_project(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    folder = make_repository(tmp_path / "project", MLproject=PROJECT, train_py=program)
    ran = run_project(folder, parameters={"rate": 0.25}, env="none", store=store, name="quarter")
    before = read(store, ran.run_id)
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert (done.verdict, done.others) == ("same", 0)
    after = read(store, done.repeated)
    assert (after.name, after.experiment) == (before.name, before.experiment)
    assert (before.name, after.params) == ("quarter", {"rate": 0.25})
    assert after.context["project"] == before.context["project"]
    assert ("twice" in verdicts(done)) == (program == LOGS)


def test_a_sweep_with_its_trials(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seed of its draws is the one that was found for it, though the command has none."""
    folder = make_repository(tmp_path / "project", MLproject=PROJECT, train_py=LOGS)
    words = (".", "--env", "none", "--random", "rate=uniform(0, 1)", "--trials", "2")
    before = run(folder, store, str(Path(get_path("scripts"), "runfolio")), "sweep", *words)
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert done.verdict == "same"
    rows = [(row.kind, row.verdict, row.detail) for row in done.comparison.rows]
    assert rows == [("run", "same", "3 of 3 values")] * 2
    again = read(store, done.repeated)
    assert again.context["sweep"]["seed"] == before.context["sweep"]["seed"]


def test_packages_of_the_code_are_found_by_name(tmp_path: Path) -> None:
    stated = {"": "Own.Package", "libs": "other", "tools": "third", "broken": None, "odd": 5}
    for folder, name in stated.items():
        (tmp_path / folder / "src").mkdir(parents=True, exist_ok=True)
        line = "[project\n" if name is None else f"[project]\nname = {name!r}\n"
        (tmp_path / folder / "pyproject.toml").write_text(line)
    (tmp_path / "libs" / "src").rmdir()
    assert find_projects(tmp_path, ["own-package", "OTHER", "5"]) == (
        tmp_path / "src",
        tmp_path / "libs",
    )
    assert find_projects(tmp_path, []) == ()
