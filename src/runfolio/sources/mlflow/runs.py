"""What MLflow's stores have in common: how it tells of a run, and what becomes of that here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from runfolio.documents import parse_json
from runfolio.schema import (
    FAILED,
    FINISHED,
    KILLED,
    MAX_NAME_LENGTH,
    RUNNING,
    FileRecord,
    InputRecord,
    as_text,
    read_param,
)
from runfolio.sources.records import ForeignExperiment, ForeignRun

NOTE: Final = "mlflow.note.content"

_STATUSES: Final = {
    "RUNNING": RUNNING,
    "SCHEDULED": RUNNING,
    "FINISHED": FINISHED,
    "FAILED": FAILED,
    "KILLED": KILLED,
}
_NUMBERS: Final = dict(enumerate(_STATUSES, 1))
"""The numbers that stand for the statuses in ``meta.yaml``: RUNNING is 1."""

_OWN: Final = "mlflow."
_TOLD: Final = frozenset((NOTE, "mlflow.runName", "mlflow.parentRunId"))
"""MLflow's own tags that a run has as its note, name and parent; the others stay in its context."""

_DATA_CONTEXT: Final = "mlflow.data.context"

_ADDRESSES: Final = ("uri", "url", "path", "table_name", "delta_table_name", "name")


@dataclass(slots=True)
class Found:
    """A run as MLflow keeps it; `meta` is as in ``meta.yaml``, with the columns of old versions."""

    id: str
    experiment: str
    meta: Mapping[str, Any]
    deleted: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Iterable[Any] = ()
    files: tuple[FileRecord, ...] = ()
    inputs: tuple[InputRecord, ...] = ()
    models: tuple[str, ...] = ()
    """The ids of the models that it made, whose files are among its own."""

    def make_run(self) -> ForeignRun:
        """The run, with MLflow's own tags where they belong."""
        meta, tags = self.meta, self.tags
        end = _moment(meta.get("end_time"))
        return ForeignRun(
            identity=self.id,
            experiment=fit_experiment(self.experiment),
            name=self._name(),
            status=read_status(meta.get("status")) or (RUNNING if end is None else FINISHED),
            start_time=_moment(meta.get("start_time")),
            end_time=end,
            parent=tags.get("mlflow.parentRunId") or None,
            note=tags.get(NOTE) or None,
            params={key: read_param(value) for key, value in self.params.items()},
            tags={key: value for key, value in tags.items() if not key.startswith(_OWN)},
            metrics=self.metrics,
            files=self.files,
            inputs=self.inputs,
            context=self._context(),
            deleted=self.deleted or meta.get("lifecycle_stage") == "deleted",
        )

    def _name(self) -> str:
        told = (self.meta.get("run_name"), self.tags.get("mlflow.runName"), self.meta.get("name"))
        return next((str(name) for name in told if name not in (None, "")), self.id)

    def _context(self) -> dict[str, Any]:
        meta, tags = self.meta, self.tags
        dirty = tags.get("mlflow.source.git.dirty")
        git = {
            "commit": tags.get("mlflow.source.git.commit") or meta.get("source_version"),
            "branch": tags.get("mlflow.source.git.branch") or tags.get("mlflow.gitBranchName"),
            "dirty": {"true": True, "false": False}.get((dirty or "").lower()),
            "remote": tags.get("mlflow.source.git.repoURL") or tags.get("mlflow.gitRepoURL"),
        }
        git = {key: value for key, value in git.items() if value not in (None, "")}
        more = {
            "user": tags.get("mlflow.user") or meta.get("user_id"),
            "source": tags.get("mlflow.source.name") or meta.get("source_name"),
            "mlflow": _own_tags(tags) | ({"models": list(self.models)} if self.models else {}),
            "git": git,
        }
        more |= {f"git_{key}": git.get(key) for key in ("commit", "branch", "dirty")}
        return {key: value for key, value in more.items() if value not in (None, "", {})}


def fit_experiment(name: str) -> str:
    """A name of an experiment; one that is too long here ends with a digest, so that it is unique.

    MLflow takes names of twice the length.
    """
    text = as_text(name).strip()
    if len(text) <= MAX_NAME_LENGTH:
        return name
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: MAX_NAME_LENGTH - len(digest) - 1]}…{digest}"


