"""Registries of models that MLflow itself writes, and what it says of them."""

from __future__ import annotations

import os
import tempfile
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

MLMODEL = "flavors:\n  python_function:\n    loader_module: net\n"


def uri_of(kind: str, folder: Path) -> str:
    """The address of a store of MLflow's in a folder: a "folder" itself, or a "database"."""
    if kind == "folder":
        return (folder / "mlruns").as_uri()
    path = folder / "ml.db"
    if not path.exists():
        path.write_bytes(_empty_database())
    return f"sqlite:///{path}"


@cache
def _empty_database() -> bytes:
    """A database without rows, which MLflow takes long to make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        open_client(f"sqlite:///{path}").search_registered_models()
        return path.read_bytes()


def open_client(uri: str) -> Any:
    """MLflow's client of a store, be it a folder or a database."""
    os.environ |= {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow: Any = import_module("mlflow")
        # A source such as models:/m-1 is looked up where everything is tracked.
        mlflow.set_tracking_uri(uri)
        return mlflow.MlflowClient(uri, uri)


def close_mlflow() -> None:
    """Let MLflow forget the store of the last client."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow: Any = import_module("mlflow")
    mlflow.set_tracking_uri(None)


def stage(client: Any, name: str, version: int, to: str) -> None:
    """Move a version to a stage, as was done before there were aliases."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.transition_model_version_stage(name, version, to)


def write_model(folder: Path, weights: str) -> Path:
    """A model's files."""
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text(MLMODEL)
    (folder / "weights.txt").write_text(weights)
    return folder


def write_registry(client: Any, folder: Path) -> dict[str, str]:
    """Two models with versions of all kinds of sources; returns the ids of runs by name."""
    experiment = client.create_experiment("wine", (folder / "files" / "wine").as_uri())
    first = client.create_run(experiment, run_name="first").info
    for number in (1, 2, 3):
        where = write_model(folder / f"new-{number}", f"{number}")
        client.log_artifacts(first.run_id, str(where), f"my models/v{number}")
    second = client.create_run(experiment, run_name="second").info
    logged = client.create_logged_model(experiment, name="net", source_run_id=second.run_id)
    client.log_model_artifacts(logged.model_id, str(write_model(folder / "new-net", "net")))
    client.finalize_logged_model(logged.model_id, "READY")
    client.create_registered_model("wine quality", {"task": "rate"}, "Of *wine*.")
    own = {"size": "small", "ünï": "日本"}
    for number in (1, 2, 3):
        source = f"{first.artifact_uri}/my models/v{number}"
        tags = own if number == 1 else {}
        client.create_model_version("wine quality", source, first.run_id, tags, description="x")
    client.create_model_version("wine quality", f"models:/{logged.model_id}")
    client.create_model_version("wine quality", str(folder / "new-net"))
    client.create_model_version("wine quality", f"{first.artifact_uri}/my models/v1")
    client.delete_model_version("wine quality", 6)
    for number, name in ((1, "Archived"), (2, "Production"), (3, "Production"), (5, "Staging")):
        stage(client, "wine quality", number, name)
    client.set_registered_model_alias("wine quality", "champion", 4)
    client.set_registered_model_alias("wine quality", "staging", 1)
    client.create_registered_model("empty")
    client.copy_model_version("models:/wine quality/2", "copied")
    client.create_registered_model("gone")
    client.delete_registered_model("gone")
    for run in (first, second):
        client.set_terminated(run.run_id)
    return {"first": first.run_id, "second": second.run_id}


def read_registry_of(client: Any) -> dict[str, Any]:
    """What MLflow says of its models: notes, tags, aliases and versions by name."""
    found = {}
    for model in client.search_registered_models():
        versions = client.search_model_versions(f"name = '{model.name}'")
        found[model.name] = {
            "note": model.description,
            "time": model.creation_timestamp,
            "tags": model.tags,
            "aliases": {alias: int(number) for alias, number in model.aliases.items()},
            "versions": {
                int(one.version): {
                    "run": one.run_id or None,
                    "note": one.description,
                    "time": one.creation_timestamp,
                    "tags": one.tags,
                    "stage": one.current_stage,
                }
                for one in versions
                if one.current_stage != "Deleted_Internal"
            },
        }
    return found
