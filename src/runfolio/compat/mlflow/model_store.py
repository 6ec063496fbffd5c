"""MLflow's calls about logged models."""
# mypy: allow-untyped-calls

from __future__ import annotations

import json
from typing import Any

import mlflow.entities as entities
from mlflow.entities import LoggedModelStatus, RunTag
from mlflow.models import Model
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.mlflow_tags import MLFLOW_LOGGED_MODELS
from mlflow.utils.name_utils import _generate_random_name
from mlflow.utils.search_utils import SearchLoggedModelsUtils
from mlflow.utils.validation import _validate_logged_model_name, _validate_param, _validate_tag_name

from runfolio.compat.mlflow.base import StoreBase
from runfolio.compat.mlflow.failures import as_mlflow_says, missing, refused
from runfolio.schema import FAILED, FINISHED
from runfolio.tracking.options import RunOptions

_DEFAULT_MAX_RESULTS = 100


class ModelStore(StoreBase):
    """Logged models, which need a run only to hold their files."""

    @as_mlflow_says()
    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: list[entities.LoggedModelTag] | None = None,
        params: list[entities.LoggedModelParameter] | None = None,
        model_type: str | None = None,
    ) -> entities.LoggedModel:
        _validate_logged_model_name(name)
        experiment = self._experiments.find(experiment_id)
        if experiment.lifecycle_stage != "active":
            raise refused(f"Could not create model under non-active experiment {experiment_id}.")
        name = name or _generate_random_name()
        holder = source_run_id or self._start_holder(experiment, name)
        return self._models.create(
            holder,
            {
                "experiment_id": experiment.experiment_id,
                "name": name,
                "source_run_id": source_run_id,
                "model_type": model_type,
                "tags": {tag.key: tag.value for tag in tags or []},
                "params": _checked(params),
            },
        )

    def _start_holder(self, experiment: entities.Experiment, name: str) -> str:
        options = RunOptions(
            store=self._root,
            experiment=self._experiments.logged(experiment.name),
            name=name,
            capture=False,
        )
        return self._writers.create(options).id

    @as_mlflow_says()
    def finalize_logged_model(
        self, model_id: str, status: LoggedModelStatus
    ) -> entities.LoggedModel:
        model = self._models.change(model_id, {"status": LoggedModelStatus(status).value})
        holder = self._models.holder(model_id)
        if holder is not None and self._writers.held(holder) is not None:
            failed = status == LoggedModelStatus.FAILED
            self._writers.end(holder, FAILED if failed else FINISHED, None)
        return model

    @as_mlflow_says()
    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> entities.LoggedModel:
        return self._models.find(model_id, allow_deleted=allow_deleted)

    @as_mlflow_says()
    def delete_logged_model(self, model_id: str) -> None:
        self._models.change(model_id, {"deleted": True})

    @as_mlflow_says()
    def set_logged_model_tags(self, model_id: str, tags: list[entities.LoggedModelTag]) -> None:
        for tag in tags:
            _validate_tag_name(tag.key)
        self._models.change(model_id, {"tags": {tag.key: str(tag.value) for tag in tags}})

    @as_mlflow_says()
    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        if key not in self._models.find(model_id).tags:
            raise missing(f"No tag with key {key!r} found for model with ID {model_id!r}.")
        self._models.change(model_id, {"tags": {key: None}})

    @as_mlflow_says()
    def log_logged_model_params(
        self, model_id: str, params: list[entities.LoggedModelParameter]
    ) -> None:
        self._models.change(model_id, {"params": _checked(params)})

    @as_mlflow_says()
    def search_logged_models(
        self,
        experiment_ids: list[str],
        filter_string: str | None = None,
        datasets: list[dict[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: list[dict[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[entities.LoggedModel]:
        if datasets and not all(one.get("dataset_name") for one in datasets):
            raise refused("`dataset_name` in the `datasets` clause must be specified.")
        models = self._models.list_in(experiment_ids)
        found = SearchLoggedModelsUtils.filter_logged_models(models, filter_string, datasets)
        ordered = SearchLoggedModelsUtils.sort(found, order_by)
        count = max_results or _DEFAULT_MAX_RESULTS
        return PagedList(*SearchLoggedModelsUtils.paginate(ordered, page_token, count))

    @as_mlflow_says()
    def log_outputs(self, run_id: str, models: list[entities.LoggedModelOutput]) -> None:
        run_id = self._writers.own_id(run_id)
        self._writers.check_active(run_id)
        for one in models or []:
            self._models.change(one.model_id, {"outputs": {run_id: one.step}})

    @as_mlflow_says()
    def record_logged_model(self, run_id: str, mlflow_model: Model) -> None:
        tags = self.get_run(run_id).data.tags
        known = json.loads(tags.get(MLFLOW_LOGGED_MODELS, "[]"))
        text = json.dumps([*known, mlflow_model.get_tags_dict()])
        self.set_tag(run_id, RunTag(MLFLOW_LOGGED_MODELS, text))


def _checked(params: list[entities.LoggedModelParameter] | None) -> dict[str, str]:
    checked = (_validate_param(one.key, one.value) for one in params or [])
    return {one.key: one.value for one in checked}
