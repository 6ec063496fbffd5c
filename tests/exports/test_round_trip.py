"""MLflow → Runfolio → MLflow: everything a run has comes back, as MLflow itself reads it."""

from __future__ import annotations

import os
import shutil
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runfolio.exports import export_runs
from runfolio.sources import import_runs
from tests.samples import sample

ALL = 3


@pytest.fixture
def mlflow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """MLflow, allowed to use the store of files that it has retired."""
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("mlflow")


def open_client(mlflow: Any, folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mlflow.MlflowClient(folder.as_uri())


def write_runs(mlflow: Any, folder: Path) -> None:
    """Runs with odd names and values, of every status, nested and deleted, in three experiments."""
    client = open_client(mlflow, folder)
    first = client.create_experiment(
        "wine / ünï", tags={"mlflow.note.content": "n", "owner": "a", "empty": ""}
    )
    run = client.create_run(first, run_name="whole <b>", tags={"team": "red\nblue", "ü": "日本"})
    run_id = run.info.run_id
    for key, value in {
        "lr": "0.10",
        "a/b": "x\ny",
        "empty": "",
        "flag": "True",
        "n": "1e5",
    }.items():
        client.log_param(run_id, key, value)
    odd = [1.5, float("nan"), float("inf"), float("-inf"), 0.1 + 0.2, -0.0, 5e-324]
    for step, number in enumerate(odd):
        client.log_metric(run_id, "val/loss", number, step=step - 3, timestamp=1000 + step)
    for number in (1.0, 2.0, 2.0):
        client.log_metric(run_id, "again", number, step=3, timestamp=5)
    client.log_text(run_id, "hello", "texts/ä b.txt")
    client.log_dict(run_id, {"a": [1, None]}, "conf.json")
    client.log_image(run_id, np.zeros((4, 4, 3), np.uint8), key="pictures", step=2)
    client.set_tag(run_id, "mlflow.note.content", "# A note")
    dataset = mlflow.data.from_numpy(np.zeros((3, 2)), name="red wine")
    told = {"mlflow.data.context": "training", "split": "1"}
    used = [mlflow.entities.InputTag(key, value) for key, value in told.items()]
    source = mlflow.entities.DatasetInput(dataset._to_mlflow_entity(), used)
    client.log_inputs(run_id, datasets=[source])
    client.set_terminated(run_id, "FINISHED", end_time=run.info.start_time + 12_345)
    child = client.create_run(first, tags={"mlflow.parentRunId": run_id}, run_name="child")
    client.set_terminated(child.info.run_id, "FAILED")
    killed = client.create_run(first)
    client.set_terminated(killed.info.run_id, "KILLED")
    client.create_run(first, run_name="running")
    deleted = client.create_run(first, run_name="deleted")
    client.log_metric(deleted.info.run_id, "m", 1)
    client.set_terminated(deleted.info.run_id)
    client.delete_run(deleted.info.run_id)
    gone = client.create_experiment("gone")
    client.set_terminated(client.create_run(gone, run_name="with it").info.run_id)
    client.delete_experiment(gone)


def read_runs(mlflow: Any, folder: Path) -> dict[str, Any]:
    """Everything MLflow tells of every run, by id."""
    client = open_client(mlflow, folder)
    found = {}
    for experiment in client.search_experiments(view_type=ALL):
        for run in client.search_runs([experiment.experiment_id], run_view_type=ALL):
            found[run.info.run_id] = _read(client, folder, experiment, run)
    return found


def _read(client: Any, folder: Path, experiment: Any, run: Any) -> dict[str, Any]:
    info = run.info
    place = next(folder.glob(f"**/{info.run_id}/artifacts"), None)
    return {
        "experiment": (experiment.name, experiment.lifecycle_stage, experiment.tags),
        "run": (info.run_name, info.status, info.start_time, info.end_time, info.user_id),
        "stage": info.lifecycle_stage,
        "params": run.data.params,
        "tags": run.data.tags,
        "points": {
            key: [(one.timestamp, repr(one.value), one.step) for one in _history(client, info, key)]
            for key in run.data.metrics
        },
        "inputs": [
            (one.dataset.to_dictionary(), {tag.key: tag.value for tag in one.tags})
            for one in run.inputs.dataset_inputs
        ],
        "artifacts": {
            path.relative_to(place).as_posix(): path.read_bytes()
            for path in sorted(place.rglob("*") if place else ())
            if path.is_file() and place
        },
    }


def _history(client: Any, info: Any, key: str) -> list[Any]:
    return list(client.get_metric_history(info.run_id, key))


def go_round(source: Path, tmp_path: Path, *, models: int = 0) -> Path:
    """Import a store and write it out again."""
    store = tmp_path / "kept"
    assert import_runs(source, store=store).skipped == ()
    done = export_runs("mlflow", tmp_path / "again", view="all", store=store)
    assert [one.count("m-") for one in done.warnings] == ([models] if models else [])
    return done.target


def test_all_that_mlflow_wrote_comes_back(mlflow: Any, tmp_path: Path) -> None:
    write_runs(mlflow, tmp_path / "mlruns")
    before = read_runs(mlflow, tmp_path / "mlruns")
    after = read_runs(mlflow, go_round(tmp_path / "mlruns", tmp_path))
    assert after.keys() == before.keys()
    assert len(before) == 6
    for run_id, run in before.items():
        for part, told in run.items():
            assert after[run_id][part] == told, (run["run"][0], part)


@pytest.mark.parametrize("owner", ["cr21", "PacktPublishing", "made"])
def test_the_stores_of_other_people_come_back(mlflow: Any, tmp_path: Path, owner: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(sample("mlflow_file", owner), copy)
    for folder in {path.parent for path in copy.rglob("meta.yaml")}:
        if (folder / "params").exists() or (folder / "tags").exists():
            for name in ("params", "metrics", "tags", "artifacts"):  # git keeps no empty folders
                (folder / name).mkdir(exist_ok=True)
    [mlruns] = {
        path.parents[2] for path in copy.rglob("meta.yaml") if path.parents[1].name == "0"
    } or {next(copy.rglob("mlruns"))}
    before = read_runs(mlflow, mlruns)
    after = read_runs(mlflow, go_round(copy, tmp_path, models=owner == "made"))
    assert after.keys() == before.keys()
    for run_id, run in before.items():
        for part in ("params", "points", "inputs"):
            assert after[run_id][part] == run[part], (run["run"][0], part)
        assert (after[run_id]["run"][0] or None, *after[run_id]["run"][1:4]) == run["run"][:4]
        for part in ("tags", "artifacts"):  # models that lay elsewhere are with their run now
            assert after[run_id][part].items() >= run[part].items(), (run["run"][0], part)
