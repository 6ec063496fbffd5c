"""The runs of a store as MLflow's own records."""
# mypy: allow-untyped-calls

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow.entities as entities
from mlflow.utils.mlflow_tags import (
    MLFLOW_GIT_BRANCH,
    MLFLOW_GIT_COMMIT,
    MLFLOW_PARENT_RUN_ID,
    MLFLOW_RUN_NAME,
    MLFLOW_RUN_NOTE,
    MLFLOW_SOURCE_NAME,
    MLFLOW_USER,
)

from runfolio.compat.mlflow.addresses import artifacts_address
from runfolio.compat.mlflow.edits import Words
from runfolio.compat.mlflow.experiments import logged_name
from runfolio.compat.mlflow.inputs import input_of
from runfolio.sources.mlflow.ids import experiment_id

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import StoreOverview

FACTS = {
    MLFLOW_USER: "user",
    MLFLOW_SOURCE_NAME: "source",
    MLFLOW_GIT_COMMIT: "git_commit",
    MLFLOW_GIT_BRANCH: "git_branch",
}
"""The columns of a run that one of MLflow's tags tells."""

Grouped = defaultdict[str, list[dict[str, Any]]]


def make_runs(
    tables: StoreOverview,
    words: Words,
    *,
    deleted: bool,
    experiments: Collection[str] | None = None,
) -> list[entities.Run]:
    """The runs of `tables`, of all experiments or those of some ids.

    `deleted` says whether these are the deleted ones.
    """
    params, tags, inputs = (_by_run(t) for t in (tables.params, tables.tags, tables.inputs))
    metrics = _by_run(_in_milliseconds(tables.summaries, "last_time"))
    made, used = _linked(words, "outputs"), _linked(words, "inputs")
    stage = "deleted" if deleted else "active"
    runs = _in_milliseconds(_in_milliseconds(tables.runs, "start_time"), "end_time")
    shown = runs["experiment"].unique().to_pylist()
    places = {one: _place(words, one) for one in shown}
    return [
        entities.Run(
            _info(row, stage, places[row["experiment"]], tables.root),
            entities.RunData(
                metrics=[_metric(one) for one in metrics[row["run_id"]]],
                params=[entities.Param(one["key"], one["text"]) for one in params[row["run_id"]]],
                tags=_tags(row, tags[row["run_id"]]),
            ),
            entities.RunInputs(
                [input_of(one) for one in inputs[row["run_id"]]],
                [entities.LoggedModelInput(model) for model, _ in used[row["run_id"]]],
            ),
            entities.RunOutputs(
                [entities.LoggedModelOutput(model, step) for model, step in made[row["run_id"]]]
            ),
        )
        for row in runs.to_pylist()
        if experiments is None or places[row["experiment"]][0] in experiments
    ]


def _place(words: Words, shown: str) -> tuple[str, str | None]:
    """The id of an experiment, and where its artifacts lie if that is not in the store."""
    logged = logged_name(words, shown)
    subject = words.said.experiments.get(logged)
    elsewhere = subject.values.get("artifact_location") if subject is not None else None
    return experiment_id(logged), elsewhere if isinstance(elsewhere, str) else None


def _info(
    row: dict[str, Any], stage: str, place: tuple[str, str | None], root: Path
) -> entities.RunInfo:
    number, elsewhere = place
    if elsewhere is None:
        address = artifacts_address(root, row["run_id"])
    else:
        address = f"{elsewhere.rstrip('/')}/{row['run_id']}/artifacts"
    return entities.RunInfo(
        run_id=row["run_id"],
        run_name=row["name"],
        experiment_id=number,
        user_id=row["user"] or "",
        status=row["status"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        lifecycle_stage=stage,
        artifact_uri=address,
    )


def _metric(row: dict[str, Any]) -> entities.Metric:
    return entities.Metric(row["key"], row["last"], row["last_time"], row["last_step"])


def _tags(row: dict[str, Any], logged: list[dict[str, Any]]) -> list[entities.RunTag]:
    """A run's tags; those that tell a name, a note or a parent agree with what the store says."""
    tags = {**_imported_tags(row), **{one["key"]: one["value"] for one in logged}}
    tags[MLFLOW_RUN_NAME] = row["name"]
    if row["parent_id"]:
        tags[MLFLOW_PARENT_RUN_ID] = row["parent_id"]
    if row["note"]:
        tags[MLFLOW_RUN_NOTE] = row["note"]
    elif row["note"] == "":
        tags.pop(MLFLOW_RUN_NOTE, None)
    for tag, column in FACTS.items():
        if row[column] and tag not in tags:
            tags[tag] = row[column]
    return [entities.RunTag(key, value) for key, value in sorted(tags.items())]


def _imported_tags(row: dict[str, Any]) -> dict[str, str]:
    """MLflow's own tags of a run that was imported; a search reads no context."""
    try:
        context = json.loads(row.get("context") or "{}")
    except (ValueError, RecursionError):
        return {}
    own = context.get("mlflow") if isinstance(context, dict) else None
    found = own.items() if isinstance(own, dict) else ()
    return {f"mlflow.{key}": value for key, value in found if isinstance(value, str)}


def _linked(words: Words, how: str) -> defaultdict[str, list[tuple[str, Any]]]:
    """The models that runs made or used, by run, with what was said of that."""
    found: defaultdict[str, list[tuple[str, Any]]] = defaultdict(list)
    for model_id, model in words.models.items():
        for run_id, told in model.get(how, {}).items():
            found[run_id].append((model_id, told))
    return found


def _by_run(table: pa.Table) -> Grouped:
    groups: Grouped = defaultdict(list)
    for row in table.to_pylist():
        groups[row["run_id"]].append(row)
    return groups


def _in_milliseconds(table: pa.Table, column: str) -> pa.Table:
    """The table with a column of times as whole milliseconds since 1970."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = table.column_names.index(column)
    times = pc.divide(table[column].cast(pa.int64()), 1000)
    return table.set_column(place, column, times)
