"""MLflow's calls about runs, on a Runfolio store.

With ``mlflow.set_tracking_uri("runfolio:///path/to/runs")`` MLflow code logs to a store of Runfolio
and searches it, unchanged.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

import mlflow.entities as entities
from mlflow.entities import RunStatus
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_STATE
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME, MLFLOW_RUN_NOTE
from mlflow.utils.name_utils import _generate_random_name
from mlflow.utils.validation import (
    _validate_batch_log_data,
    _validate_batch_log_limits,
    _validate_param_keys_unique,
    _validate_tag_name,
)

from runfolio.compat.mlflow.experiment_store import ExperimentStore
from runfolio.compat.mlflow.failures import as_mlflow_says, missing, refused
from runfolio.compat.mlflow.inputs import row_of
from runfolio.compat.mlflow.live import LiveRun
from runfolio.compat.mlflow.model_store import ModelStore
from runfolio.compat.mlflow.runs import FACTS
from runfolio.compat.mlflow.search_store import SearchStore
from runfolio.compat.mlflow.trace_store import TraceStore
from runfolio.schema import END_STATUSES, as_text, check_name, is_run_id
from runfolio.tracking.options import RunOptions
from runfolio.upkeep.changes import delete_runs, restore_runs


class RunfolioStore(ModelStore, SearchStore, ExperimentStore, TraceStore):
    """Runs: those open here get what is logged in their journals, others by edits."""

    @as_mlflow_says()
    def create_run(
        self,
        experiment_id: str | None,
        user_id: str | None,
        start_time: int | None,
        tags: Iterable[entities.RunTag] | None,
        run_name: str | None,
    ) -> entities.Run:
        experiment = self._experiments.find(experiment_id or "0")
        if experiment.lifecycle_stage != "active":
            raise MlflowException(
                f"Could not create run under non-active experiment with ID {experiment_id}.",
                INVALID_STATE,
            )
        texts = {tag.key: as_text(tag.value) for tag in tags or []}
        name = _choose_name(run_name, texts.get(MLFLOW_RUN_NAME))
        parent = texts.get(MLFLOW_PARENT_RUN_ID, "")
        options = RunOptions(
            store=self._root,
            experiment=self._experiments.logged(experiment.name),
            name=name,
            tags={**texts, MLFLOW_RUN_NAME: name},
            note=texts.get(MLFLOW_RUN_NOTE),
            capture=False,
        )
        run = self._writers.create(
            options,
            parent_id=parent if is_run_id(parent) else None,
            start_time=None if start_time is None else int(start_time) * 1000,
        )
        run.describe(_facts(texts, user_id))
        return self._describe(self._writers.read(run.id))

    @as_mlflow_says()
    def update_run_info(
        self,
        run_id: str,
        run_status: int | None,
        end_time: int | None,
        run_name: str | None,
    ) -> entities.RunInfo:
        run_id = self._writers.own_id(run_id)
        status = None if run_status is None else RunStatus.to_string(run_status)
        if status in END_STATUSES:
            self._models.write_points()
            self._writers.end(run_id, status, None if end_time is None else int(end_time) * 1000)
        elif status is not None:
            self._writers.resume(run_id)
        else:
            self._writers.check_active(run_id)
        if run_name:
            self._set_tags(run_id, {MLFLOW_RUN_NAME: run_name})
        return self.get_run(run_id).info

    @as_mlflow_says()
    def delete_run(self, run_id: str) -> None:
        run_id = self._writers.own_id(run_id)
        self._writers.read(run_id)
        self._writers.note_deleted(delete_runs(run_id, store=self._root), deleted=True)

    @as_mlflow_says()
    def restore_run(self, run_id: str) -> None:
        run_id = self._writers.own_id(run_id)
        self._writers.read(run_id)
        self._writers.note_deleted(restore_runs(run_id, store=self._root), deleted=False)

    @as_mlflow_says()
    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[entities.Metric],
        params: Sequence[entities.Param],
        tags: Sequence[entities.RunTag],
    ) -> None:
        run_id = self._writers.own_id(run_id)
        metrics, params, tags = _validate_batch_log_data(metrics, params, tags)
        _validate_batch_log_limits(metrics, params, tags)
        _validate_param_keys_unique(params)

        def log(run: LiveRun) -> None:
            run.log_texts({one.key: as_text(one.value) for one in params})
            run.log_points(metrics)

        if metrics or params:
            self._writers.write(run_id, log)
        for metric in metrics:
            if metric.model_id is not None:
                self._models.log_point(run_id, metric)
        if tags:
            self._set_tags(run_id, {tag.key: as_text(tag.value) for tag in tags})

    @as_mlflow_says()
    def set_tag(self, run_id: str, tag: entities.RunTag) -> None:
        run_id = self._writers.own_id(run_id)
        _validate_tag_name(tag.key)
        self._set_tags(run_id, {tag.key: as_text(tag.value)})

    @as_mlflow_says()
    def delete_tag(self, run_id: str, key: str) -> None:
        run_id = self._writers.own_id(run_id)
        if key not in self._describe(self._writers.check_active(run_id)).data.tags:
            raise missing(f"No tag with name: {key} in run with id {run_id}")
        note = {"note": ""} if key == MLFLOW_RUN_NOTE else {}
        self._edits.write("run", run_id, {"tags": {key: None}, **note})

    def _set_tags(self, run_id: str, tags: dict[str, str]) -> None:
        """Set tags in the journal of a run that is ours; what edits speak of, edits change."""
        for key in tags:
            check_name(key, "tag")
        if MLFLOW_RUN_NAME in tags:
            check_name(tags[MLFLOW_RUN_NAME], "run")
        run = self._writers.ready(run_id)
        if run is None:
            self._writers.check_active(run_id)
        subject = self._edits.read().said.runs.get(run_id)
        edited = set(tags) if run is None or run.guest else {MLFLOW_RUN_NAME}
        edited |= set(subject.tags) if subject is not None else set()
        logged = {key: value for key, value in tags.items() if key not in edited}
        if run is not None and logged:
            run.set_tags(logged)
        changes: dict[str, Any] = {"tags": {k: v for k, v in tags.items() if k in edited}}
        if MLFLOW_RUN_NAME in tags:
            changes["name"] = tags[MLFLOW_RUN_NAME]
        if MLFLOW_RUN_NOTE in tags:
            changes["note"] = tags[MLFLOW_RUN_NOTE]
        if changes != {"tags": {}}:
            self._edits.write("run", run_id, changes)

    @as_mlflow_says()
    def log_inputs(
        self,
        run_id: str,
        datasets: list[entities.DatasetInput] | None = None,
        models: list[entities.LoggedModelInput] | None = None,
    ) -> None:
        run_id = self._writers.own_id(run_id)
        if datasets:
            rows = [row_of(one) for one in datasets]
            self._writers.write(run_id, lambda run: run.log_input_rows(rows))
        for model in models or []:
            self._models.change(model.model_id, {"inputs": {run_id: True}})


def _choose_name(said: str | None, tagged: str | None) -> str:
    if said and tagged and said != tagged:
        raise refused(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
            f"values (run_name='{said}', mlflow.runName='{tagged}')."
        )
    return str(said or tagged or _generate_random_name())


def _facts(tags: dict[str, str], user: str | None) -> dict[str, Any]:
    """What MLflow's tags say of where a run came from, as the context of a run."""
    facts: dict[str, Any] = {column: tags[tag] for tag, column in FACTS.items() if tags.get(tag)}
    if user and "user" not in facts:
        facts["user"] = user
    if "source" in facts:
        facts["source"] = PurePath(facts["source"]).name
    return facts
