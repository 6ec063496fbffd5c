"""MLflow's registry of models, on a Runfolio store.

It is there wherever the runs are tracked in one: versions are kept as edits of the store. MLflow's
stages are aliases of the same names, and prompts are not kept.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NoReturn

from mlflow.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, NOT_IMPLEMENTED
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.model_registry import (
    SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD,
    SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD,
)
from mlflow.store.model_registry.abstract_store import AbstractStore
from mlflow.utils.search_utils import SearchModelUtils, SearchModelVersionUtils, SearchUtils
from mlflow.utils.validation import (
    _validate_model_alias_name,
    _validate_model_alias_name_reserved,
    _validate_model_renaming,
    _validate_model_version_tag,
    _validate_registered_model_tag,
    _validate_tag_name,
)

import runfolio.store.registry as ours
from runfolio.compat.mlflow.addresses import find_store
from runfolio.compat.mlflow.edits import EditLog
from runfolio.compat.mlflow.failures import as_mlflow_says, missing, refused
from runfolio.compat.mlflow.registered import Registered
from runfolio.compat.mlflow.registry_records import (
    NO_STAGE,
    find_location,
    make_model,
    make_versions,
    newest_of_stages,
)
from runfolio.compat.mlflow.registry_sources import Sources
from runfolio.compat.mlflow.writers import writers_of
from runfolio.models.naming import LATEST
from runfolio.sources.mlflow.registry import STAGES
from runfolio.store.opening import ensure_store

_PROMPT: Final = "mlflow.prompt.is_prompt"
_ORDER: Final = ("last_updated_timestamp DESC", "name ASC", "version_number DESC")


class RunfolioRegistry(AbstractStore):
    """The registered models of the store that an address names; it is made if it isn't there."""

    @as_mlflow_says()
    def __init__(self, store_uri: str, tracking_uri: str | None = None) -> None:
        super().__init__(store_uri, tracking_uri)
        self._root = find_store(store_uri)
        ensure_store(self._root)
        self._edits = EditLog(self._root)
        self._models = Registered(self._root, self._edits)
        self._sources = Sources(self._root, self._edits, writers_of(self._root))

    @as_mlflow_says()
    def create_registered_model(
        self,
        name: str,
        tags: list[RegisteredModelTag] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        for tag in tags or []:
            _validate_registered_model_tag(tag.key, tag.value)
            if tag.key == _PROMPT:
                _refuse_prompt(name)
        self._models.create(name, description, _texts(tags))
        return self._models.show(name)

    @as_mlflow_says()
    def update_registered_model(
        self, name: str, description: str | None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        self._models.say(name, {"note": description or ""})
        return self._models.show(name)

    @as_mlflow_says()
    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        _validate_model_renaming(new_name)
        self._models.rename(name, new_name)
        return self._models.show(new_name)

    @as_mlflow_says()
    def delete_registered_model(self, name: str) -> None:
        self._models.say(name, {"deleted": True})

    @as_mlflow_says()
    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        _check_count(max_results, SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD)
        words = self._edits.read()
        models = [make_model(self._root, words, one) for one in self._models.list_all()]
        found = SearchModelUtils.sort(SearchModelUtils.filter(models, filter_string), order_by)
        return PagedList(*SearchUtils.paginate(found, page_token, max_results))

    @as_mlflow_says()
    def get_registered_model(self, name: str) -> RegisteredModel:
        return self._models.show(name)

    @as_mlflow_says()
    def get_latest_versions(self, name: str, stages: list[str] | None = None) -> list[ModelVersion]:
        wanted = {_stage(one) or NO_STAGE for one in stages or [NO_STAGE, *STAGES.values()]}
        newest = newest_of_stages(make_versions(self._root, *self._read(name)))
        return [one for one in newest if one.current_stage in wanted]

    def _read(self, name: str) -> tuple[Any, ours.RegisteredModel]:
        model = self._models.find(name)
        return self._edits.read(), model

    @as_mlflow_says()
    def set_registered_model_tag(self, name: str, tag: RegisteredModelTag) -> None:
        _validate_registered_model_tag(tag.key, tag.value)
        self._models.say(name, {"tags": _texts([tag])})

    @as_mlflow_says()
    def delete_registered_model_tag(self, name: str, key: str) -> None:
        _validate_tag_name(key)
        self._models.say(name, {"tags": {key: None}})

    @as_mlflow_says()
    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: list[ModelVersionTag] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        local_model_path: str | None = None,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Make a version of the files at `source`.

        These tell the run, so that `run_id` says nothing more; a version that came from elsewhere
        has none.
        """
        for tag in tags or []:
            _validate_model_version_tag(tag.key, tag.value)
        self._models.find(name)
        place = self._sources.describe(source)
        return self._models.create_version(name, place, description, _texts(tags))

    @as_mlflow_says()
    def update_model_version(
        self, name: str, version: int | str, description: str | None = None
    ) -> ModelVersion:
        found = self._models.find_version(name, version)
        return self._models.say_version(found, {"note": description or ""})

    @as_mlflow_says()
    def transition_model_version_stage(
        self, name: str, version: int | str, stage: str, archive_existing_versions: bool
    ) -> ModelVersion:
        to = _stage(stage)
        if archive_existing_versions and to not in (STAGES["staging"], STAGES["production"]):
            raise MlflowException(
                "Model version transition cannot archive existing model versions because "
                f"'{stage}' is not an Active stage."
            )
        found = self._models.find_version(name, version)
        return self._models.move(found, to, archive=archive_existing_versions)

    @as_mlflow_says()
    def delete_model_version(self, name: str, version: int | str) -> None:
        found = self._models.find_version(name, version)
        self._edits.write(ours.VERSION, found.id, {"deleted": True})

    @as_mlflow_says()
    def get_model_version(self, name: str, version: int | str) -> ModelVersion:
        return self._models.show_version(self._models.find_version(name, version))

    @as_mlflow_says()
    def get_model_version_download_uri(self, name: str, version: int | str) -> str:
        return find_location(self._root, self._models.find_version(name, version))

    @as_mlflow_says()
    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        _check_count(max_results, SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD)
        words = self._edits.read()
        models = self._models.list_all()
        versions = [one for model in models for one in make_versions(self._root, words, model)]
        found = SearchModelVersionUtils.filter(versions, filter_string)
        ordered = SearchModelVersionUtils.sort(found, order_by or list(_ORDER))
        return PagedList(*SearchUtils.paginate(ordered, page_token, max_results))

    @as_mlflow_says()
    def set_model_version_tag(self, name: str, version: int | str, tag: ModelVersionTag) -> None:
        _validate_model_version_tag(tag.key, tag.value)
        self._models.say_version(self._models.find_version(name, version), {"tags": _texts([tag])})

    @as_mlflow_says()
    def delete_model_version_tag(self, name: str, version: int | str, key: str) -> None:
        _validate_tag_name(key)
        self._models.say_version(self._models.find_version(name, version), {"tags": {key: None}})

    @as_mlflow_says()
    def set_registered_model_alias(self, name: str, alias: str, version: int | str) -> None:
        _validate_model_alias_name(alias)
        _validate_model_alias_name_reserved(alias)
        self._models.say(name, {"aliases": {alias: self._models.find_version(name, version).id}})

    @as_mlflow_says()
    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        _validate_model_alias_name(alias)
        self._models.say(name, {"aliases": {alias: None}})

    @as_mlflow_says()
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        _validate_model_alias_name(alias)
        model = self._models.find(name)
        latest = alias.lower() == LATEST
        found = model.latest if latest else model.aliases.get(alias)
        if found is None and latest:
            raise missing(f"Latest version not found for model {name}.")
        if found is None:
            raise refused(f"Registered model alias {alias} not found.")
        return self._models.show_version(found)

    def create_prompt(self, name: str, *_: Any, **__: Any) -> NoReturn:
        _refuse_prompt(name)

    def _await_model_version_creation(self, mv: ModelVersion, await_creation_for: int) -> None:
        """A version is there as soon as it is made."""


def _refuse_prompt(name: str) -> NoReturn:
    raise MlflowException(
        f"A Runfolio store keeps no prompts: {name!r}. Name another registry for them, such as "
        "mlflow.set_registry_uri('sqlite:///registry.db').",
        NOT_IMPLEMENTED,
    )


def _texts(tags: Iterable[RegisteredModelTag | ModelVersionTag] | None) -> dict[str, str]:
    return {tag.key: str(tag.value) for tag in tags or []}


def _stage(told: str) -> str | None:
    """A stage as MLflow writes it, None for that of no stage."""
    name = str(told).lower()
    if name not in (*STAGES, NO_STAGE.lower()):
        listed = ", ".join([NO_STAGE, *STAGES.values()])
        raise MlflowException(
            f"Invalid Model Version stage: {told}. Value must be one of {listed}.",
            INVALID_PARAMETER_VALUE,
        )
    return STAGES.get(name)


def _check_count(count: object, most: int) -> None:
    if type(count) is not int or not 1 <= count <= most:
        raise refused(
            f"Invalid value for max_results. It must be a positive integer of at most {most}, but "
            f"got {count}"
        )
