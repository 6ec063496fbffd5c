"""The registered models of a store, found and changed as MLflow does it."""
# mypy: allow-untyped-calls

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS
from mlflow.utils.validation import _validate_model_name, _validate_model_version

import runfolio.store.registry as ours
from runfolio.compat.mlflow.edits import EditLog
from runfolio.compat.mlflow.failures import missing
from runfolio.compat.mlflow.registry_records import make_model, make_version
from runfolio.models.naming import check_model_name
from runfolio.schema import new_run_id
from runfolio.sources.mlflow.registry import STAGE, STAGES, place_stages, read_stage
from runfolio.tracking.values import now


class Registered:
    """Finds and changes the registered models of the store in a folder."""

    def __init__(self, root: Path, edits: EditLog) -> None:
        self._root = root
        self._edits = edits

    def find(self, name: str) -> ours.RegisteredModel:
        """The model of this name; raise where there is none, or none any more."""
        _validate_model_name(name)
        model = self._edits.read().said.registry.get(name)
        if model is None or model.deleted:
            raise missing(f"Registered Model with name={name} not found")
        return model.active()

    def find_version(self, name: str, version: int | str) -> ours.ModelVersion:
        """The version of this number; raise where there is none."""
        model, number = self.find(name), _validate_model_version(version)
        for one in model.versions:
            if one.number == number:
                return one
        raise missing(f"Model Version (name={name}, version={version}) not found")

    def list_all(self) -> list[ours.RegisteredModel]:
        """All models that are not deleted, by name."""
        return list(ours.shown_models(self._edits.read().said.registry))

    def show(self, name: str) -> RegisteredModel:
        """The model of this name as MLflow's record."""
        model = self.find(name)
        return make_model(self._root, self._edits.read(), model)

    def show_version(self, version: ours.ModelVersion) -> ModelVersion:
        """A version as it is now, as MLflow's record."""
        model = self.find(version.model)
        [found] = [one for one in model.versions if one.id == version.id]
        return make_version(self._root, self._edits.read(), found)

    def say(self, name: str, changes: dict[str, Any]) -> None:
        """Say something of the model of this name."""
        self._edits.write(ours.MODEL, self.find(name).name, changes)

    def say_version(self, version: ours.ModelVersion, changes: dict[str, Any]) -> ModelVersion:
        """Say something of a version, and return it as it is then."""
        self._edits.write(ours.VERSION, version.id, changes)
        return self.show_version(version)

    def create(self, name: str, note: str | None, tags: dict[str, str]) -> None:
        """Make a model that has no versions; one that was deleted comes back without any."""
        before = self._find_free(name)
        changes: dict[str, Any] = {"created": now(), "tags": tags, "note": note or ""}
        if before is not None:
            for one in before.active().versions:
                self._edits.write(ours.VERSION, one.id, {"deleted": True})
            changes |= {"deleted": False, "tags": {**dict.fromkeys(before.tags), **tags}}
        self._edits.write(ours.MODEL, name, changes)

    def _find_free(self, name: str) -> ours.RegisteredModel | None:
        """The model of this name that was deleted, None where there was none; else raise."""
        _validate_model_name(name)
        check_model_name(name)
        before = self._edits.read().said.registry.get(name)
        if before is not None and not before.deleted:
            raise MlflowException(
                f"Registered Model (name={name}) already exists.", RESOURCE_ALREADY_EXISTS
            )
        return before

    def rename(self, name: str, new: str) -> None:
        """Give a model, with its versions, tags and aliases, another name."""
        self.find(name)
        model = self._edits.read().said.registry[name]
        aliases = {alias: one.id for alias, one in model.aliases.items()}
        self.create(new, model.note, dict(model.tags))
        for one in model.versions:
            self._edits.write(ours.VERSION, one.id, {"model": new})
        self._edits.write(ours.MODEL, new, {"created": model.time, "aliases": aliases})
        self._edits.write(
            ours.MODEL, name, {"deleted": True, "aliases": dict.fromkeys(aliases, None)}
        )

    def create_version(
        self, name: str, place: dict[str, Any], note: str | None, tags: dict[str, str]
    ) -> ModelVersion:
        """Make the next version of a model; numbers of deleted versions are not given again."""
        self.find(name)
        versions = self._edits.read().said.registry[name].versions
        number = max((one.number for one in versions), default=0) + 1
        said = {"model": name, "number": number, **place, "tags": tags, "note": note or ""}
        version = ours.ModelVersion(new_run_id(), name, number, now())
        return self.say_version(version, said)

    def move(self, version: ours.ModelVersion, stage: str | None, *, archive: bool) -> ModelVersion:
        """Put a version into a stage; with `archive` those in it before are archived.

        Of several versions in one stage the newest has its alias, and the others keep it as a tag.
        """
        versions = self.find(version.model).versions
        stages = {one.number: read_stage(one) for one in versions}
        if archive:
            former = {number for number, one in stages.items() if one == stage}
            stages |= dict.fromkeys(former, STAGES["archived"])
        stages[version.number] = stage
        aliases, others = place_stages(stages, {})
        ids = {one.number: one.id for one in versions}
        pointing = {alias: ids[aliases[alias]] if alias in aliases else None for alias in STAGES}
        self.say(version.model, {"aliases": pointing})
        for one in versions:
            before, tag = one.tags.get(STAGE), others.get(one.number)
            # A tag of this name that says something else is the user's.
            if before != tag and (before is None or before.lower() in STAGES):
                self._edits.write(ours.VERSION, one.id, {"tags": {STAGE: tag}})
        return self.show_version(version)
