from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import ExperimentNotFound, InvalidName, InvalidValue, StoreNotFound
from runfolio.store import ExperimentSettings, read_store


def test_an_experiment_is_described_bit_by_bit(store: Path) -> None:
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=store)
    runfolio.describe_experiment("wine", note="About *wine*.", store=store)
    runfolio.describe_experiment("wine", direction="up", store=store)
    runfolio.describe_experiment("other", direction="down", store=store)
    assert read_store(store).experiments == {
        "wine": ExperimentSettings("wine", "rmse", "up", "About *wine*."),
        "other": ExperimentSettings("other", None, "down", None),
    }


def test_the_default_store_is_described(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFOLIO_STORE", str(tmp_path / "other"))
    runfolio.describe_experiment("wine", direction="up")
    assert set(read_store(tmp_path / "other").experiments) == {"wine"}


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("", {"direction": "up"}, InvalidName, "An experiment name can't be empty"),
        (5, {"direction": "up"}, InvalidName, "An experiment name must be text"),
        ("wine", {}, InvalidValue, "Nothing to say about the experiment 'wine'"),
        ("wine", {"direction": "lower"}, InvalidValue, "A direction is 'down' or 'up'"),
        ("wine", {"primary_metric": ""}, InvalidName, "A metric name can't be empty"),
        ("wine", {"note": 5}, InvalidValue, "A note is Markdown text, not 5"),
    ],
)
def test_a_bad_description_writes_nothing(
    store: Path, name: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        runfolio.describe_experiment(name, store=store, **options)
    assert not store.exists()


def test_an_experiment_lists_its_runs_newest_first(store: Path) -> None:
    for number in range(3):
        with runfolio.start_run(experiment="wine", name=f"run {number}", store=store) as run:
            run.log_params({"alpha": number})
            run.log_metrics({"loss": 9.0}, step=5)
            run.log_metrics({"loss": number / 2}, step=5)
            run.log_metrics({"loss": 7.0}, step=1)
    runfolio.start_run(experiment="other", store=store, capture=False).finish()
    experiment = runfolio.get_experiment("wine", store=store)
    assert (experiment.name, experiment.store) == ("wine", store)
    assert [run["name"] for run in experiment.runs] == ["run 2", "run 1", "run 0"]
    newest = experiment.runs[0]
    assert (newest["params"], newest["metrics"]) == ({"alpha": "2"}, {"loss": 1.0})
    assert newest["status"] == "FINISHED"


def test_a_described_experiment_needs_no_run(store: Path) -> None:
    runfolio.describe_experiment("wine", direction="up", store=store)
    assert runfolio.get_experiment("wine", store=store).runs == ()


def test_an_unknown_experiment_is_an_error_that_names_the_known(store: Path) -> None:
    with pytest.raises(StoreNotFound):
        runfolio.get_experiment("wine", store=store)
    runfolio.start_run(experiment="wine", store=store, capture=False).finish()
    with pytest.raises(ExperimentNotFound, match=r"No experiment 'win' .*experiments: 'wine'"):
        runfolio.get_experiment("win", store=store)
