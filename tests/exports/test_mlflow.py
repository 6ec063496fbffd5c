"""An exported ``mlruns`` folder, read back by MLflow's own file store."""

from __future__ import annotations

import math
import os
import warnings
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

import runfolio
from runfolio.errors import OutputRefused
from runfolio.exports.mlflow import write_mlflow
from runfolio.exports.mlflow.names import Names, is_allowed
from runfolio.schema import FileRecord, InputRecord, Series, WholeRun, derive_run_id, read_param
from runfolio.store import read_store
from runfolio.store.adding import Adder
from runfolio.store.edits import Edit, write_edit

TIME = 1_700_000_000_000_000


def make_record(**changes: Any) -> WholeRun:
    fields: dict[str, Any] = {
        "id": "0123456789abcdef",
        "experiment": "digits",
        "name": "one",
        "start_time": TIME,
        "end_time": TIME + 5_000_000,
    }
    return WholeRun(**{**fields, **changes})


def add(store: Path, *records: WholeRun) -> None:
    adder = Adder(store)
    for record in records:
        adder.add(record)


def open_mlflow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of MLflow on its own file store."""
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("mlflow").MlflowClient(folder.as_uri())


def read_runs(client: Any, name: str = "digits", view: int = 1) -> list[Any]:
    experiment = client.get_experiment_by_name(name)
    return list(client.search_runs([experiment.experiment_id], run_view_type=view))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "ml runs"


def test_a_run_is_read_back_whole(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runfolio.start_run(
        experiment="digits", name="né — 1", store=store, note="# Hi\n", tags={"a": "b\nc"}
    ) as run:
        run.log_params({"rate": 0.1, "deep": True, "list": [1, 2], "empty": ""})
        run.log_metric("loss", 0.5, step=3, time=datetime(2024, 1, 1, tzinfo=UTC))
        for step, value in enumerate((math.nan, math.inf, -math.inf, 1e-300, 0.1)):
            run.log_metric("val/odd one", value, step=step)
        run.log_text("words", "notes/a b.txt")
    assert write_mlflow(read_store(store), target) == []
    client = open_mlflow(target, monkeypatch)
    (found,) = read_runs(client)
    assert found.info.run_id == run.id
    assert (found.info.run_name, found.info.status) == ("né — 1", "FINISHED")
    assert found.data.params == {"rate": "0.1", "deep": "true", "list": "[1, 2]", "empty": ""}
    assert found.data.tags["a"] == "b\nc"
    assert found.data.tags["mlflow.note.content"] == "# Hi\n"
    (point,) = client.get_metric_history(run.id, "loss")
    assert (point.step, point.value, point.timestamp) == (3, 0.5, 1_704_067_200_000)
    odd = client.get_metric_history(run.id, "val/odd one")
    assert [one.step for one in odd] == [0, 1, 2, 3, 4]
    assert [repr(one.value) for one in odd] == ["nan", "inf", "-inf", "1e-300", "0.1"]
    assert "notes" in [one.path for one in client.list_artifacts(run.id)]
    text = Path(client.download_artifacts(run.id, "notes/a b.txt"))
    assert text.read_text() == "words"


def test_a_run_from_mlflow_gets_its_id_its_times_and_its_tags_back(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, child = "a" * 32, "b" * 32
    own = {
        "user": "ada",
        "source": "train.py",
        "git_commit": "f" * 40,
        "mlflow": {
            "source.type": "LOCAL",
            "source.name": "train.py",
            "source.git.commit": "f" * 40,
            "user": "ada",
        },
    }
    records = [
        make_record(
            id=derive_run_id("mlflow", identity),
            name=identity[0],
            parent_id=derive_run_id("mlflow", parent) if identity == child else None,
            status="FAILED",
            params={"n": read_param("1.50")},
            tags={"kept": "as it is"},
            note="text",
            context={**own, "imported": {"kind": "mlflow", "identity": identity}},
        )
        for identity in (parent, child)
    ]
    add(store, *records)
    write_mlflow(read_store(store), target)
    client = open_mlflow(target, monkeypatch)
    found = client.get_run(child)
    assert found.data.tags == {
        "kept": "as it is",
        "mlflow.note.content": "text",
        "mlflow.parentRunId": parent,
        "mlflow.runName": "b",
        "mlflow.source.git.commit": "f" * 40,
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": "ada",
    }
    assert found.data.params == {"n": "1.50"}
    info = found.info
    assert (info.start_time, info.end_time, info.user_id, info.status) == (
        1_700_000_000_000,
        1_700_000_005_000,
        "ada",
        "FAILED",
    )
    assert client.get_parent_run(child).info.run_id == parent


def test_two_runs_never_get_one_id(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = {"imported": {"kind": "mlflow", "identity": "a" * 32}}
    odd = {"imported": {"kind": "mlflow", "identity": "../escape"}}
    add(
        store,
        make_record(id="0" * 16, context=context),
        make_record(id="1" * 16, context=context),
        make_record(id="2" * 16, context=odd),
    )
    write_mlflow(read_store(store), target)
    ids = {run.info.run_id for run in read_runs(open_mlflow(target, monkeypatch))}
    assert ids == {"0" * 16, "1" * 16, "2" * 16}


def test_names_that_mlflow_refuses_are_changed_with_one_warning(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("ok/a b.c-d:e", "a@b", "/etc/passwd", "../up", "x", "x/y", "ü" * 250, "a//b", "a b\n")
    series = [Series(name, [0], [TIME], [1.0]) for name in names]
    params = {name: read_param(str(number)) for number, name in enumerate(names)}
    add(store, make_record(metrics=series, params=params, tags=dict.fromkeys(names, "t")))
    (warning,) = write_mlflow(read_store(store), target)
    assert warning.startswith("MLflow refuses some names, so they are written otherwise: ")
    assert "'a@b' as 'a_b'" in warning
    (found,) = read_runs(open_mlflow(target, monkeypatch))
    assert len(found.data.metrics) == len(names)
    assert sorted(found.data.params.values()) == [str(number) for number in range(len(names))]
    assert {"ok/a b.c-d:e", "a_b", "etc/passwd", "up", "x"} <= set(found.data.metrics)
    assert not (target.parent / "up").exists()


def test_every_name_gets_a_path_of_its_own() -> None:
    names = Names()
    given = ["a", "a/b", "a/b/c", "a@b", "a_b", "a?b", "..", ".", "", "/", "x" * 300, "\x00"]
    paths = [names.take(one) for one in given]
    assert len(set(paths)) == len(given)
    assert all(is_allowed(path) for path in paths)
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    assert not folders & set(paths)


def test_data_sets_are_written_once_and_used_by_runs(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = [
        InputRecord("train", "d1", "https://example.org/a.csv", "training", {"x": "int"}, {"n": 2}),
        InputRecord("train", "d1", "s3://bucket/a.csv", "validation"),
        InputRecord("own", "d2", '{"uri": "x"}', None, None, {"mlflow": {"source_type": "dbfs"}}),
    ]
    add(store, make_record(inputs=inputs[:2]), make_record(id="f" * 16, inputs=inputs))
    write_mlflow(read_store(store), target)
    client = open_mlflow(target, monkeypatch)
    given = client.get_run("f" * 16).inputs.dataset_inputs
    found = {
        (one.dataset.name, one.dataset.source_type, one.dataset.source, *_values(one.tags))
        for one in given
    }
    assert found == {
        ("train", "http", '{"url": "https://example.org/a.csv"}', "training"),
        ("train", "s3", '{"uri": "s3://bucket/a.csv"}', "validation"),
        ("own", "dbfs", '{"uri": "x"}'),
    }
    (first,) = [one.dataset for one in given if one.dataset.source_type == "http"]
    assert (first.schema, first.profile) == ('{"x": "int"}', '{"n": 2}')
    assert len(list(target.glob("*/datasets/*"))) == 3


def _values(tags: list[Any]) -> list[str]:
    return [tag.value for tag in tags]


def test_deleted_runs_are_marked(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(
        store,
        make_record(),
        make_record(id="1" * 16),
        make_record(id="2" * 16, experiment="gone"),
    )
    runfolio.delete_runs("1" * 16, store=store)
    runfolio.delete_experiment("gone", store=store)
    write_mlflow(read_store(store, view="all"), target)
    client = open_mlflow(target, monkeypatch)
    assert [run.info.run_id for run in read_runs(client)] == ["0123456789abcdef"]
    assert [run.info.run_id for run in read_runs(client, view=2)] == ["1" * 16]
    assert client.get_run("2" * 16).info.lifecycle_stage == "deleted"


def test_what_was_said_of_an_experiment_is_written(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, make_record(), make_record(id="1" * 16, experiment="Default"))
    runfolio.describe_experiment(
        "digits", primary_metric="loss", direction="down", note="words", store=store
    )
    write_mlflow(read_store(store), target)
    client = open_mlflow(target, monkeypatch)
    assert client.get_experiment_by_name("Default").experiment_id == "0"
    assert client.get_experiment_by_name("digits").tags == {
        "mlflow.note.content": "words",
        "mlflow.experiment.primaryMetric.name": "loss",
        "mlflow.experiment.primaryMetric.greaterIsBetter": "false",
    }


def test_a_live_run_is_running(store: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with runfolio.start_run(experiment="digits", store=store, capture=False) as run:
        run.log_metric("loss", 1)
        write_mlflow(read_store(store), target)
    (found,) = read_runs(open_mlflow(target, monkeypatch))
    assert (found.info.status, found.info.end_time) == ("RUNNING", None)


def test_an_artifact_that_is_a_link_or_is_gone_is_left_out(store: Path, target: Path) -> None:
    files = [FileRecord(name, b"x") for name in ("kept.txt", "gone.txt", "link.txt")]
    add(store, make_record(files=files))
    folder = store / "runs" / "0123456789abcdef" / "artifacts"
    (folder / "gone.txt").unlink()
    (folder / "link.txt").unlink()
    (folder / "link.txt").symlink_to("/etc/hostname")
    (warning,) = write_mlflow(read_store(store), target)
    assert warning.startswith("Artifacts that can't be read are left out: ")
    assert "gone.txt" in warning
    assert "link.txt" in warning
    assert [one.name for one in target.glob("*/*/artifacts/*")] == ["kept.txt"]


@pytest.mark.parametrize(
    "name", ["yes", "12", "a: b # c", '"quoted" \\ back', "é 😀 \u2028", "- x", "a\tb"]
)
def test_any_name_is_yaml(store: Path, target: Path, name: str) -> None:
    add(store, make_record(name=name, experiment=name))
    write_mlflow(read_store(store), target)
    (experiment,), (run,) = target.glob("*/meta.yaml"), target.glob("*/*/meta.yaml")
    assert yaml.safe_load(experiment.read_text())["name"] == name
    assert yaml.safe_load(run.read_text())["run_name"] == name


def test_a_folder_with_files_is_refused(store: Path, target: Path) -> None:
    add(store, make_record())
    target.mkdir(parents=True)
    write_mlflow(read_store(store), target)
    assert list(target.glob("*/meta.yaml"))
    with pytest.raises(OutputRefused, match="is there already"):
        write_mlflow(read_store(store), target)
    assert [one.name for one in target.parent.iterdir()] == ["ml runs"]


def test_what_was_said_of_a_renamed_experiment_is_written(
    store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, make_record(experiment="a"), make_record(id="1" * 16, experiment="b"))
    for name in "ab":
        tags = {"team": name, "empty": "", "gone": None}
        changes = {"tags": tags, "note": "a note", "created_time": TIME - 7_000_000}
        write_edit(store, Edit(TIME, "experiment", name, changes))
        runfolio.rename_experiment(name, f"new {name}", store=store)
    runfolio.delete_experiment("new b", store=store)
    write_mlflow(read_store(store, view="all"), target)
    client = open_mlflow(target, monkeypatch)
    kept, gone = (client.get_experiment_by_name(f"new {name}") for name in "ab")
    assert kept.tags == {"team": "a", "empty": "", "mlflow.note.content": "a note"}
    assert (kept.lifecycle_stage, gone.lifecycle_stage) == ("active", "deleted")
    assert gone.tags["team"] == "b"
    assert (kept.creation_time, kept.last_update_time) == (TIME // 1000 - 7000, TIME // 1000)
    assert [run.info.run_id for run in read_runs(client, "new b", view=2)] == ["1" * 16]


def test_logged_models_are_told_of_once(store: Path, target: Path) -> None:
    add(
        store,
        make_record(),
        make_record(id="1" * 16, context={"mlflow": {"models": ["m-1", "m-2"]}}),
    )
    for model, holder in (("m-3", "0123456789abcdef"), ("m-4", "f" * 16), ("m-5", "1" * 16)):
        write_edit(store, Edit(TIME, "model", model, {"name": "net", "holder": holder}))
    write_edit(store, Edit(TIME, "model", "m-5", {"deleted": True}))
    [warning] = write_mlflow(read_store(store), target)
    assert warning.startswith("Logged models are written as artifacts of their runs, without ")
    assert warning.endswith(": m-1, m-2, m-3.")
