"""Runs that MLflow code logs, as MLflow and as Runfolio read them back."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
from runfolio import RunfolioError
from runfolio.schema import WholeRun, derive_run_id
from runfolio.store.adding import Adder


def test_parameters_keep_their_text_and_get_a_type(mlflow: Any, store: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.log_param("rate", "1e-3")
        mlflow.log_params({"layers": 3, "deep": True, "name": "net", "list": [1, 2]})
    read = mlflow.get_run(run.info.run_id).data.params
    assert read == {
        "rate": "1e-3",
        "layers": "3",
        "deep": "True",
        "name": "net",
        "list": "[1, 2]",
    }
    ours = runfolio.get_run(run.info.run_id, store=store)
    assert ours.params["rate"] == 0.001
    assert ours.params["layers"] == 3
    assert ours.params["deep"] == "True"


def test_a_parameter_can_not_change(mlflow: Any) -> None:
    with mlflow.start_run() as run:
        mlflow.log_param("n", 1)
        mlflow.log_param("n", 1)
        with pytest.raises(mlflow.MlflowException, match="Changing param values is not allowed"):
            mlflow.log_param("n", "1.0")
        with pytest.raises(mlflow.MlflowException, match="already logged with value='1'"):
            mlflow.log_params({"new": 2, "n": 3})
    assert mlflow.get_run(run.info.run_id).data.params == {"n": "1"}


def test_metrics_keep_steps_times_and_what_is_no_number(mlflow: Any, client: Any) -> None:
    with mlflow.start_run() as run:
        for step, value in ((10, 1.0), (3, 2.0), (10, 3.0), (-1, 4.0)):
            mlflow.log_metric("loss", value, step=step, timestamp=1_700_000_000_123 + step)
        mlflow.log_metrics({"nan": math.nan, "up": math.inf, "down": -math.inf})
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(one.step, one.value) for one in history] == [(10, 1), (3, 2), (10, 3), (-1, 4)]
    assert history[0].timestamp == 1_700_000_000_133
    metrics = mlflow.get_run(run.info.run_id).data.metrics
    assert metrics["loss"] == 3.0
    assert math.isnan(metrics["nan"])
    assert (metrics["up"], metrics["down"]) == (math.inf, -math.inf)
    assert client.get_metric_history(run.info.run_id, "other") == []


def test_a_batch_is_logged_whole_or_its_parameters_not_at_all(mlflow: Any, client: Any) -> None:
    from mlflow.entities import Metric, Param, RunTag

    run_id = client.create_run("0").info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric("a", float(step), 1000 + step, step) for step in range(1200)],
        params=[Param(f"p{n}", str(n)) for n in range(150)],
        tags=[RunTag(f"t{n}", str(n)) for n in range(120)],
    )
    data = client.get_run(run_id).data
    assert data.metrics == {"a": 1199.0}
    assert len(data.params) == 150
    assert {f"t{n}" for n in range(120)} <= set(data.tags)
    with pytest.raises(mlflow.MlflowException, match="Changing param values"):
        client.log_batch(run_id, params=[Param("new", "1"), Param("p1", "x")])
    assert "new" not in client.get_run(run_id).data.params


def test_tags_and_the_note_are_set_replaced_and_deleted(
    mlflow: Any, client: Any, store: Path
) -> None:
    with mlflow.start_run(description="first **words**", tags={"a": "1"}) as run:
        mlflow.set_tag("b", 2)
        mlflow.set_tags({"b": "3", "c": ""})
        mlflow.delete_tag("a")
        mlflow.set_tag("mlflow.note.content", "second words")
    run_id = run.info.run_id
    tags = client.get_run(run_id).data.tags
    assert (tags["b"], tags["c"], tags.get("a")) == ("3", "", None)
    assert tags["mlflow.note.content"] == "second words"
    assert runfolio.get_run(run_id, store=store).note == "second words"
    with pytest.raises(mlflow.MlflowException, match="No tag with name: a"):
        client.delete_tag(run_id, "a")
    client.delete_tag(run_id, "mlflow.note.content")
    assert "mlflow.note.content" not in client.get_run(run_id).data.tags
    assert not runfolio.get_run(run_id, store=store).note


def test_a_tag_that_was_deleted_can_be_set_again_while_the_run_is_live(mlflow: Any) -> None:
    with mlflow.start_run(tags={"a": "1"}) as run:
        mlflow.delete_tag("a")
        mlflow.set_tag("a", "2")
        assert mlflow.get_run(run.info.run_id).data.tags["a"] == "2"
    assert mlflow.get_run(run.info.run_id).data.tags["a"] == "2"


def test_where_a_run_came_from_is_shown_by_runfolio(mlflow: Any, client: Any, store: Path) -> None:
    tags = {
        "mlflow.user": "ada",
        "mlflow.source.name": "/home/ada/train.py",
        "mlflow.source.git.commit": "f" * 40,
        "mlflow.source.git.branch": "main",
    }
    run = client.create_run("0", run_name="night", tags=tags)
    client.set_terminated(run.info.run_id)
    (row,) = runfolio.search_runs(store=store).to_dict("records")
    assert (row["user"], row["source"]) == ("ada", "train.py")
    assert (row["git_commit"], row["git_branch"]) == ("f" * 40, "main")
    assert row["name"] == "night"
    assert client.get_run(run.info.run_id).data.tags == {**tags, "mlflow.runName": "night"}


def test_a_child_knows_its_parent(mlflow: Any, store: Path) -> None:
    with mlflow.start_run(run_name="parent") as parent:
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("loss", 1)
        mlflow.log_metric("loss", 2)
    assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
    ours = runfolio.get_run(child.info.run_id, store=store)
    assert ours.parent_id == parent.info.run_id
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert found["run_id"].tolist() == [child.info.run_id]


def test_a_run_is_renamed_live_and_later(mlflow: Any, client: Any, store: Path) -> None:
    with mlflow.start_run(run_name="one") as run:
        mlflow.set_tag("mlflow.runName", "two")
        assert client.get_run(run.info.run_id).info.run_name == "two"
    client.update_run(run.info.run_id, name="three")
    info = client.get_run(run.info.run_id).info
    assert (info.run_name, info.status) == ("three", "FINISHED")
    assert client.get_run(run.info.run_id).data.tags["mlflow.runName"] == "three"
    assert runfolio.get_run(run.info.run_id, store=store).name == "three"


def test_times_are_those_that_mlflow_said(client: Any, store: Path) -> None:
    run = client.create_run("0", start_time=1_600_000_000_001)
    client.set_terminated(run.info.run_id, end_time=1_600_000_090_002)
    info = client.get_run(run.info.run_id).info
    assert (info.start_time, info.end_time) == (1_600_000_000_001, 1_600_000_090_002)
    assert runfolio.get_run(run.info.run_id, store=store).start_time.year == 2020


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_a_run_ends_as_mlflow_says(client: Any, status: str, store: Path) -> None:
    run = client.create_run("0")
    assert client.get_run(run.info.run_id).info.status == "RUNNING"
    client.set_terminated(run.info.run_id, status)
    assert client.get_run(run.info.run_id).info.status == status
    assert (store / "runs" / run.info.run_id / "tables" / "manifest.json").is_file()


def test_a_run_whose_block_raises_has_failed(mlflow: Any) -> None:
    with pytest.raises(ZeroDivisionError), mlflow.start_run():
        raise ZeroDivisionError
    assert mlflow.last_active_run().info.status == "FAILED"


def test_a_finished_run_goes_on(mlflow: Any, client: Any) -> None:
    with mlflow.start_run(run_name="long") as run:
        mlflow.log_param("rate", 1)
        mlflow.log_metric("loss", 2, step=0)
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("loss", 1, step=1)
        with pytest.raises(mlflow.MlflowException, match="Changing param"):
            mlflow.log_param("rate", 2)
    read = client.get_run(run.info.run_id)
    assert (read.info.status, read.data.metrics) == ("FINISHED", {"loss": 1.0})
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 2


def test_what_is_logged_to_a_finished_run_leaves_its_end_as_it_was(
    mlflow: Any, client: Any, tmp_path: Path
) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 2, step=0)
    run_id = run.info.run_id
    before = client.get_run(run_id).info
    time.sleep(0.01)
    client.log_metric(run_id, "loss", 1, step=1)
    client.log_param(run_id, "late", "yes")
    client.set_tag(run_id, "best", "true")
    (tmp_path / "late.txt").write_text("late")
    client.log_artifact(run_id, str(tmp_path / "late.txt"))
    after = client.get_run(run_id)
    assert (after.info.status, after.info.end_time) == ("FINISHED", before.end_time)
    assert after.data.metrics == {"loss": 1.0}
    assert after.data.params == {"late": "yes"}
    assert after.data.tags["best"] == "true"
    assert [one.path for one in client.list_artifacts(run_id)] == ["late.txt"]


def test_a_deleted_run_refuses_to_be_logged_to_until_it_is_restored(
    mlflow: Any, client: Any, store: Path
) -> None:
    run_id = client.create_run("0").info.run_id
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    with pytest.raises(mlflow.MlflowException, match="must be in 'active' lifecycle_stage"):
        client.log_metric(run_id, "loss", 1)
    with pytest.raises(mlflow.MlflowException, match="must be in 'active' lifecycle_stage"):
        client.set_terminated(run_id)
    assert runfolio.search_runs(store=store).empty
    client.restore_run(run_id)
    client.log_metric(run_id, "loss", 1)
    client.set_terminated(run_id)
    assert client.get_run(run_id).data.metrics == {"loss": 1.0}


def test_a_run_that_is_not_there_is_missing(mlflow: Any, client: Any) -> None:
    for run_id in ("0" * 16, "0" * 32, "other"):
        with pytest.raises(mlflow.MlflowException, match="not found") as caught:
            client.get_run(run_id)
        assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


# MLflow calls pandas in a way that it will stop to understand.
@pytest.mark.filterwarnings("ignore:Starting with pandas version 4.0")
def test_data_sets_are_read_back_as_they_were_given(mlflow: Any, client: Any, store: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]})
    data = mlflow.data.from_pandas(frame, source="https://example.org/d.csv", name="small")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training", tags={"fold": "1"})
    (given,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == ("small", data.digest)
    assert given.dataset.source == data.source.to_json()
    assert given.dataset.source_type == data.source._get_source_type()
    assert given.dataset.profile == '{"num_rows": 2, "num_elements": 4}'
    assert '"name": "y"' in given.dataset.schema
    assert {tag.key: tag.value for tag in given.tags} == {
        "mlflow.data.context": "training",
        "fold": "1",
    }
    (ours,) = runfolio.get_run(run.info.run_id, store=store).inputs
    assert (ours.name, ours.context, ours.profile["num_rows"]) == ("small", "training", 2)


def test_runs_of_runfolio_are_shown_by_mlflow(mlflow: Any, store: Path) -> None:
    with runfolio.start_run(
        experiment="ours", name="plain", store=store, note="hello", capture=False, tags={"a": "b"}
    ) as run:
        run.log_params({"rate": 0.1, "deep": True})
        run.log_metric("loss", 0.5, step=7)
    experiment = mlflow.get_experiment_by_name("ours")
    (found,) = mlflow.search_runs([experiment.experiment_id], output_format="list")
    assert found.info.run_id == run.id
    assert found.data.params == {"rate": "0.1", "deep": "true"}
    assert found.data.metrics == {"loss": 0.5}
    assert found.data.tags == {"a": "b", "mlflow.runName": "plain", "mlflow.note.content": "hello"}
    with mlflow.start_run(run_id=run.id):
        mlflow.log_metric("loss", 0.4, step=8)
    assert runfolio.get_run(run.id, store=store).metrics == {"loss": 0.4}


def test_an_imported_run_is_found_by_the_id_it_had(client: Any, store: Path) -> None:
    identity = "a" * 32
    context = {
        "user": "ada",
        "mlflow": {"source.type": "LOCAL"},
        "imported": {"kind": "mlflow", "identity": identity},
    }
    record = WholeRun(
        id=derive_run_id("mlflow", identity),
        experiment="old",
        name="one",
        start_time=1_700_000_000_000_000,
        context=context,
    )
    Adder(store).add(record)
    found = client.get_run(identity)
    assert found.info.run_id == record.id
    assert found.data.tags == {
        "mlflow.runName": "one",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": "ada",
    }
    client.set_tag(identity, "late", "yes")
    client.log_metric(identity, "loss", 1)
    read = client.get_run(record.id)
    assert (read.data.tags["late"], read.data.metrics) == ("yes", {"loss": 1.0})


def test_mlflow_logs_beside_a_live_run_of_runfolio(client: Any, store: Path) -> None:
    with runfolio.start_run(experiment="ours", store=store, capture=False) as run:
        run.log_metric("loss", 1)
        client.log_metric(run.id, "other", 2)
        run.log_metric("loss", 0)
    assert client.get_run(run.id).data.metrics == {"loss": 0.0, "other": 2.0}


def test_object_storage_is_refused(mlflow: Any) -> None:
    with pytest.raises(mlflow.MlflowException, match="MLflow code logs to a folder"):
        mlflow.MlflowClient("runfolio:s3://bucket/runs").search_experiments()


def test_an_address_may_be_relative(mlflow: Any, tmp_path: Path) -> None:
    for address, folder in (
        ("runfolio:near", "near"),
        ("runfolio://far/runs", "far/runs"),
        ("runfolio:", "runs"),
    ):
        mlflow.MlflowClient(address).create_run("0")
        assert (tmp_path / folder / "runfolio.json").is_file()


def test_traces_are_refused_with_a_reason(mlflow: Any, client: Any) -> None:
    run = client.create_run("0")
    with pytest.raises(mlflow.MlflowException, match=r"keeps no traces.*tracing\.disable\(\)"):
        client.link_traces_to_run(["tr-1"], run.info.run_id)
    with pytest.raises(mlflow.MlflowException, match="keeps no traces"):
        mlflow.search_traces(locations=["0"], return_type="list")


def test_of_several_points_of_the_last_step_mlflows_own_choice_is_the_last(
    client: Any, file_client: Any
) -> None:
    points = {
        "latest": ((1, 9), (3, 7), (2, 8)),
        "largest": ((1, 9), (3, 9), (2, 9)),
        "infinite": ((math.inf, 9), (3, 9), (-math.inf, 9)),
        "nan": ((math.nan, 9), (2, 9)),
        "negative": ((-1, 4), (-2, 5)),
    }
    found = []
    for one in (client, file_client):
        run_id = one.create_run("0").info.run_id
        for key, values in points.items():
            one.log_metric(run_id, key, 100, timestamp=99, step=-1)
            for value, moment in values:
                one.log_metric(run_id, key, value, timestamp=moment, step=3)
        found.append(one.get_run(run_id).data.metrics)
    assert found[0]["nan"] == 2  # where MLflow's stores don't agree
    assert found[0] | {"nan": 0} == found[1] | {"nan": 0}
    expected = {"latest": 1, "largest": 3, "infinite": math.inf, "nan": 2, "negative": -2}
    assert found[0] == expected


@pytest.mark.parametrize("status", ["KILLED", "FAILED", "FINISHED"])
def test_a_run_that_was_ended_stays_so_when_more_is_logged(client: Any, status: str) -> None:
    run_id = client.create_run("0", start_time=10**11).info.run_id
    client.set_terminated(run_id, status, end_time=10**12)
    client.log_metric(run_id, "late", 1)
    client.log_param(run_id, "late", 2)
    read = client.get_run(run_id)
    assert (read.info.status, read.info.end_time) == (status, 10**12)
    assert (read.data.metrics, read.data.params) == ({"late": 1.0}, {"late": "2"})
    client.update_run(run_id, status="RUNNING")
    assert client.get_run(run_id).info.status == "RUNNING"


def test_a_metric_of_a_data_set_does_not_use_it_twice(mlflow: Any, client: Any) -> None:
    data = mlflow.data.from_numpy(np.zeros((3, 2)), name="red")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training", tags={"split": "1"})
        mlflow.log_metric("loss", 1, dataset=data)
        mlflow.log_input(data, context="testing")
    mlflow.log_metric("loss", 0.5, dataset=data, run_id=run.info.run_id)
    used = client.get_run(run.info.run_id).inputs.dataset_inputs
    told = [{tag.key: tag.value for tag in one.tags} for one in used]
    assert told == [
        {"mlflow.data.context": "training", "split": "1"},
        {"mlflow.data.context": "testing"},
    ]


def test_errors_of_the_store_are_errors_of_mlflow(mlflow: Any, client: Any, store: Path) -> None:
    run = client.create_run("0")
    with pytest.raises(mlflow.MlflowException, match="has at most 250 characters") as caught:
        client.update_run(run.info.run_id, name="x" * 300)
    assert isinstance(caught.value.__cause__, RunfolioError)
    assert client.get_run(run.info.run_id).info.run_name == run.info.run_name
    assert store.is_dir()


def test_threads_log_to_one_run(client: Any) -> None:
    run_id = client.create_run("0").info.run_id

    def log(number: int) -> None:
        for step in range(50):
            client.log_metric(run_id, f"m{number}", step, step=step)
        client.set_tag(run_id, f"t{number}", number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(log, range(8)))
    client.set_terminated(run_id)
    read = client.get_run(run_id)
    assert read.data.metrics == {f"m{number}": 49.0 for number in range(8)}
    assert {f"t{number}" for number in range(8)} <= set(read.data.tags)
    assert all(len(client.get_metric_history(run_id, f"m{n}")) == 50 for n in range(8))


def test_what_threads_log_while_a_run_ends_is_not_lost(client: Any) -> None:
    run_id = client.create_run("0").info.run_id

    def log(number: int) -> None:
        for step in range(10):
            client.log_metric(run_id, f"m{number}", step, step=step)

    with ThreadPoolExecutor(4) as pool:
        logging = [pool.submit(log, number) for number in range(4)]
        client.set_terminated(run_id)
        for one in logging:
            one.result()
    read = client.get_run(run_id)
    assert read.info.status == "FINISHED"
    assert all(len(client.get_metric_history(run_id, f"m{n}")) == 10 for n in range(4))