def make_experiment(name: str, tags: Mapping[str, str], *, deleted: bool) -> ForeignExperiment:
    """An experiment with its note; MLflow's own tags are about its pages, and left out."""
    metric = tags.get("mlflow.experiment.primaryMetric.name") or None
    greater = tags.get("mlflow.experiment.primaryMetric.greaterIsBetter", "").lower()
    return ForeignExperiment(
        fit_experiment(name),
        note=tags.get(NOTE) or None,
        primary_metric=metric,
        direction={"true": "up", "false": "down"}.get(greater) if metric else None,
        tags={key: value for key, value in tags.items() if not key.startswith(_OWN)},
        deleted=deleted,
    )


def merge_experiments(found: Iterable[ForeignExperiment]) -> Iterator[ForeignExperiment]:
    """One of each name: it is deleted if all are, and what was said of any is said of it."""
    merged: dict[str, ForeignExperiment] = {}
    for one in found:
        before = merged.get(one.name)
        if before is not None:
            one = _merge(before, one)
        merged[one.name] = one
    yield from merged.values()


def _merge(first: ForeignExperiment, second: ForeignExperiment) -> ForeignExperiment:
    judged = first if first.primary_metric else second
    return ForeignExperiment(
        first.name,
        note=first.note or second.note,
        primary_metric=judged.primary_metric,
        direction=judged.direction,
        tags={**second.tags, **first.tags},
        deleted=first.deleted and second.deleted,
    )


def make_input(meta: Mapping[str, Any], tags: Mapping[str, Any]) -> InputRecord:
    """A data set that a run used, from MLflow's record of it and the tags of its use.

    What says of its source more than an address is kept in the profile, under "mlflow", and so are
    the tags that are not its context.
    """
    texts = {as_text(key): as_text(value) for key, value in tags.items() if isinstance(value, str)}
    context = texts.pop(_DATA_CONTEXT, None)
    profile = _read_object(meta.get("profile"))
    told = {key: meta.get(key) for key in ("source_type", "source")}
    raw: dict[str, Any] = {k: as_text(value) for k, value in told.items() if isinstance(value, str)}
    if texts:
        raw["tags"] = texts
    if profile is None and isinstance(meta.get("profile"), str):
        raw["profile"] = as_text(meta["profile"])
    return InputRecord(
        name=str(meta.get("name") or "dataset"),
        digest=str(meta.get("digest") or ""),
        source=_source_of(meta.get("source")),
        context=context,
        schema=_read_object(meta.get("schema")),
        profile={**(profile or {}), "mlflow": raw} if raw else profile,
    )


def place_models(
    models: Iterable[tuple[str, str, tuple[FileRecord, ...]]],
) -> Iterator[FileRecord]:
    """The files of a run's models (name, id, files), the oldest first, each below its name.

    Later models of the same name are kept below their name and id.
    """
    listed = list(models)
    folders = name_folders((name, identity) for name, identity, _ in listed)
    for _, identity, files in listed:
        for file in files:
            yield replace(file, path=f"{folders[identity]}/{file.path}")


def name_folders(models: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The folder of each of a run's models (name, id) among the run's files, by id."""
    taken: set[str] = set()
    folders: dict[str, str] = {}
    for name, identity in models:
        folders[identity] = f"{name}-{identity}" if name in taken else name
        taken.add(name)
    return folders


def read_status(told: object) -> str | None:
    """A status by its number or name, None if it is neither."""
    if isinstance(told, str) and told.isdecimal() and len(told) < 3:
        told = int(told)
    name = _NUMBERS.get(told) if isinstance(told, int) else told
    return _STATUSES.get(name) if isinstance(name, str) else None


def _moment(milliseconds: object) -> int | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return None
    return milliseconds * 1000


def _own_tags(tags: Mapping[str, str]) -> dict[str, Any]:
    own = {key: value for key, value in tags.items() if key.startswith(_OWN) and key not in _TOLD}
    return {key.removeprefix(_OWN): value for key, value in own.items()}


def _source_of(told: object) -> str | None:
    """The address in MLflow's JSON of a source; the JSON where it has none."""
    if not isinstance(told, str) or not told:
        return None
    source = _read_object(told)
    if not source:
        return told
    for key in _ADDRESSES:
        if isinstance(source.get(key), str) and source[key]:
            return str(source[key])
    tags = source.get("tags")
    script = tags.get("mlflow.source.name") if isinstance(tags, dict) else None
    return script if isinstance(script, str) and script else told


def _read_object(text: object) -> dict[str, Any] | None:
    """A JSON object that is kept as text; what can't be kept as JSON again is none."""
    if not isinstance(text, str):
        return None
    try:
        found = parse_json(text)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
