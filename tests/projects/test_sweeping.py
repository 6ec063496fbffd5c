"""Sweeps: many trials of an entry point, each a child of one run, side by side and resumable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import InvalidValue, MissingDependency, ProjectInvalid, RunNotFound
from runfolio.projects.sweeping import Sweep, plan_sweep, sweep
from runfolio.projects.trials import Trial
from runfolio.query.record import RunRead, get_run
from runfolio.store import read_overview, read_parquet
from runfolio.store.layout import MARKER
from tests.projects.making import LOG, SHOW, commit, git, make_project

MLPROJECT = """\
name: demo
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
      depth: {type: int, default: 3}
    command: "python log.py --alpha {alpha} --depth {depth}"
  data:
    parameters: {file: path}
    command: "cat {file}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "demo", MLPROJECT, log=LOG, show=SHOW)


def children(store: Path, parent: str) -> list[RunRead]:
    rows = read_overview(store).runs.to_pylist()
    found = [get_run(one["run_id"], store=store) for one in rows if one["parent_id"] == parent]
    return sorted(found, key=lambda run: (run.context["project"]["trial"], run.start_time))


def statuses(done: Sweep) -> list[str | None]:
    return [one.status for one in done.trials]


def test_each_trial_is_a_child_of_one_run(project: Path, store: Path) -> None:
    told: list[tuple[Trial, int, int]] = []
    done = sweep(
        project,
        parameters={"depth": 5},
        grid={"alpha": [0.1, "0.5", 2]},
        store=store,
        on_trial=lambda *words: told.append(words),
    )
    assert statuses(done) == ["FINISHED"] * 3
    assert [(ended, total) for _, ended, total in told] == [(1, 3), (2, 3), (3, 3)]
    runs = children(store, done.run_id)
    assert [run.id for run in runs] == [one.run_id for one in done.trials]
    assert [run.name for run in runs] == ["alpha 0.1", "alpha 0.5", "alpha 2"]
    assert [run.params for run in runs] == [{"alpha": a, "depth": 5} for a in (0.1, 0.5, 2.0)]
    assert {run.experiment for run in runs} == {"demo"}
    assert all(any(one.path == "console.txt" for one in run.artifacts) for run in runs)
    parent = get_run(done.run_id, store=store)
    assert (parent.name, parent.experiment, parent.status) == ("sweep of alpha", "demo", "FINISHED")


def test_the_best_trial_is_told(project: Path, store: Path) -> None:
    done = sweep(project, grid={"alpha": [0.1, 0.5, 2]}, store=store)
    assert (done.metric, done.direction) == ("loss", "down")
    assert done.best is not None
    assert (done.best.number, done.best.value) == (2, 0.0)
    parent = get_run(done.run_id, store=store)
    assert parent.tags == {"best_run": done.best.run_id, "best_parameters": "alpha 0.5"}
    (table,) = [one for one in parent.artifacts if one.path == "trials.parquet"]
    rows = read_parquet(table.file).to_pylist()
    assert [row["alpha"] for row in rows] == [0.1, 0.5, 2.0]
    assert [row["loss"] for row in rows] == [one.value for one in done.trials]
    assert [row["run"] for row in rows] == [one.run_id for one in done.trials]
    assert {row["status"] for row in rows} == {"FINISHED"}


def test_the_metric_that_counts_may_be_said(project: Path, store: Path) -> None:
    asked = sweep(project, grid={"alpha": [0.1, 0.5]}, store=store, metric="loss", direction="up")
    assert asked.best is not None
    assert asked.best.number == 1
    runfolio.describe_experiment("demo", primary_metric="loss", direction="up", store=store)
    settled = sweep(project, grid={"alpha": [0.1, 0.5]}, store=store)
    assert settled.best is not None
    assert (settled.best.number, settled.direction) == (1, "up")


def test_trials_that_fail_are_kept(project: Path, store: Path) -> None:
    done = sweep(project, grid={"alpha": [-1, 0.5]}, store=store)
    assert statuses(done) == ["FAILED", "FINISHED"]
    assert (done.trials[0].exit_code, done.trials[0].said) == (1, "ValueError: alpha is bad")
    assert [run.status for run in children(store, done.run_id)] == ["FAILED", "FINISHED"]
    assert get_run(done.run_id, store=store).status == "FINISHED"
    none = sweep(project, grid={"alpha": [-1]}, store=store)
    assert none.best is None
    assert get_run(none.run_id, store=store).status == "FAILED"


