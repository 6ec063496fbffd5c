"""MLflow's logged models, kept as edits of the store; their files lie in a run's artifacts.

A model that is logged outside of any run gets a run of its own to hold its files.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any, Final

import mlflow.entities as entities

from runfolio.compat.mlflow.addresses import artifacts_address
from runfolio.compat.mlflow.edits import MODEL, EditLog
from runfolio.compat.mlflow.failures import missing
from runfolio.tracking.values import now

_MANY: Final = 1000


class Models:
    """Finds and changes the logged models of the store in a folder."""

    def __init__(self, root: Path, edits: EditLog) -> None:
        self._root = root
        self._edits = edits
        self._points: dict[str, list[list[Any]]] = {}
        self._lock = threading.Lock()

    def create(self, holder: str, details: dict[str, Any]) -> entities.LoggedModel:
        """Say that there is a model, whose files lie in the run `holder`."""
        model_id = f"m-{uuid.uuid4().hex}"
        pending = {"status": str(entities.LoggedModelStatus.PENDING.value), "created": now()}
        self._edits.write(MODEL, model_id, {**details, **pending, "holder": holder})
        return self.find(model_id)

    def change(self, model_id: str, changes: dict[str, Any]) -> entities.LoggedModel:
        """Say more of a model and return it as it is then."""
        self.find(model_id)
        self._edits.write(MODEL, model_id, changes)
        return self.find(model_id, allow_deleted=True)

    def find(self, model_id: str, *, allow_deleted: bool = False) -> entities.LoggedModel:
        """The model of this id; raise where there is none."""
        self.write_points()
        model = self._edits.read().models.get(model_id)
        if model is None or "name" not in model or (model.get("deleted") and not allow_deleted):
            raise missing(f"Logged model with ID '{model_id}' not found.")
        return self._describe(model_id, model)

    def holder(self, model_id: str) -> str | None:
        """The run that was made only to hold the files of a model."""
        model = self._edits.read().models.get(model_id, {})
        return None if model.get("source_run_id") else model.get("holder")

    def list_in(self, experiment_ids: list[str]) -> list[entities.LoggedModel]:
        """The models of some experiments that are not deleted."""
        self.write_points()
        wanted = {str(one) for one in experiment_ids}
        return [
            self._describe(model_id, model)
            for model_id, model in sorted(self._edits.read().models.items())
            if "name" in model and model.get("experiment_id") in wanted
            if not model.get("deleted")
        ]

    def log_point(self, run_id: str, metric: entities.Metric) -> None:
        """Say that a metric measures a model; written later, many at a time."""
        point = [metric.key, metric.value, metric.timestamp, metric.step, run_id]
        with self._lock:
            waiting = self._points.setdefault(str(metric.model_id), [])
            waiting.append([*point, metric.dataset_name, metric.dataset_digest])
            many = len(waiting) >= _MANY
        if many:
            self.write_points()

    def write_points(self) -> None:
        """Write which metrics measure which models."""
        with self._lock:
            waiting, self._points = self._points, {}
        for model_id, points in waiting.items():
            self._edits.write(MODEL, model_id, {"metrics": points})

    def _describe(self, model_id: str, model: dict[str, Any]) -> entities.LoggedModel:
        return entities.LoggedModel(
            experiment_id=model["experiment_id"],
            model_id=model_id,
            name=model["name"],
            artifact_location=artifacts_address(self._root, model["holder"], f"models/{model_id}"),
            creation_timestamp=model["created"] // 1000,
            last_updated_timestamp=model["changed"] // 1000,
            model_type=model.get("model_type"),
            source_run_id=model.get("source_run_id"),
            status=entities.LoggedModelStatus(model["status"]),
            tags={key: value for key, value in model.get("tags", {}).items() if value is not None},
            params=dict(model.get("params", {})),
            metrics=[
                entities.Metric(key, value, time, step, model_id, data, digest, run)
                for key, value, time, step, run, data, digest in model.get("metrics", [])
            ],
        )
