"""MLflow's SQLite databases as runs, of every version of their tables from the first on.

MLflow writes infinities as the largest numbers there are; these become infinities again.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from runfolio.errors import MlflowUnreadable
from runfolio.schema import FileRecord, InputRecord, Series
from runfolio.sources.databases import Database, is_database, mentions, read_tables
from runfolio.sources.mlflow.artifacts import Finder
from runfolio.sources.mlflow.points import read_points
from runfolio.sources.mlflow.registry import Registry
from runfolio.sources.mlflow.registry_tables import read_models
from runfolio.sources.mlflow.runs import (
    Found,
    make_experiment,
    make_input,
    name_folders,
    place_models,
    read_status,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignExperiment, ForeignRun

_RUN: Final = (
    "run_uuid",
    "experiment_id",
    "name",
    "status",
    "start_time",
    "end_time",
    "lifecycle_stage",
    "artifact_uri",
    "user_id",
    "source_name",
    "source_version",
)
_MODEL: Final = (
    "model_id",
    "name",
    "artifact_location",
    "source_run_id",
    "experiment_id",
    "creation_timestamp_ms",
    "lifecycle_stage",
)

_NEEDED: Final = frozenset(("runs", "experiments", "metrics"))
_INSIDE: Final = re.compile(r"[/\\](?:artifacts|metrics|params|tags|traces)[/\\]")
"""Folders of runs, whose files are not opened to look for databases."""

Texts = Mapping[str, dict[str, str]]


def find_databases(place: Place) -> Iterator[Path]:
    """The databases in a place that have MLflow's tables, whatever their names."""
    start = len(os.fspath(place.folder))
    for path in place.files:
        inside = _INSIDE.search(os.fspath(path), start)
        if not inside and is_database(place.head(path, 16)) and _has_tables(path):
            yield path


def _has_tables(path: Path) -> bool:
    try:
        tables = read_tables(path, Reading(MlflowUnreadable))
    except sqlite3.Error:
        return mentions(path, b"run_uuid")
    except OSError:
        return False
    return tables.keys() >= _NEEDED and "run_uuid" in tables["runs"]


@dataclass(frozen=True, slots=True)
class _Experiment:
    name: str
    deleted: bool


@dataclass
class DatabaseReader:
    """Reads one database; `path` is where it was found, `finder` finds artifacts."""

    path: Path
    database: Database
    finder: Finder
    registry: Registry

    def read(self) -> Iterator[ForeignRun | ForeignExperiment]:
        """The runs by experiment and time, and then the experiments."""
        runs = [dict(zip(_RUN, row, strict=True)) for row in self.database.rows("runs", *_RUN)]
        for meta in sorted(runs, key=_order):
            if isinstance(meta["run_uuid"], str) and meta["run_uuid"]:
                yield self._make_run(meta["run_uuid"], meta)
            else:
                self._skip(f"a run has the id {meta['run_uuid']!r}, which is no text")
        tags = self._texts("experiment_tags", "experiment_id")
        for number, found in self._experiments.items():
            yield make_experiment(found.name, tags.get(number, {}), deleted=found.deleted)
        for model in read_models(self.database):
            self.registry.note_model(model)

    def _make_run(self, run_id: str, meta: dict[str, Any]) -> ForeignRun:
        number = _text(meta["experiment_id"])
        experiment = self._experiments.get(number) or _Experiment(number or "Default", False)
        if read_status(meta["status"]) is None:
            self._skip(f"the run {run_id!r} has the status {meta['status']!r}, which is none")
        found = Found(run_id, experiment.name, meta, experiment.deleted)
        found.params = self._params.get(run_id, {})
        found.tags = self._tags.get(run_id, {})
        found.metrics = self._metrics.get(run_id, ())
        artifacts = self.finder.find(meta["artifact_uri"], run_id, number)
        found.files = (*artifacts, *self._models_of(run_id))
        found.models = tuple(_text(one["model_id"]) for one in self._models.get(run_id, ()))
        found.inputs = tuple(self._inputs.get(run_id, ()))
        return found.make_run()

    def _skip(self, reason: str) -> None:
        self.database.reading.skip(self.path, reason)

    @cached_property
    def _experiments(self) -> dict[str, _Experiment]:
        rows = self.database.rows("experiments", "experiment_id", "name", "lifecycle_stage")
        found = {
            _text(number): _Experiment(_text(name) or _text(number), stage == "deleted")
            for number, name, stage in rows
        }
        return dict(sorted(found.items()))

    @cached_property
    def _params(self) -> Texts:
        return self._texts("params", "run_uuid")

    @cached_property
    def _tags(self) -> Texts:
        return self._texts("tags", "run_uuid")

    def _texts(self, table: str, owner: str) -> Texts:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for one, key, value in self.database.rows(table, owner, "key", "value"):
            if isinstance(key, str) and not isinstance(value, bytes):
                found[_text(one)][key] = _text(value)
            else:
                self._skip(f"the table {table!r} has a key or value that is no text")
        return found

    @cached_property
    def _metrics(self) -> Mapping[str, list[Series]]:
        points = read_points(self.database)
        if points.wrong:
            self._skip(f"{points.wrong:,} metric rows hold no whole step and time, or no number")
        return points.series()

    @cached_property
    def _inputs(self) -> Mapping[str, list[InputRecord]]:
        keys = ("source_type", "source", "schema", "profile")
        columns = ("dataset_uuid", "name", "digest", *(f"dataset_{key}" for key in keys))
        sets = {
            row[0]: dict(zip(("name", "digest", *keys), row[1:], strict=True))
            for row in self.database.rows("datasets", *columns)
        }
        tags: dict[str, dict[str, Any]] = defaultdict(dict)
        for owner, name, value in self.database.rows("input_tags", "input_uuid", "name", "value"):
            tags[owner][name] = value
        found: dict[str, list[InputRecord]] = defaultdict(list)
        columns = ("input_uuid", "source_type", "source_id", "destination_type", "destination_id")
        for one, kind, source, aim, run in self.database.rows("inputs", *columns):
            if (kind, aim) == ("DATASET", "RUN") and source in sets:
                found[_text(run)].append(make_input(sets[source], tags.get(one, {})))
        return found

    @cached_property
    def _models(self) -> Mapping[str, list[dict[str, Any]]]:
        rows = self.database.rows("logged_models", *_MODEL)
        models = [dict(zip(_MODEL, row, strict=True)) for row in rows]
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in sorted(models, key=lambda one: str(one["creation_timestamp_ms"])):
            if one["lifecycle_stage"] != "deleted":
                found[_text(one["source_run_id"])].append(one)
        return found

    def _models_of(self, run_id: str) -> Iterator[FileRecord]:
        models = [
            (_text(one["name"]) or "model", _text(one["model_id"]), self._model_files(one))
            for one in self._models.get(run_id, ())
        ]
        self.registry.note_logged(run_id, name_folders((name, one) for name, one, _ in models))
        return place_models(models)

    def _model_files(self, model: Mapping[str, Any]) -> tuple[FileRecord, ...]:
        number = _text(model["experiment_id"])
        return self.finder.find(model["artifact_location"], _text(model["model_id"]), number)


def _order(meta: Mapping[str, Any]) -> tuple[int, str, int, str]:
    number, start = _text(meta["experiment_id"]), meta["start_time"]
    return len(number), number, start if isinstance(start, int) else 0, str(meta["run_uuid"])


def _text(value: object) -> str:
    return "" if value is None else str(value)
