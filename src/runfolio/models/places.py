"""Where a model lies that an address names, with what is known of its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidPath, ModelNotFound, ModelUnreadable
from runfolio.models.addresses import (
    FolderAddress,
    LoggedAddress,
    RunAddress,
    VersionAddress,
    read_address,
)
from runfolio.models.description import MLMODEL
from runfolio.models.kept import KeptModel
from runfolio.models.naming import find_model, find_version
from runfolio.models.registering import find_kept_model
from runfolio.models.words import list_some, nearest_name, show
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.edits import read_edits
from runfolio.store.files import is_behind_link
from runfolio.store.layout import StorePath, is_address, locate_store
from runfolio.store.opening import open_artifacts, open_store
from runfolio.store.registry import read_registry

LOGGED: Final = "model"
"""The kind of edits about models that MLflow code logged."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """The folder of a model, `shown` as its user named it.

    `listed` has the SHA-256 of its files by path as a run lists them, None for a folder of no run.
    Where it is a copy of what lies at an address, that is the folder `copied_from` has for it.
    """

    folder: Path
    shown: str
    listed: Mapping[str, str] | None = None
    copied_from: str | None = None

    @property
    def name(self) -> str:
        """The folder's own name, whatever copy of it is read."""
        return self.copied_from or str(self.folder)


def find_place(address: str | os.PathLike[str], store: StorePath | None = None) -> ModelPlace:
    """The place of the model that an address names; its files are fetched from object storage.

    Raises `ModelNotFound` or `RunNotFound`, and says what there is instead.
    """
    read = read_address(address)
    shown = os.fspath(address)
    if isinstance(read, FolderAddress):
        return ModelPlace(_check_folder(read.folder), shown)
    if isinstance(read, RunAddress):
        return _bring(_find_in_run(read, store), shown)
    if isinstance(read, LoggedAddress):
        return _bring(_find_logged(read, store), shown)
    return _bring(_find_version(read, store), shown)


def _find_in_run(address: RunAddress, store: StorePath | None) -> KeptModel:
    """The model in a run's folder, or the one that MLflow code logged under that name."""
    try:
        return find_kept_model(address.run, address.path, store=store)[1]
    except ModelNotFound:
        if address.path is None:
            raise
        named = [
            model_id
            for model_id, said in _read_logged(store).items()
            if said.get("name") == address.path and not said.get("deleted")
            if str(said.get("source_run_id")).startswith(address.run.lower())
        ]
        if not named:
            raise
        return _find_logged(LoggedAddress(named[-1]), store)


def _find_logged(address: LoggedAddress, store: StorePath | None) -> KeptModel:
    model_id = address.model_id
    said = _read_logged(store).get(model_id, {})
    holder = said.get("holder")
    if not isinstance(holder, str):
        raise ModelNotFound(
            f"No model with the id {model_id!r} in {str(locate_store(store))!r}. A model that was "
            "imported is at 'runs:/RUN/NAME'."
        )
    if said.get("deleted"):
        raise ModelNotFound(
            f"The model with the id {model_id!r} was deleted through MLflow, which has no way "
            f"back. Its files are at 'runs:/{holder}/models/{model_id}'."
        )
    return find_kept_model(holder, f"models/{model_id}", store=store)[1]


def _read_logged(store: StorePath | None) -> dict[str, dict[str, Any]]:
    """What edits say of models that MLflow code logged, by id, the oldest first."""
    models: dict[str, dict[str, Any]] = {}
    for edit in read_edits(open_store(store, "overview"))[0]:
        if edit.kind == LOGGED:
            models.setdefault(edit.name, {}).update(edit.changes)
    return models


def _find_version(address: VersionAddress, store: StorePath | None) -> KeptModel:
    place = locate_store(store)
    models = read_registry(open_store(place, "overview"))
    version = find_version(find_model(models, address.model, place), address.version)
    called = f"Version {version.number} of the model {version.model!r}"
    if version.run_id is None:
        source = f", but from {show(version.source, 200)}" if version.source else ""
        raise ModelNotFound(
            f"{called} is of no run here{source}. Import the run that made it, and register its "
            "model."
        )
    kept = find_kept_model(version.run_id, version.path, store=place)[1]
    if version.digest is not None and version.digest != kept.digest:
        raise ModelUnreadable(
            f"{called} is no longer what was registered: files of {kept.path!r} in the run "
            f"{kept.run_id!r} were logged anew. Register it again."
        )
    return kept


def _bring(kept: KeptModel, shown: str) -> ModelPlace:
    """A kept model with its files in a folder here."""
    _check_path(kept, shown)
    artifacts = open_artifacts(kept.store, kept.run_id, kept.path, kept.files)
    folder = artifacts.joinpath(*kept.path.split("/")) if kept.path else artifacts
    if is_behind_link(folder, artifacts.parents[2]):
        raise ModelUnreadable(
            f"Couldn't read the model {shown!r}: its folder {str(folder)!r} is a link. Put the "
            "folder itself there."
        )
    listed = {name: sha256 for name, (_, sha256) in kept.files.items()}
    if not is_address(kept.store):
        return ModelPlace(folder, shown, listed)
    below = f"runs/{kept.run_id}/artifacts/{kept.path}".rstrip("/")
    return ModelPlace(folder, shown, listed, f"{kept.store}/{below}")


def _check_path(kept: KeptModel, shown: str) -> None:
    try:
        check_artifact_path(kept.path or MLMODEL)
    except InvalidPath as error:
        raise ModelUnreadable(f"Couldn't read the model {shown!r}: {error}") from None


def _check_folder(folder: Path) -> Path:
    """The folder itself, where it has a model; else what there is instead is said."""
    try:
        if (folder / MLMODEL).is_file():
            return folder.resolve()
        there = folder.is_dir()
    except OSError as error:
        raise ModelNotFound(
            f"Couldn't look for a model in {show(str(folder), 80)}: {error.strerror}. "
            "Check the path."
        ) from None
    if not there:
        beside = [one.name for one in _list_folders(folder.parent)]
        near = nearest_name(folder.name, beside)
        hint = f"Did you mean {str(folder.with_name(near))!r}?" if near else "Check the path."
        raise ModelNotFound(f"There is no folder {str(folder)!r}. {hint}")
    inside = [str(one.parent) for one in sorted(folder.glob(f"*/{MLMODEL}"))]
    hint = (
        f"There is one in {list_some(map(repr, inside))}."
        if inside
        else "Name the folder of a saved model."
    )
    raise ModelNotFound(f"No model in the folder {str(folder)!r}: it has no {MLMODEL} file. {hint}")


def _list_folders(parent: Path) -> list[Path]:
    try:
        return [one for one in parent.iterdir() if one.is_dir()]
    except OSError:
        return []
