"""``runfolio run``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from runfolio.query.record import get_run
from runfolio.store import read_overview
from tests.projects.making import LOG, SHOW, make_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "project"

MLPROJECT = """\
name: demo
conda_env: conda.yaml
entry_points:
  main:
    parameters: {alpha: {type: float, default: 0.1}}
    command: "python log.py --alpha {alpha}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = make_project(tmp_path / "demo", MLPROJECT, log=LOG, show=SHOW)
    (folder / "conda.yaml").write_text("dependencies: [python=3.11, cudatoolkit]")
    return folder


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["run", *words])


def only(store: Path) -> Any:
    (run_id,) = read_overview(store).runs["run_id"].to_pylist()
    return get_run(run_id, store=store)


def test_a_project_is_run(project: Path, store: Path) -> None:
    result = call("demo", "-P", "alpha=0.5", "--env", "none", "--name", "x", "--experiment", "e")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("trained with 0.5\n")
    run = only(store)
    assert f"Run {run.id} of 'e': FINISHED, " in result.stdout
    assert (run.name, run.params, run.metrics) == ("x", {"alpha": 0.5}, {"loss": 0})
    assert "Left out: cudatoolkit" in result.stderr


def test_the_example_is_run_where_it_is(store: Path) -> None:
    result = call(str(EXAMPLE), "-P", "degree=5")
    assert result.exit_code == 0, result.output
    run = only(store)
    assert (run.experiment, run.params) == ("noisy-sine", {"degree": 5, "ridge": 0.001})
    assert run.metrics["test/rmse"] < 0.2


def test_json_is_all_there_is_on_standard_output(project: Path, store: Path) -> None:
    result = call("demo", "--env", "none", "--json")
    said = json.loads(result.stdout)
    assert (said["run_id"], said["status"], said["exit_code"]) == (only(store).id, "FINISHED", 0)
    assert "trained with 0.1" in result.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_exit_code_is_that_of_the_program(
    project: Path, store: Path, more: tuple[str, ...]
) -> None:
    (project / "fail.py").write_text("raise SystemExit('it broke') if 0 else SystemExit(7)")
    result = call("demo", "-e", "fail.py", "--env", "none", *more)
    assert result.exit_code == 7
    assert result.stdout == ""
    run = only(store)
    assert f"Its run {run.id} is kept as FAILED." in result.stderr


def test_a_dry_run_runs_nothing(project: Path, store: Path) -> None:
    result = call("demo", "--dry-run", "-P", "depth=3", "--env", "pip")
    assert result.stdout.splitlines() == [
        "command: python log.py --alpha 0.1 --depth 3",
        f"folder: {project}",
        "environment: made with pip as conda.yaml asks",
        "parameter alpha: 0.1",
        "parameter depth: 3",
        "experiment: demo",
        f"store: {store}",
    ]
    assert "Left out: cudatoolkit" in result.stderr
    plan = json.loads(call("demo", "--dry-run", "--json", "--env", "none").stdout)
    assert (plan["command"], plan["folder"]) == ("python log.py --alpha 0.1", str(project))
    assert not store.exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("demo", "-P", "alpha"), 2, "'alpha' is no parameter. Write -P name=value."),
        (("demo", "-P", "a=1", "-P", "a=2"), 2, "The parameter 'a' is given twice."),
        (("demo", "-P", "alpha=x"), 1, "'alpha' of type float can't be 'x': that is no float."),
        (("demo", "-e", "absent"), 1, "There is no entry point 'absent' in "),
        (("absent",), 1, "There is no folder "),
        (("demo/log.py",), 1, "is a file. Name its folder "),
        (("demo", "--env", "conda"), 2, "Invalid value for '--env'"),
    ],
)
def test_mistakes_are_one_line(
    project: Path, store: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = call(*words)
    assert result.exit_code == code
    assert message in result.stderr
    assert not store.exists()


def test_ctrl_c_ends_the_program_and_then_the_command(project: Path, store: Path) -> None:
    (project / "wait.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    words = [sys.executable, "-c", "from runfolio.cli.main import main; main()"]
    with subprocess.Popen(
        [*words, "run", "demo", "-e", "wait.py", "--env", "none"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert b"was ended with exit code 130: KeyboardInterrupt." in errors
    assert only(store).status == "KILLED"
