"""Where a version of a registered model comes from, as MLflow code says it."""
# mypy: allow-untyped-calls

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow.store.artifact.utils.models import _parse_model_uri

from runfolio.compat.mlflow.addresses import SCHEME, find_artifacts
from runfolio.compat.mlflow.edits import EditLog
from runfolio.compat.mlflow.failures import missing
from runfolio.compat.mlflow.writers import Writers
from runfolio.errors import InvalidPath, ModelNotFound, RunNotFound
from runfolio.models.kept import find_kept
from runfolio.models.naming import LATEST, find_model, find_version
from runfolio.store.artifacts import check_artifact_path


class Sources:
    """Finds the runs and folders of a store that addresses lead to."""

    def __init__(self, root: Path, edits: EditLog, writers: Writers) -> None:
        self._root = root
        self._edits = edits
        self._writers = writers

    def describe(self, address: str) -> dict[str, Any]:
        """What an edit says of the place of a version's files, in this store or elsewhere.

        Raises for a model that is not in the store.
        """
        scheme, _, rest = address.partition(":")
        if scheme == "models":
            return self._of_model(address)
        try:
            if scheme == SCHEME:
                place = find_artifacts(address)
                if place.root == self._root:
                    return self._within(place.run_id, place.path)
            if scheme == "runs":
                run_id, _, path = rest.lstrip("/").partition("/")
                return self._within(self._writers.own_id(run_id), path)
        except (InvalidPath, RunNotFound):
            pass
        return {"source": address}

    def _of_model(self, address: str) -> dict[str, Any]:
        """The place of a logged model, or of another version."""
        parsed = _parse_model_uri(address)
        if parsed.model_id is not None:
            model = self._edits.read().models.get(parsed.model_id)
            if model is None or "holder" not in model or model.get("deleted"):
                raise missing(f"Logged model with ID '{parsed.model_id}' not found.")
            return self._within(model["holder"], f"models/{parsed.model_id}")
        named = parsed.version or parsed.alias or LATEST
        try:
            version = find_version(find_model(self._edits.read().said.registry, parsed.name), named)
        except ModelNotFound as error:
            raise missing(str(error)) from error
        said = {key: getattr(version, key) for key in ("run_id", "path", "digest", "source")}
        return {key: value for key, value in said.items() if value}

    def _within(self, run_id: str, path: str) -> dict[str, Any]:
        """A folder of a run, with the digest of the model in it if there is one."""
        path = path.strip("/")
        if path:
            check_artifact_path(path)
        artifacts = self._writers.read(run_id).tables.artifacts
        said = {"run_id": run_id, "path": path}
        try:
            return said | {"digest": find_kept(self._root, run_id, artifacts, path).digest}
        except ModelNotFound:
            return said
