"""MLflow itself, loaded once and pointed at a store of the test's own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def mlflow_module() -> Any:
    """The package, which finds Runfolio by its entry points."""
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("mlflow")


@pytest.fixture
def mlflow(mlflow_module: Any, store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """MLflow that logs to the test's store."""
    for name in ("MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"runfolio://{store}")
    mlflow_module.set_tracking_uri(f"runfolio://{store}")
    monkeypatch.setattr(mlflow_module.tracking.fluent, "_active_experiment_id", None)
    yield mlflow_module
    while mlflow_module.active_run() is not None:
        mlflow_module.end_run()
    mlflow_module.set_tracking_uri(None)
    import runfolio.compat.mlflow.writers as writers

    writers.leave_all()


@pytest.fixture
def client(mlflow: Any) -> Any:
    """A client of the test's store."""
    return mlflow.MlflowClient()


@pytest.fixture
def file_client(mlflow_module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a store of MLflow's own, to compare with."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mlflow_module.MlflowClient((tmp_path / "mlruns").as_uri())
