"""Projects that are run: each is a run, whoever logs it."""

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

from runfolio.errors import (
    CommandFailed,
    EnvironmentFailed,
    InvalidValue,
    ProjectInvalid,
)
from runfolio.projects.running import plan_project, run_project
from runfolio.query.record import RunRead, get_run
from runfolio.store import read_overview
from tests.projects.making import LOG, SHOW, commit, git, make_project
from tests.projects.wheels import make_needs, make_wheel

MLPROJECT = """\
name: demo
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
    command: "python log.py --alpha {alpha}"
  silent:
    parameters: {alpha: {type: float, default: 0.1}, code: {type: int, default: 0}}
    command: "echo alpha is {alpha}; echo oops >&2; exit {code}"
  show:
    command: "python show.py"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "demo", MLPROJECT, log=LOG, show=SHOW)


def only(store: Path) -> RunRead:
    """The only run of a store."""
    (run_id,) = read_overview(store).runs["run_id"].to_pylist()
    return get_run(run_id, store=store)


def console_of(run: RunRead) -> str:
    (found,) = [one for one in run.artifacts if one.path == "console.txt"]
    return found.file.read_text()


def test_the_programs_run_is_the_projects(project: Path, store: Path) -> None:
    done = run_project(project, parameters={"alpha": "0.50"}, store=store)
    run = only(store)
    assert (run.id, run.experiment, run.status) == (done.run_id, "demo", "FINISHED")
    assert (done.experiment, done.exit_code) == ("demo", 0)
    assert run.params == {"alpha": 0.5}
    assert run.metrics == {"loss": 0.0}
    assert console_of(run) == "trained with 0.5\n"
    assert run.context["command"] == ["python", "log.py", "--alpha", "0.50"]
    assert run.context["source"] == "log"
    said = run.context["project"]
    assert (said["name"], said["entry_point"]) == ("demo", "main")
    assert said["parameters"] == {"alpha": "0.50"}
    assert said["uri"] == str(project)
    assert said["environment"] == {"manager": "none"}


def test_a_program_that_logs_nothing_is_a_run_all_the_same(project: Path, store: Path) -> None:
    commit(project.parent)
    before = time.time()
    done = run_project(project, "silent", {"alpha": "0.10"}, store=store, name="quiet")
    run = only(store)
    assert (run.id, run.name, run.experiment) == (done.run_id, "quiet", "demo")
    assert (run.status, run.params) == ("FINISHED", {"alpha": 0.1, "code": 0})
    assert before <= run.start_time.timestamp() <= time.time()
    assert run.duration == pytest.approx(done.seconds)
    assert sorted(console_of(run).split("\n")) == ["", "alpha is 0.10", "oops"]
    assert run.context["command"][:2] == ["bash", "-c"]
    assert run.context["git_commit"] == git(project, "rev-parse", "HEAD")
    assert run.context["folder"] == "demo"
    assert run.context["environment"]["python"] == sys.version.split()[0]
    assert "PYTHONHASHSEED" in run.context["variables"]["names"]


def test_the_script_of_a_program_that_logs_nothing_is_kept(project: Path, store: Path) -> None:
    run_project(project, "show", {"x": 1}, store=store)
    run = only(store)
    assert {one.path for one in run.artifacts} == {"code/show.py", "console.txt"}
    assert run.context["source"] == "show"
    assert json.loads(console_of(run)) == ["--x", "1"]


@pytest.mark.parametrize(
    ("entry_point", "parameters", "code", "last"),
    [
        ("log.py", {"alpha": -1}, 1, "ValueError: alpha is bad"),
        ("silent", {"code": 3}, 3, "oops"),
    ],
)
def test_a_program_that_fails(
    project: Path, store: Path, entry_point: str, parameters: dict[str, int], code: int, last: str
) -> None:
    with pytest.raises(CommandFailed, match=f"failed with exit code {code}: .*{last}") as caught:
        run_project(project, entry_point, parameters, store=store)
    run = only(store)
    assert (caught.value.code, caught.value.run_id) == (code, run.id)
    assert last in caught.value.lines
    assert run.status == "FAILED"
    assert last in console_of(run)


def test_a_program_that_dies_without_an_end_is_ended(project: Path, store: Path) -> None:
    (project / "die.py").write_text(
        "import os, runfolio\nrunfolio.start_run().log_metric('m', 1)\nos._exit(5)\n"
    )
    with pytest.raises(CommandFailed, match="exit code 5: it printed nothing"):
        run_project(project, "die.py", store=store)
    run = only(store)
    assert (run.status, run.metrics) == ("FAILED", {"m": 1})
    assert not list((store / "runs" / run.id).glob("journal/*"))


def test_a_run_that_failed_though_its_program_did_not(project: Path, store: Path) -> None:
    (project / "caught.py").write_text(
        "import runfolio\nrunfolio.start_run().finish('FAILED')\nprint('all fine')\n"
    )
    assert run_project(project, "caught.py", store=store).status == "FAILED"
    assert only(store).status == "FAILED"
    assert console_of(only(store)) == "all fine\n"


def test_all_of_a_programs_runs_go_to_the_store(project: Path, store: Path) -> None:
    (project / "many.py").write_text(
        "import runfolio, subprocess, sys\n"
        "for name in 'ab':\n"
        "    with runfolio.start_run(store='own', name=name, experiment='said'):\n"
        "        pass\n"
        "code = \"import runfolio; runfolio.start_run(name='c', experiment='said').finish()\"\n"
        "subprocess.run([sys.executable, '-c', code], check=True)\n"
    )
    done = run_project(project, "many.py", {"alpha": 1}, store=store)
    runs = {row["name"]: row for row in read_overview(store).runs.to_pylist()}
    assert set(runs) == {"a", "b", "c"}
    assert runs["a"]["run_id"] == done.run_id
    assert {row["experiment"] for row in runs.values()} == {"said"}
    assert done.experiment == "said"
    assert [get_run(row["run_id"], store=store).params for row in runs.values()].count({}) == 2
    assert not (project / "own").exists()


def test_what_the_caller_names_counts(project: Path, store: Path) -> None:
    (project / "named.py").write_text(
        "import runfolio\nrunfolio.start_run(experiment='own', name='mine').finish()\n"
    )
    run_project(project, "named.py", store=store, experiment="asked", name="for")
    assert (only(store).experiment, only(store).name) == ("asked", "for")


def test_code_that_logs_with_mlflow_is_the_run_too(project: Path, store: Path) -> None:
    pytest.importorskip("mlflow", reason="mlflow-skinny is not installed")
    (project / "flow.py").write_text(
        "import sys, mlflow\nwith mlflow.start_run():\n"
        "    mlflow.log_param('alpha', sys.argv[2]); mlflow.log_metric('m', 1)\n"
    )
    run_project(project, "flow.py", {"alpha": "5"}, store=store)
    run = only(store)
    assert (run.experiment, run.params, run.metrics) == ("demo", {"alpha": 5}, {"m": 1})
    assert run.context["command"] == ["python", "flow.py", "--alpha", "5"]
    assert not (project / "mlruns").exists()
    assert not (project / "mlflow.db").exists()


def test_capture_may_be_switched_off(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFOLIO_CAPTURE", "none")
    run_project(project, "silent", store=store)
    assert set(only(store).context) == {"project"}


def test_secrets_go_to_the_program_and_nowhere_else(project: Path, store: Path) -> None:
    run_project(project, "show", {"api_key": "s3cr3t-value"}, store=store)
    run = only(store)
    assert "s3cr3t-value" in console_of(run)  # the program has printed it
    assert "s3cr3t-value" not in json.dumps(run.context)
    assert run.params == {"api_key": "[redacted]"}


def test_a_repository_is_cloned_and_its_commit_recorded(
    project: Path, store: Path, tmp_path: Path
) -> None:
    first = commit(tmp_path)
    (project / "log.py").write_text("raise SystemExit(9)")
    commit(tmp_path)
    address = f"git+file://me:pw@localhost{tmp_path}#demo"
    with pytest.raises(CommandFailed, match="exit code 9"):
        run_project(address.replace("me:pw@localhost", ""), store=store)
    run_project(address.replace("me:pw@localhost", ""), version=first[:10], store=store)
    runs = [get_run(row, store=store) for row in read_overview(store).runs["run_id"].to_pylist()]
    (run,) = [one for one in runs if one.status == "FINISHED"]
    assert run.context["git_commit"] == first
    assert run.context["project"]["version"] == first[:10]
    assert run.context["project"]["uri"] == f"git+file://{tmp_path}#demo"


def test_a_version_of_a_folder_is_run(project: Path, store: Path, tmp_path: Path) -> None:
    commit(tmp_path)
    (project / "log.py").write_text("raise SystemExit(9)")
    run_project(project, version="main", store=store)
    assert only(store).metrics


@pytest.mark.parametrize("manager", ["uv", "pip"])
def test_a_project_runs_in_its_own_environment(
    wheels: Path, project: Path, store: Path, manager: str
) -> None:
    make_needs(wheels)
    make_wheel(wheels, "tiny", "2.0")
    (project / "python_env.yaml").write_text("dependencies: [-r requirements.txt]")
    (project / "requirements.txt").write_text("tiny<3\n")
    (project / "log.py").write_text(f"import tiny\nprint(tiny.__version__)\n{LOG}")
    said: list[str] = []
    run_project(project, env=manager, store=store, say=said.append)
    run = only(store)
    assert console_of(run).startswith("2.0\n")
    assert "tiny==2.0" in run.context["environment"]["packages"]
    assert run.context["project"]["environment"] == {
        "manager": manager,
        "file": "python_env.yaml",
        "python": None,
        "packages": ["tiny<3"],
    }
    assert any(line.startswith(f"Making an environment with {manager}") for line in said)


def test_packages_of_a_program_that_logs_nothing_are_those_of_its_environment(
    wheels: Path, project: Path, store: Path
) -> None:
    make_needs(wheels)
    make_wheel(wheels, "tiny", "2.0")
    (project / "python_env.yaml").write_text("dependencies: [tiny]")
    run_project(project, "silent", store=store)
    run = only(store)
    assert run.context["project"]["environment"]["manager"] == "uv"
    assert "tiny==2.0" in run.context["environment"]["packages"]


def test_an_environment_that_cant_be_made_starts_nothing(
    wheels: Path, project: Path, store: Path
) -> None:
    (project / "conda.yaml").write_text("dependencies: [absent=1, cudatoolkit]")
    said: list[str] = []
    with pytest.raises(EnvironmentFailed, match="absent"):
        run_project(project, store=store, say=said.append)
    assert any("Left out: cudatoolkit" in line for line in said)
    assert not store.exists()


def test_the_python_of_this_process_runs_what_asks_for_none(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "which.py").write_text("import sys; print(sys.executable)")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    run_project(project, "which.py", store=store)
    assert console_of(only(store)).strip() == sys.executable


@pytest.mark.parametrize(
    ("entry_point", "parameters", "options", "error", "message"),
    [
        ("absent", {}, {}, ProjectInvalid, r"no entry point 'absent' .* 'main', 'silent', 'show'"),
        ("main", {"alpha": "x"}, {}, ProjectInvalid, "'alpha' of type float can't be 'x'"),
        ("main", {}, {"env": "conda"}, InvalidValue, "no env 'conda'. Choose from uv, pip, none"),
        ("main", {}, {"version": "v1"}, ProjectInvalid, "is in no git repository"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(
    project: Path,
    store: Path,
    entry_point: str,
    parameters: dict[str, str],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        run_project(project, entry_point, parameters, store=store, **options)
    assert not store.exists()


def test_a_plan_says_what_would_be_run(project: Path, store: Path) -> None:
    plan = plan_project(project, parameters={"alpha": 2, "token": "abc"}, store=store, name="x")
    assert plan.command == "python log.py --alpha 2 --token '[redacted]'"
    assert (plan.folder, plan.experiment, plan.name) == (project, "demo", "x")
    assert plan.parameters == {"alpha": 2.0, "token": "[redacted]"}
    assert plan.environment == {"manager": "none"}
    assert not store.exists()


INTERRUPTED = """\
import runfolio, time
with runfolio.start_run() as run:
    run.log_metric("m", 1)
    try:
        print("ready", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        run.log_metric("m", 2)
        print("tidied up")
        raise
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_program_first(
    project: Path, store: Path, number: signal.Signals
) -> None:
    (project / "wait.py").write_text(INTERRUPTED)
    code = (
        "import sys\n"
        "from runfolio.projects.running import run_project\n"
        "def echo(chunk, error):\n    sys.stdout.buffer.write(chunk); sys.stdout.flush()\n"
        f"run_project({str(project)!r}, 'wait.py', store={str(store)!r}, echo=echo)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        os.kill(process.pid, number)
        assert b"tidied up" in process.stdout.read()
        assert b"was ended with exit code 130" in process.stderr.read()
    run = only(store)
    assert (run.status, run.metrics) == ("KILLED", {"m": 2})
    assert "tidied up" in console_of(run)


def test_a_run_left_to_a_process_in_the_background_is_left_alone(
    project: Path, store: Path, tmp_path: Path
) -> None:
    (project / "leave.py").write_text(
        "import os, sys, time, runfolio\n"
        "read, write = os.pipe()\n"
        "if os.fork():\n"
        "    os.read(read, 1); os._exit(0)\n"
        "os.setsid()\n"
        "run = runfolio.start_run(); run.log_metric('m', 1)\n"
        "for stream in (0, 1, 2): os.close(stream)\n"
        "os.write(write, b'x')\n"
        f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.02)\n"
        "run.log_metric('m', 2); run.finish(); os._exit(0)\n"
    )
    done = run_project(project, "leave.py", store=store)
    assert done.status == "RUNNING"
    (tmp_path / "go").touch()
    deadline = time.monotonic() + 60
    while (run := only(store)).status == "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (run.status, run.metrics) == ("FINISHED", {"m": 2})
