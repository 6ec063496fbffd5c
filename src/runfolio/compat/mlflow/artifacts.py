"""The artifacts of a run in a Runfolio store, as MLflow reads and writes them."""
# mypy: allow-untyped-calls

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mlflow.entities import FileInfo
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import NOT_IMPLEMENTED
from mlflow.store.artifact.artifact_repo import ArtifactRepository

from runfolio.compat.mlflow.addresses import find_artifacts
from runfolio.compat.mlflow.failures import as_mlflow_says, missing
from runfolio.compat.mlflow.live import LiveRun
from runfolio.compat.mlflow.writers import writers_of
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.layout import run_folder


class RunfolioArtifacts(ArtifactRepository):
    """The artifacts at an address that the tracking store gave; links are never followed."""

    @as_mlflow_says()
    def __init__(
        self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
    ) -> None:
        super().__init__(artifact_uri, tracking_uri, registry_uri)
        self._place = find_artifacts(artifact_uri)
        self._folder = run_folder(self._place.root, self._place.run_id).artifacts

    @as_mlflow_says()
    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        source = Path(local_file)
        self._keep([(source, self._path(artifact_path, source.name))])

    @as_mlflow_says()
    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        folder = Path(local_dir)
        files = sorted(one for one in folder.rglob("*") if one.is_file())
        names = (one.relative_to(folder).as_posix() for one in files)
        self._keep([(f, self._path(artifact_path, n)) for f, n in zip(files, names, strict=True)])

    def _keep(self, files: list[tuple[Path, str]]) -> None:
        def keep(run: LiveRun) -> None:
            for source, path in files:
                run.keep_file(source, path)

        if files:
            writers_of(self._place.root).write(self._place.run_id, keep)

    @as_mlflow_says()
    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        folder = self._inside(path)
        if not folder.is_dir():
            return []
        with os.scandir(folder) as entries:
            shown = [one for one in entries if not one.is_symlink() and not _is_hidden(one.name)]
        return [
            FileInfo(
                "/".join(part for part in ((path or "").strip("/"), one.name) if part),
                one.is_dir(),
                None if one.is_dir() else one.stat().st_size,
            )
            for one in sorted(shown, key=lambda one: one.name)
        ]

    @as_mlflow_says()
    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        file = self._inside(remote_file_path)
        if not file.is_file():
            raise missing(f"No such artifact: '{remote_file_path}'")
        shutil.copyfile(file, local_path)

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        raise MlflowException(
            f"A run's artifacts stay with it, so {artifact_path!r} can't be deleted alone. Delete "
            "the run.",
            NOT_IMPLEMENTED,
        )

    def _path(self, *parts: str | None) -> str:
        """A path among the run's artifacts."""
        told = (self._place.path, *parts)
        return check_artifact_path("/".join(part.rstrip("/") for part in told if part))

    def _inside(self, path: str | None) -> Path:
        """Where a path lies; raise if it is, or leads through, a link."""
        below = "/".join(part.rstrip("/") for part in (self._place.path, path) if part)
        if not below:
            return self._folder
        place = self._folder
        for part in check_artifact_path(below).split("/"):
            place = place / part
            if place.is_symlink():
                raise missing(f"No such artifact: '{path}'")
        return place


def _is_hidden(name: str) -> bool:
    """Whether a file is one that is being written."""
    return name.startswith(".") and name.endswith(".tmp")
