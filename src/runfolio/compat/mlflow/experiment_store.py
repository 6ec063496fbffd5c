"""MLflow's calls about experiments."""
# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any

import mlflow.entities as entities
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.tracking import SEARCH_MAX_RESULTS_DEFAULT, SEARCH_MAX_RESULTS_THRESHOLD
from mlflow.utils.search_utils import SearchExperimentsUtils, SearchUtils
from mlflow.utils.validation import _validate_experiment_name, _validate_experiment_tag

from runfolio.compat.mlflow.base import StoreBase
from runfolio.compat.mlflow.failures import as_mlflow_says, missing, refused
from runfolio.schema import check_name
from runfolio.store.edited import View

STAGES: dict[int, tuple[View, ...]] = {
    ViewType.ACTIVE_ONLY: ("active",),
    ViewType.DELETED_ONLY: ("deleted",),
    ViewType.ALL: ("active", "deleted"),
}


def check_max_results(count: object) -> None:
    """Raise unless `count` is a number of results that MLflow lets one ask for."""
    if type(count) is not int or not 1 <= count <= SEARCH_MAX_RESULTS_THRESHOLD:
        raise refused(
            f"Invalid value {count} for parameter 'max_results' supplied. It must be a positive "
            f"integer of at most {SEARCH_MAX_RESULTS_THRESHOLD}"
        )


class ExperimentStore(StoreBase):
    """Experiments, which the store knows by name and MLflow by id."""

    @as_mlflow_says()
    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = SEARCH_MAX_RESULTS_DEFAULT,
        filter_string: str | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[entities.Experiment]:
        check_max_results(max_results)
        everything = self._experiments.list_all()
        shown = [one for one in everything if one.lifecycle_stage in STAGES[view_type]]
        found = SearchExperimentsUtils.filter(shown, filter_string)
        order = order_by or ["creation_time DESC", "experiment_id ASC"]
        ordered = SearchExperimentsUtils.sort(found, order)
        return PagedList(*SearchUtils.paginate(ordered, page_token, max_results))

    @as_mlflow_says()
    def get_experiment(self, experiment_id: str) -> entities.Experiment:
        return self._experiments.find(experiment_id)

    @as_mlflow_says()
    def get_experiment_by_name(self, experiment_name: str) -> entities.Experiment | None:
        return self._experiments.find_by_name(experiment_name)

    @as_mlflow_says()
    def create_experiment(
        self,
        name: str,
        artifact_location: str | None = None,
        tags: list[entities.ExperimentTag] | None = None,
    ) -> str:
        _validate_experiment_name(name)
        check_name(name, "experiment")
        for tag in tags or []:
            _validate_experiment_tag(tag.key, tag.value)
        self._check_new(name)
        created = self._experiments.create(name, artifact_location, tags or [])
        return str(created.experiment_id)

    def _check_new(self, name: str) -> None:
        known = self._experiments.find_by_name(name)
        if known is not None:
            state = " in deleted state. Restore it" if known.lifecycle_stage == "deleted" else ""
            raise MlflowException(
                f"Experiment {name!r} already exists{state}.", RESOURCE_ALREADY_EXISTS
            )

    @as_mlflow_says()
    def delete_experiment(self, experiment_id: str) -> None:
        self._check_stage(experiment_id, "active")
        self._writers.note_deleted(self._experiments.delete(experiment_id), deleted=True)

    @as_mlflow_says()
    def restore_experiment(self, experiment_id: str) -> None:
        self._check_stage(experiment_id, "deleted")
        self._writers.note_deleted(self._experiments.restore(experiment_id), deleted=False)

    def _check_stage(self, experiment_id: str, stage: str) -> None:
        if self._experiments.find(experiment_id).lifecycle_stage != stage:
            raise missing(f"No {stage} experiment with ID {experiment_id} exists")

    @as_mlflow_says()
    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        _validate_experiment_name(new_name)
        known = self._experiments.find(experiment_id)
        if known.lifecycle_stage != "active":
            raise refused("Cannot rename experiment in non-active lifecycle stage.")
        if known.name != new_name:
            self._check_new(new_name)
            self._experiments.rename(experiment_id, new_name)

    @as_mlflow_says()
    def set_experiment_tag(self, experiment_id: str, tag: entities.ExperimentTag) -> None:
        _validate_experiment_tag(tag.key, tag.value)
        self._experiments.tag(experiment_id, {tag.key: str(tag.value)})

    @as_mlflow_says()
    def delete_experiment_tag(self, experiment_id: str, key: Any) -> None:
        if key not in self._experiments.find(experiment_id).tags:
            raise missing(f"No tag with name: {key} in experiment with id {experiment_id}")
        self._experiments.tag(experiment_id, {key: None})
