"""Experiments that MLflow code makes and changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import runfolio


def test_an_experiment_is_made_found_and_described(mlflow: Any, client: Any, store: Path) -> None:
    number = client.create_experiment("digits", tags={"team": "vision"})
    client.set_experiment_tag(number, "mlflow.note.content", "about **digits**")
    found = client.get_experiment(number)
    assert dict(found) == dict(client.get_experiment_by_name("digits"))
    assert (found.name, found.lifecycle_stage) == ("digits", "active")
    assert found.tags == {"team": "vision", "mlflow.note.content": "about **digits**"}
    assert found.creation_time <= found.last_update_time
    client.delete_experiment_tag(number, "team")
    assert client.get_experiment(number).tags == {"mlflow.note.content": "about **digits**"}
    with pytest.raises(mlflow.MlflowException, match="No tag with name: team"):
        client.delete_experiment_tag(number, "team")
    ours = runfolio.search_experiments(store=store)
    assert ours["name"].tolist() == ["digits"]
    assert ours["note"].tolist() == ["about **digits**"]


def test_a_name_is_taken_once(mlflow: Any, client: Any) -> None:
    number = client.create_experiment("digits")
    with pytest.raises(mlflow.MlflowException, match="'digits' already exists"):
        client.create_experiment("digits")
    client.delete_experiment(number)
    with pytest.raises(mlflow.MlflowException, match="already exists in deleted state"):
        client.create_experiment("digits")
    with pytest.raises(mlflow.MlflowException, match="Cannot set a deleted experiment"):
        mlflow.set_experiment("digits")


def test_the_default_experiment_is_there_without_a_run(mlflow: Any, client: Any) -> None:
    assert client.get_experiment("0").name == "Default"
    assert [one.name for one in client.search_experiments()] == ["Default"]
    with mlflow.start_run() as run:
        pass
    assert run.info.experiment_id == "0"


def test_deleting_an_experiment_takes_its_runs_along(mlflow: Any, client: Any, store: Path) -> None:
    number = client.create_experiment("digits")
    run_id = client.create_run(number).info.run_id
    client.delete_experiment(number)
    assert client.get_experiment(number).lifecycle_stage == "deleted"
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    with pytest.raises(mlflow.MlflowException, match="must be in 'active' lifecycle_stage"):
        client.log_metric(run_id, "loss", 1)
    with pytest.raises(mlflow.MlflowException, match="non-active experiment"):
        client.create_run(number)
    with pytest.raises(mlflow.MlflowException, match="No active experiment"):
        client.delete_experiment(number)
    assert runfolio.search_runs(store=store).empty
    client.restore_experiment(number)
    assert client.get_run(run_id).info.lifecycle_stage == "active"
    client.log_metric(run_id, "loss", 1)
    client.set_terminated(run_id)


def test_a_renamed_experiment_keeps_its_id_and_its_old_name_is_free(
    mlflow: Any, client: Any, store: Path
) -> None:
    first = client.create_experiment("old")
    client.set_terminated(client.create_run(first, run_name="before").info.run_id)
    client.rename_experiment(first, "new")
    client.set_terminated(client.create_run(first, run_name="after").info.run_id)
    second = client.create_experiment("old")
    client.set_terminated(client.create_run(second, run_name="other").info.run_id)
    assert client.get_experiment(first).name == "new"
    assert second != first
    names = {
        name: {run.info.run_name for run in client.search_runs([number])}
        for name, number in (("new", first), ("old", second))
    }
    assert names == {"new": {"before", "after"}, "old": {"other"}}
    rows = runfolio.search_runs(store=store)
    assert dict(zip(rows["name"], rows["experiment"], strict=True)) == {
        "before": "new",
        "after": "new",
        "other": "old",
    }
    with pytest.raises(mlflow.MlflowException, match="'new' already exists"):
        client.rename_experiment(second, "new")


def test_experiments_are_searched(mlflow: Any, client: Any) -> None:
    from mlflow.entities import ViewType

    numbers = {name: client.create_experiment(name) for name in ("a1", "a2", "b1")}
    client.set_experiment_tag(numbers["a2"], "kind", "x")
    client.delete_experiment(numbers["b1"])

    def names(**options: Any) -> list[str]:
        return [one.name for one in client.search_experiments(**options)]

    assert names(filter_string="name LIKE 'a%'", order_by=["name DESC"]) == ["a2", "a1"]
    assert names(filter_string="tags.kind = 'x'") == ["a2"]
    assert names(view_type=ViewType.DELETED_ONLY) == ["b1"]
    assert len(names(view_type=ViewType.ALL)) == 4
    page = client.search_experiments(max_results=2, order_by=["name ASC"])
    rest = client.search_experiments(max_results=2, order_by=["name ASC"], page_token=page.token)
    assert [one.name for one in [*page, *rest]] == ["Default", "a1", "a2"]


def test_an_experiment_that_is_not_there_is_missing(mlflow: Any, client: Any) -> None:
    with pytest.raises(mlflow.MlflowException, match="No Experiment with id=7 exists"):
        client.get_experiment("7")
    assert client.get_experiment_by_name("none") is None


def test_artifacts_may_lie_elsewhere(mlflow: Any, client: Any, tmp_path: Path) -> None:
    place = (tmp_path / "elsewhere").as_uri()
    number = client.create_experiment("apart", artifact_location=place)
    run = client.create_run(number)
    assert run.info.artifact_uri == f"{place}/{run.info.run_id}/artifacts"
    client.log_text(run.info.run_id, "hi", "a.txt")
    client.set_terminated(run.info.run_id)
    assert (tmp_path / "elsewhere" / run.info.run_id / "artifacts" / "a.txt").is_file()
