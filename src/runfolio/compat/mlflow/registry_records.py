"""The registered models of a store as MLflow's own records."""
# mypy: allow-untyped-calls

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

from mlflow.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)

import runfolio.store.registry as ours
from runfolio.compat.mlflow.addresses import artifacts_address
from runfolio.compat.mlflow.edits import Words
from runfolio.sources.mlflow.registry import read_stage

NO_STAGE: Final = "None"

_LOGGED: Final = re.compile(r"models/(m-[0-9a-f]{32})")
"""The folder of a logged model among the artifacts of its run."""


def make_model(root: Path, words: Words, model: ours.RegisteredModel) -> RegisteredModel:
    """A registered model, with the newest version of each stage."""
    versions = make_versions(root, words, model)
    times = [one.last_updated_timestamp or 0 for one in versions]
    own = _changed(words, ours.MODEL, model.name, model.time)
    return RegisteredModel(
        name=model.name,
        creation_timestamp=model.time // 1000,
        last_updated_timestamp=max([own, *times]),
        description=model.note,
        latest_versions=newest_of_stages(versions),
        tags=[RegisteredModelTag(key, value) for key, value in model.tags.items()],
        aliases=[RegisteredModelAlias(key, one.number) for key, one in model.aliases.items()],
    )


def make_versions(root: Path, words: Words, model: ours.RegisteredModel) -> list[ModelVersion]:
    """The versions of a model that are not deleted, by number."""
    return [make_version(root, words, one) for one in model.active().versions]


def make_version(root: Path, words: Words, version: ours.ModelVersion) -> ModelVersion:
    """One version of a registered model."""
    logged = _LOGGED.fullmatch(version.path) if version.run_id is not None else None
    model_id = logged[1] if logged else None
    return ModelVersion(
        name=version.model,
        version=cast(Any, version.number),  # text by its type, but a number in MLflow's stores
        creation_timestamp=version.time // 1000,
        last_updated_timestamp=_changed(words, ours.VERSION, version.id, version.time),
        description=version.note,
        user_id=version.user,
        current_stage=read_stage(version) or NO_STAGE,
        source=f"models:/{model_id}" if model_id else find_location(root, version),
        run_id=version.run_id,
        tags=[ModelVersionTag(key, value) for key, value in version.tags.items()],
        aliases=list(version.aliases),
        model_id=model_id,
    )


def find_location(root: Path, version: ours.ModelVersion) -> str:
    """The address of a version's files.

    MLflow cuts such addresses in two without reading escapes, so there are none but where needed.
    """
    if version.run_id is None:
        return version.source or ""
    if any(sign in version.path for sign in "%?#"):
        return artifacts_address(root, version.run_id, version.path)
    return f"{artifacts_address(root, version.run_id)}/{version.path}".rstrip("/")


def newest_of_stages(versions: Iterable[ModelVersion]) -> list[ModelVersion]:
    """Of the versions in each stage, and of those in none, the one of the greatest number."""
    ordered = sorted(versions, key=lambda one: int(one.version))
    return list({one.current_stage: one for one in ordered}.values())


def _changed(words: Words, kind: str, name: str, otherwise: int) -> int:
    return words.changed_models.get((kind, name), otherwise) // 1000
