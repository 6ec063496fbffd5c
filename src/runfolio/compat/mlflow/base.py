"""What all parts of the tracking store share: the store's folder, its edits and open runs."""
# mypy: allow-untyped-calls

from __future__ import annotations

from mlflow.store.tracking.abstract_store import AbstractStore

from runfolio.compat.mlflow.addresses import find_store
from runfolio.compat.mlflow.edits import EditLog
from runfolio.compat.mlflow.experiments import Experiments
from runfolio.compat.mlflow.failures import as_mlflow_says
from runfolio.compat.mlflow.models import Models
from runfolio.compat.mlflow.writers import writers_of
from runfolio.store.opening import ensure_store


class StoreBase(AbstractStore):
    """MLflow's store of runs in the folder that `store_uri` names; it is made if it isn't there."""

    @as_mlflow_says()
    def __init__(self, store_uri: str, artifact_uri: str | None = None) -> None:
        super().__init__()
        self._root = find_store(store_uri)
        ensure_store(self._root)
        self._writers = writers_of(self._root)
        self._edits = EditLog(self._root)
        self._experiments = Experiments(self._root, self._edits)
        self._models = Models(self._root, self._edits)
        self._writers.at_end(self._models.write_points)