def test_programs_that_log_nothing_are_trials_too(project: Path, store: Path) -> None:
    done = sweep(project, "show.py", grid={"x": ["a b", "c"]}, store=store)
    assert done.metric is None
    assert [run.params for run in children(store, done.run_id)] == [{"x": "a b"}, {"x": "c"}]


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_trials_run_side_by_side(project: Path, store: Path, tmp_path: Path, backend: str) -> None:
    (project / "meet.py").write_text(MEET.format(place=str(tmp_path)))
    done = sweep(project, "meet.py", grid={"n": [1, 2]}, jobs=2, backend=backend, store=store)
    assert statuses(done) == ["FINISHED"] * 2


MEET = """\
import sys, time
from pathlib import Path
here, other = sys.argv[2], str(3 - int(sys.argv[2]))
Path("{place}", here).touch()
for _ in range(3000):
    if Path("{place}", other).exists():
        break
    time.sleep(0.02)
else:
    raise SystemExit("alone")
"""
"""A program that ends only when the other trial runs at the same time."""


def test_trials_run_on_a_dask_cluster(project: Path, store: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    (project / "meet.py").write_text(MEET.format(place=str(tmp_path)))
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster:
        done = sweep(
            project,
            "meet.py",
            grid={"n": [1, 2]},
            jobs=2,
            backend="dask",
            scheduler=cluster.scheduler_address,
            store=store,
        )
    assert statuses(done) == ["FINISHED"] * 2
    assert len(children(store, done.run_id)) == 2


def test_dask_needs_no_scheduler(project: Path, store: Path) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    done = sweep(project, grid={"alpha": [0.1, 0.5]}, jobs=2, backend="dask", store=store)
    assert statuses(done) == ["FINISHED"] * 2


def test_trials_run_with_ray(project: Path, store: Path) -> None:
    pytest.importorskip("ray", reason="ray is not installed")
    done = sweep(project, grid={"alpha": [0.1, 0.5]}, jobs=2, backend="ray", store=store)
    assert statuses(done) == ["FINISHED"] * 2


def test_a_backend_that_is_not_installed_is_named(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependency, match=r"pip install 'runfolio\[ray\]'"):
        sweep(project, grid={"alpha": [1]}, backend="ray", store=store)


def test_a_sweep_goes_on_where_it_was_left(project: Path, store: Path) -> None:
    flag = project / "flag"
    (project / "log.py").write_text(
        f"import os, sys\nif sys.argv[2] != '0.1' and not os.path.exists({str(flag)!r}):\n"
        f"    raise SystemExit(4)\n{LOG}"
    )
    grid: dict[str, list[Any]] = {"alpha": [0.1, 0.5, 2], "depth": [1]}
    first = sweep(project, grid=grid, store=store)
    assert statuses(first) == ["FINISHED", "FAILED", "FAILED"]
    flag.touch()
    told: list[tuple[int, int, int]] = []
    again = sweep(
        resume=first.run_id[:8],
        store=store,
        on_trial=lambda trial, ended, total: told.append((trial.number, ended, total)),
    )
    assert again.run_id == first.run_id
    assert statuses(again) == ["FINISHED"] * 3
    assert told == [(2, 2, 3), (3, 3, 3)]
    assert again.trials[0].run_id == first.trials[0].run_id
    assert again.best is not None
    assert again.best.number == 2
    runs = children(store, first.run_id)
    assert [run.context["project"]["trial"] for run in runs] == [1, 2, 2, 3, 3]
    assert get_run(first.run_id, store=store).status == "FINISHED"
    nothing = sweep(resume=first.run_id, store=store)
    assert [one.run_id for one in nothing.trials] == [one.run_id for one in again.trials]
    assert len(children(store, first.run_id)) == 5


def test_the_same_draws_are_gone_on_with(project: Path, store: Path) -> None:
    random = {"alpha": "loguniform(1e-3, 1)", "depth": "randint(1, 100)"}
    first = sweep(project, random=random, trials=3, seed=5, store=store)
    runfolio.delete_runs([first.trials[1].run_id or ""], store=store)
    again = sweep(resume=first.run_id, store=store)
    assert [one.parameters for one in again.trials] == [one.parameters for one in first.trials]
    assert again.trials[1].run_id != first.trials[1].run_id
    assert again.trials[2].run_id == first.trials[2].run_id


def test_a_seed_is_drawn_and_recorded(project: Path, store: Path) -> None:
    done = sweep(project, random={"alpha": "uniform(0, 1)"}, trials=1, store=store)
    recorded = get_run(done.run_id, store=store).context["sweep"]
    assert recorded["random"] == {"alpha": "uniform(0, 1)"}
    assert (recorded["draws"], recorded["trials"]) == (1, 1)
    found = sweep(
        project,
        random={"alpha": "uniform(0, 1)"},
        trials=1,
        seed=recorded["seed"],
        store=store,
    )
    assert found.trials[0].parameters == done.trials[0].parameters


def test_paths_may_be_tried(project: Path, store: Path, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    first = sweep(project, "data", grid={"file": ["a", "b"]}, store=store)
    assert statuses(first) == ["FINISHED"] * 2
    assert sweep(resume=first.run_id, store=store).trials[0].run_id == first.trials[0].run_id


WAITING = """\
import sys, time
import runfolio
with runfolio.start_run(params={"n": int(sys.argv[2])}) as run:
    run.log_metric("loss", int(sys.argv[2]))
    if sys.argv[2] != "1":
        print("waiting", flush=True)
        time.sleep(0 if __import__("os").path.exists("go") else 60)
"""


def start_waiting(project: Path, store: Path, backend: str) -> tuple[subprocess.Popen[bytes], str]:
    """A process that sweeps, once its first trial has ended and two others run; and its run."""
    (project / "wait.py").write_text(WAITING)
    code = (
        "from runfolio.projects.sweeping import sweep\n"
        f"done = sweep({str(project)!r}, 'wait.py', grid={{'n': [1, 2, 3, 4]}}, jobs=2,\n"
        f"             backend={backend!r}, store={str(store)!r})\n"
        "print('interrupted' if done.interrupted else 'done')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (store / MARKER).exists():
            rows = read_overview(store).runs.to_pylist()
            found = [one["status"] for one in rows if one["parent_id"]]
            if sorted(found) == ["FINISHED", "RUNNING", "RUNNING"]:
                return process, next(one["run_id"] for one in rows if not one["parent_id"])
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise AssertionError("the trials didn't start")


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_an_interrupted_sweep_ends_its_trials_and_can_be_resumed(
    project: Path, store: Path, backend: str
) -> None:
    process, parent = start_waiting(project, store, backend)
    os.kill(process.pid, signal.SIGINT)
    assert process.communicate()[0] == b"interrupted\n"
    assert [run.status for run in children(store, parent)] == ["FINISHED", "KILLED", "KILLED"]
    assert get_run(parent, store=store).status == "KILLED"
    (project / "go").touch()
    assert statuses(sweep(resume=parent, store=store)) == ["FINISHED"] * 4
    assert len(children(store, parent)) == 6


def test_a_sweep_that_was_killed_is_gone_on_with(project: Path, store: Path) -> None:
    process, parent = start_waiting(project, store, "loky")
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # the workers notice that nobody waits for them any more
        found = [run.status for run in children(store, parent)]
        if "RUNNING" not in found:
            break
        time.sleep(0.1)
    assert found == ["FINISHED", "KILLED", "KILLED"]
    (project / "go").touch()
    done = sweep(resume=parent, store=store)
    assert statuses(done) == ["FINISHED"] * 4
    runs = children(store, parent)
    assert [run.context["project"]["trial"] for run in runs] == [1, 2, 2, 3, 3, 4]


def test_secrets_have_to_be_given_again(project: Path, store: Path) -> None:
    first = sweep(
        project, "show.py", {"api_key": "s3cr3t", "mode": "m"}, grid={"x": [1]}, store=store
    )
    assert "s3cr3t" not in str(get_run(first.run_id, store=store).context)
    with pytest.raises(InvalidValue, match=r"'api_key' was not recorded, .* -P api_key="):
        sweep(resume=first.run_id, store=store)
    with pytest.raises(InvalidValue, match="begun without mode=n"):
        sweep(None, parameters={"mode": "n", "api_key": "x"}, resume=first.run_id, store=store)
    again = sweep(None, parameters={"api_key": "s3cr3t"}, resume=first.run_id, store=store)
    assert again.trials == first.trials


def test_a_project_of_a_repository_is_swept_and_resumed(
    project: Path, store: Path, tmp_path: Path
) -> None:
    commit(tmp_path)
    address = f"git+file://{tmp_path}#demo"
    first = sweep(address, grid={"alpha": [-1, 0.5]}, version="main", store=store)
    assert get_run(first.run_id, store=store).context["git_commit"] == git(
        tmp_path, "rev-parse", "HEAD"
    )
    again = sweep(resume=first.run_id, store=store)
    assert statuses(again) == ["FAILED", "FINISHED"]
    assert again.trials[0].run_id != first.trials[0].run_id


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"grid": {"alpha": ["x"]}}, ProjectInvalid, "'alpha' of type float can't be 'x'"),
        ({"random": {"depth": "uniform(0, 1)"}, "trials": 1}, ProjectInvalid, "no int"),
        ({"grid": {"alpha": [1]}, "parameters": {"alpha": 2}}, ProjectInvalid, "given a value too"),
        ({"grid": {"alpha": [1]}, "backend": "spark"}, InvalidValue, "no backend 'spark'"),
        ({"grid": {"alpha": [1]}, "scheduler": "tcp://x"}, InvalidValue, "A scheduler is Dask's"),
        ({"grid": {"alpha": [1]}, "entry_point": "x"}, ProjectInvalid, "no entry point 'x'"),
        ({"grid": {"alpha": [1]}, "jobs": 0}, InvalidValue, "0 jobs are none"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(
    project: Path, store: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sweep(project, store=store, **options)
    assert not store.exists()


def test_only_a_sweep_can_be_resumed(project: Path, store: Path) -> None:
    with runfolio.start_run(store=store, experiment="demo", capture=False) as run:
        pass
    with pytest.raises(ProjectInvalid, match="is no sweep, so there is nothing to resume"):
        sweep(resume=run.id, store=store)
    with pytest.raises(RunNotFound):
        sweep(resume="ffff", store=store)
    done = sweep(project, grid={"alpha": [1]}, store=store)
    with pytest.raises(InvalidValue, match="Leave out grid, random, trials, seed and version"):
        sweep(resume=done.run_id, grid={"alpha": [2]}, store=store)


def test_draws_that_cant_be_made_again_are_refused(project: Path, store: Path) -> None:
    done = sweep(project, grid={"alpha": [1]}, store=store)
    with runfolio.start_run(store=store, experiment="demo", capture=False) as run:
        run.describe({"sweep": get_run(done.run_id, store=store).context["sweep"] | {"order": "x"}})
    with pytest.raises(ProjectInvalid, match="can't be drawn again alike"):
        sweep(resume=run.id, store=store)


@pytest.mark.parametrize("facts", [{}, {"grid": 3, "draws": None}, {"draws": []}, [1]])
def test_a_record_that_cant_be_read_is_one_line(store: Path, facts: Any) -> None:
    with runfolio.start_run(store=store, experiment="demo", capture=False) as run:
        run.describe({"sweep": facts})
    with pytest.raises(ProjectInvalid, match=r"can't be read|is no sweep"):
        sweep(resume=run.id, store=store)


def test_a_plan_lists_the_commands(project: Path, store: Path) -> None:
    plan = plan_sweep(project, grid={"alpha": ["0.1", "1"], "depth": [1]}, store=store)
    assert plan.commands == (
        "python log.py --alpha 0.1 --depth 1",
        "python log.py --alpha 1 --depth 1",
    )
    assert not store.exists()
    done = sweep(project, grid={"alpha": [-1, 0.5]}, store=store)
    plan = plan_sweep(resume=done.run_id, store=store)
    assert (plan.trials, plan.commands) == (2, ("python log.py --alpha -1 --depth 3",))


def test_a_sweep_within_a_run_is_its_child(project: Path, store: Path) -> None:
    with runfolio.start_run(store=store, experiment="outer", capture=False) as outer:
        done = sweep(project, grid={"alpha": [0.5]}, store=store)
        outer.log_metric("m", 1)
    assert get_run(done.run_id, store=store).parent_id == outer.id
