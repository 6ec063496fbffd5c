"""Searching runs gives what MLflow's own store gives for the same runs."""

from __future__ import annotations

import math
from typing import Any

import pytest

FILTERS = (
    "",
    "metrics.loss < 0.5",
    "metrics.loss != 0.25",
    "metrics.`val/acc` >= 1 and params.model = 'cnn'",
    "params.rate = '0.1'",
    "params.model LIKE 'c%'",
    "params.model IS NULL",
    "tags.stage ILIKE 'PROD%'",
    "attributes.status = 'FAILED'",
    "status != 'FINISHED'",
    "attributes.run_name = 'run 2'",
    "attributes.start_time >= 1003",
    "attributes.end_time < 2004",
    "dataset.name = 'd1'",
    "datasets.context IN ('train')",
    "attributes.user_id = 'ada'",
)
ORDERS: tuple[list[str], ...] = (
    ["metrics.loss ASC"],
    ["metrics.loss DESC"],
    ["params.rate DESC", "start_time ASC"],
    ["attributes.run_name"],
    [],
)


def log_runs(client: Any) -> str:
    """The same seven runs in any store."""
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

    experiment = str(client.create_experiment("digits"))
    losses = (0.1, 0.25, 0.75, math.nan, math.inf, 0.25, None)
    for number, loss in enumerate(losses):
        tags = {"mlflow.user": ("ada", "bob")[number % 2]}
        run_id = client.create_run(
            experiment, start_time=1000 + number, run_name=f"run {number}", tags=tags
        ).info.run_id
        points = [] if loss is None else [Metric("loss", loss, 1, 1), Metric("loss", 9, 2, 0)]
        client.log_batch(
            run_id,
            metrics=[*points, Metric("val/acc", number / 3, 5, 5)],
            params=[Param("rate", str(number / 10)), Param("model", "cnn")][: 1 + number % 2],
            tags=[RunTag("stage", "production" if number > 3 else "test")],
        )
        dataset = Dataset(f"d{number % 3}", "abc", "local", "somewhere")
        client.log_inputs(
            run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "train")])]
        )
        if number != 5:
            status = "FAILED" if number == 2 else "FINISHED"
            client.set_terminated(run_id, status, end_time=2000 + number)
    for run in client.search_runs([experiment], "attributes.run_name = 'run 6'"):
        client.delete_run(run.info.run_id)
    return experiment


@pytest.fixture
def both(client: Any, file_client: Any) -> list[tuple[Any, str]]:
    """Our client and MLflow's, with the same runs."""
    return [(one, log_runs(one)) for one in (client, file_client)]


def test_filters_find_the_same_runs(both: list[tuple[Any, str]]) -> None:
    for text in FILTERS:
        ours, theirs = (
            sorted(run.info.run_name for run in client.search_runs([number], text))
            for client, number in both
        )
        assert ours == theirs, text


def test_orders_are_the_same(both: list[tuple[Any, str]]) -> None:
    for order in ORDERS:
        ours, theirs = (
            [run.info.run_name for run in client.search_runs([number], order_by=order)]
            for client, number in both
        )
        assert ours == theirs, order


@pytest.mark.parametrize("view", [1, 2, 3])
def test_views_show_the_same_runs(both: list[tuple[Any, str]], view: int) -> None:
    ours, theirs = (
        {run.info.run_name for run in client.search_runs([number], run_view_type=view)}
        for client, number in both
    )
    assert ours == theirs


def test_runs_are_read_the_same(both: list[tuple[Any, str]]) -> None:
    def describe(run: Any) -> dict[str, Any]:
        info = run.info
        return {
            "info": (info.run_name, info.status, info.start_time, info.end_time),
            "metrics": {key: repr(value) for key, value in run.data.metrics.items()},
            "params": run.data.params,
            "tags": run.data.tags,
            "inputs": run.inputs.to_dictionary(),
        }

    ours, theirs = (
        [describe(client.get_run(run.info.run_id)) for run in client.search_runs([number])]
        for client, number in both
    )
    assert ours == theirs


def test_pages_hold_each_run_once(both: list[tuple[Any, str]]) -> None:
    client, number = both[0]
    names: list[str] = []
    token = None
    while True:
        page = client.search_runs([number], max_results=4, page_token=token)
        names += [run.info.run_name for run in page]
        token = page.token
        if token is None:
            break
    assert sorted(names) == [f"run {n}" for n in range(6)]


def test_a_table_of_runs_has_mlflows_columns(mlflow: Any, client: Any) -> None:
    log_runs(client)
    table = mlflow.search_runs(experiment_names=["digits"])
    assert {"run_id", "experiment_id", "status", "metrics.loss", "params.rate"} <= set(table)
    assert table["tags.mlflow.runName"].tolist()[0] == "run 5"
    assert str(table["start_time"].dtype).endswith("UTC]")


def test_what_is_no_filter_is_refused(mlflow: Any, client: Any) -> None:
    number = log_runs(client)
    with pytest.raises(mlflow.MlflowException, match="Invalid"):
        client.search_runs([number], "nothing = 1")
    with pytest.raises(mlflow.MlflowException, match="max_results"):
        client.search_runs([number], max_results=100_000)
