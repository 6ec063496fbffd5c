"""What MLflow itself reads from a store, and a store with one of everything, written by it.

Run with MLflow's Python: ``mlflow_oracle.py read URI`` prints all runs as JSON, and
``mlflow_oracle.py write URI FOLDER`` writes a store whose artifacts are in a folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, cast


def read_store(uri: str) -> dict[str, Any]:
    """Every run of every experiment, with all points of all metrics."""
    from mlflow.entities import ViewType
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    experiments = client.search_experiments(view_type=ViewType.ALL)
    found: dict[str, Any] = {}
    for experiment in experiments:
        runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
        for run in runs:
            histories = {
                key: client.get_metric_history(run.info.run_id, key) for key in run.data.metrics
            }
            found[run.info.run_id] = {
                "experiment": experiment.name,
                "gone": experiment.lifecycle_stage == "deleted",
                "name": run.info.run_name,
                "status": run.info.status,
                "times": [run.info.start_time, run.info.end_time],
                "deleted": run.info.lifecycle_stage == "deleted",
                "params": run.data.params,
                "tags": run.data.tags,
                "points": {
                    key: [[one.step, one.timestamp, repr(one.value)] for one in history]
                    for key, history in histories.items()
                },
                "inputs": [
                    [one.dataset.name, one.dataset.digest, [tag.value for tag in one.tags]]
                    for one in getattr(run.inputs, "dataset_inputs", ())
                ],
            }
    return found


def write_store(uri: str, folder: Path) -> None:
    """Runs with odd names and values, data sets, models, and deleted ones."""
    import mlflow as real
    import numpy as np
    from mlflow.tracking import MlflowClient

    mlflow = cast(Any, real)
    mlflow.set_tracking_uri(uri)
    where = f"{folder.as_uri()}/mlruns/odd" if uri.startswith("sqlite") else None
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("odd ünï", where))
    mlflow.set_experiment_tags({"mlflow.note.content": "of odd ones", "owner": "ada"})
    client = MlflowClient()
    data = mlflow.data.from_numpy(np.zeros((3, 2)), name="red wine")
    with mlflow.start_run(run_name="whole <b>", description="# note") as run:
        mlflow.log_params({"lr": 0.1, "batch size": 32, "a/b": "x\ny", "empty": "", "ü": "日本"})
        for step, value in enumerate([1.5, float("nan"), float("inf"), float("-inf"), 0.1 + 0.2]):
            mlflow.log_metric("val/loss", value, step=step - 2)
        mlflow.log_metric("again", 1, step=3, timestamp=5)
        mlflow.log_metric("again", 2, step=3, timestamp=5)
        mlflow.log_input(data, context="training")
        mlflow.log_text("hello", "texts/ä b.txt")
        mlflow.set_tag("team", "red")
        model = client.create_logged_model(
            run.info.experiment_id, name="net", source_run_id=run.info.run_id
        )
        (folder / "MLmodel").write_text("flavors: {}\n")
        client.log_model_artifact(model.model_id, str(folder / "MLmodel"))
        mlflow.log_metric("scored", 0.5, step=7, model_id=model.model_id)
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_metric("m", 1)
    client.set_terminated(client.create_run(run.info.experiment_id).info.run_id, "KILLED")
    client.create_run(run.info.experiment_id, run_name="running")
    client.delete_run(client.create_run(run.info.experiment_id, run_name="gone").info.run_id)
    lost = mlflow.create_experiment("lost")
    client.create_run(lost, run_name="in lost")
    client.delete_experiment(lost)


if __name__ == "__main__":
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    if sys.argv[1] == "write":
        write_store(sys.argv[2], Path(sys.argv[3]))
    else:
        print("\n" + json.dumps(read_store(sys.argv[2])))
