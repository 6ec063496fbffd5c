"""MLflow's own search as a reference: pure functions on runs built in memory."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from tests.query.memory import Run


@cache
def load_mlflow() -> SimpleNamespace:
    """The parts of MLflow that are used, loaded without its warnings and its telemetry."""
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SimpleNamespace(
            entities=import_module("mlflow.entities"),
            search=import_module("mlflow.utils.search_utils").SearchUtils,
            error=import_module("mlflow.exceptions").MlflowException,
        )


def filter_ids(runs: Sequence[Run], text: str) -> list[str] | None:
    """The ids of the runs that MLflow finds, or None when it refuses the filter."""
    return _ids(lambda some: load_mlflow().search.filter(some, text), runs)


def sort_ids(runs: Sequence[Run], order_by: Sequence[str]) -> list[str] | None:
    """The ids of the runs in MLflow's order, or None when it refuses the order."""
    return _ids(lambda some: load_mlflow().search.sort(some, list(order_by)), runs)


def _ids(search: Callable[[list[Any]], list[Any]], runs: Sequence[Run]) -> list[str] | None:
    # Beside its own error MLflow lets those of shlex, sqlparse and literal_eval escape.
    refusals = (load_mlflow().error, ValueError, TypeError, SyntaxError, AttributeError)
    made = [_make_run(run) for run in runs]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [run.info.run_id for run in search(made)]
    except refusals:
        return None


def _make_run(run: Run) -> Any:
    entities = load_mlflow().entities
    end = run.get("end_time")
    info = entities.RunInfo(
        run_id=run["run_id"],
        experiment_id="0",
        user_id=run.get("user_id", ""),
        status=run.get("status", "FINISHED"),
        start_time=run["start_time"] // 1000,
        end_time=None if end is None else end // 1000,
        lifecycle_stage="active",
        artifact_uri=run.get("artifact_uri"),
        run_name=run.get("run_name"),
    )
    data = entities.RunData(
        metrics=[entities.Metric(key, value, 0, 0) for key, value in run["metrics"].items()],
        params=[entities.Param(key, value) for key, value in run["params"].items()],
        tags=[entities.RunTag(key, value) for key, value in run["tags"].items()],
    )
    inputs = [_make_input(*dataset) for dataset in run["datasets"]]
    return entities.Run(info, data, entities.RunInputs(dataset_inputs=inputs))


def _make_input(name: str, digest: str, context: str | None) -> Any:
    entities = load_mlflow().entities
    tags = [] if context is None else [entities.InputTag("mlflow.data.context", context)]
    return entities.DatasetInput(entities.Dataset(name, digest, "local", "{}"), tags)
