"""A store written out as an ``mlruns`` folder, which MLflow reads as its own.

::

    mlruns/<experiment id>/meta.yaml
                           tags/…
                           datasets/<id>/meta.yaml
                           <run id>/meta.yaml
                                    params/… metrics/… tags/…   a file for each
                                    inputs/<id>/meta.yaml
                                    artifacts/…
    mlruns/models/<name>/…                             registered models

MLflow opens it with ``MLFLOW_ALLOW_FILE_STORE=true`` and ``mlflow ui --backend-store-uri mlruns``.
A run that came from MLflow gets the id it had there. One that was SCHEDULED there is RUNNING, and
logged models come as the artifacts of their runs.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidPath
from runfolio.exports.mlflow.experiments import ExperimentFacts, find_facts
from runfolio.exports.mlflow.facts import choose_ids, run_tags
from runfolio.exports.mlflow.inputs import describe_input
from runfolio.exports.mlflow.meta import META, meta_text, write_meta
from runfolio.exports.mlflow.models import find_models
from runfolio.exports.mlflow.names import Names
from runfolio.exports.mlflow.registry import RegistryWriter, find_elsewhere
from runfolio.exports.writing import new_folder
from runfolio.query.curves import Curve, find_curves
from runfolio.query.runs import RunRecord, find_runs
from runfolio.schema import FAILED, FINISHED, KILLED, RUNNING
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.edited import Said, read_said
from runfolio.store.files import copy_plain, refuse_file
from runfolio.store.registry import shown_models

if TYPE_CHECKING:
    from runfolio.store import StoreTables

_STATUSES: Final = {RUNNING: 1, FINISHED: 3, FAILED: 4, KILLED: 5}
_LOCAL_SOURCE: Final = 4
_MANY: Final = 10
_NOT_THERE: Final = (
    *(InvalidPath, FileNotFoundError, PermissionError),
    *(FileExistsError, NotADirectoryError),  # two artifacts that a damaged table calls the same
)


def write_mlflow(tables: StoreTables, target: Path) -> list[str]:
    """Write runs and the models registered of them to a new folder that MLflow opens as its own.

    Runs that are deleted are marked so. Times are milliseconds there. Returns one warning with the
    names that MLflow refuses and what became of them, one with the artifacts that can't be read,
    one with the logged models whose records are not written, and one with what MLflow's folders
    can't hold of registered models, such as versions that no run has made. Raises `OutputRefused`
    where `target` holds files.
    """
    with new_folder(target) as folder:
        writer = _Writer(tables, folder, target.expanduser().absolute(), read_said(tables.root))
        writer.write()
    return [
        *_say_renamed(writer.renamed),
        *_say_missing(writer.missing),
        *_say_models(writer.models),
        *_say_versions(writer.left_out),
    ]


def _say_renamed(renamed: Mapping[str, str]) -> list[str]:
    told = [f"{old!r} as {new!r}" for old, new in sorted(renamed.items())]
    listed = _list(told)
    return [f"MLflow refuses some names, so they are written otherwise: {listed}."] if told else []


def _say_missing(missing: list[tuple[str, str]]) -> list[str]:
    paths = [f"{run_id}/{path}" for run_id, path in missing]
    return [f"Artifacts that can't be read are left out: {_list(paths)}."] if paths else []


def _say_models(models: list[str]) -> list[str]:
    lost = "without their own parameters, tags and metrics"
    told = f"Logged models are written as artifacts of their runs, {lost}: {_list(models)}."
    return [told] if models else []


def _say_versions(left_out: list[str]) -> list[str]:
    told = "Versions and aliases of models that MLflow's folders can't hold are left out"
    return [f"{told}: {_list(left_out)}."] if left_out else []


def _list(told: list[str]) -> str:
    more = f" and {len(told) - _MANY} more" if len(told) > _MANY else ""
    return ", ".join(told[:_MANY]) + more


@dataclass
class _Writer:
    tables: StoreTables
    folder: Path
    target: Path
    said: Said
    renamed: dict[str, str] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    experiments: dict[str, ExperimentFacts] = field(default_factory=dict)

    def write(self) -> None:
        runs = find_runs(self.tables)
        ids = choose_ids(runs)
        starts: dict[str, list[int]] = {name: [] for name in self.tables.experiments}
        for run in runs:
            starts.setdefault(run.experiment, []).append(run.start_time)
        for name, times in starts.items():
            settings = self.tables.experiments.get(name)
            self.experiments[name] = find_facts(self.said, name, settings)
            self._write_experiment(self.experiments[name], times)
        places = {run.id: self._place(run.experiment) / ids[run.id] for run in runs}
        for run in runs:
            self._write_run(run, places[run.id], ids)
        self._write_metrics(places)
        self.models = find_models(self.tables.root, runs)
        self._write_registry(places, ids)

    def _write_registry(self, places: Mapping[str, Path], ids: Mapping[str, str]) -> None:
        artifacts = {
            run_id: self.target / place.relative_to(self.folder) / "artifacts"
            for run_id, place in places.items()
        }
        registry = RegistryWriter(self.folder, artifacts, ids, self._write_texts)
        registry.write(self.tables.models)
        self.renamed |= registry.names.renamed
        elsewhere = find_elsewhere(shown_models(self.said.registry))
        self.left_out = [*registry.left_out, *elsewhere]

    def _place(self, experiment: str) -> Path:
        """The folder of an experiment; MLflow keeps deleted ones in ``.trash``."""
        facts = self.experiments[experiment]
        return (self.folder / ".trash" if facts.deleted else self.folder) / facts.id

    def _write_experiment(self, facts: ExperimentFacts, starts: list[int]) -> None:
        place = self._place(facts.name)
        write_meta(place, facts.meta(starts, (self.target / facts.id).as_uri()))
        self._write_texts(place / "tags", facts.tags)

    def _write_run(self, run: RunRecord, place: Path, ids: Mapping[str, str]) -> None:
        for kind in ("params", "metrics", "artifacts", "tags"):
            (place / kind).mkdir(parents=True)
        run_id, gone = place.name, self._is_deleted(run)
        end = None if run.end_time is None else run.end_time // 1000
        artifacts = self.target / place.relative_to(self.folder) / "artifacts"
        write_meta(
            place,
            {
                "artifact_uri": artifacts.as_uri(),
                "deleted_time": (end or run.start_time // 1000) if gone else None,
                "end_time": end,
                "entry_point_name": "",
                "experiment_id": place.parent.name,
                "lifecycle_stage": "deleted" if gone else "active",
                "run_id": run_id,
                "run_name": "" if run.name == run_id else run.name,
                "run_uuid": run_id,
                "source_name": "",
                "source_type": _LOCAL_SOURCE,
                "source_version": "",
                "start_time": run.start_time // 1000,
                "status": _STATUSES.get(run.status, _STATUSES[KILLED]),
                "tags": [],
                "user_id": str(run.context.get("user") or ""),
            },
        )
        self._write_texts(place / "params", run.param_texts)
        self._write_texts(place / "tags", run_tags(run, ids))
        self._write_inputs(run, place)
        self._copy_artifacts(run, place / "artifacts")

    def _is_deleted(self, run: RunRecord) -> bool:
        """Whether a run was deleted, by itself or with the experiment it was logged to."""
        names = {run.experiment, *self.said.experiments}
        return any(self.said.deleted_since(run.id, name) is not None for name in names)

    def _write_texts(self, folder: Path, texts: Mapping[str, str]) -> None:
        """Write a file for each text, named as its key."""
        names = Names()
        for key in sorted(texts):
            path = folder / names.take(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[key], encoding="utf-8", newline="")
        self.renamed |= names.renamed

    def _write_inputs(self, run: RunRecord, place: Path) -> None:
        for number, one in enumerate(run.inputs):
            dataset, tags = describe_input(one)
            identity = _dataset_id(place.parent / "datasets", dataset)
            told = {
                "source_type": "DATASET",
                "source_id": identity,
                "destination_type": "RUN",
                "destination_id": identity,
                "tags": tags,
            }
            link = _md5(identity, place.name)
            taken = (place / "inputs" / link).exists()
            name = _md5(identity, place.name, str(number)) if taken else link
            write_meta(place / "inputs" / name, told)

    def _copy_artifacts(self, run: RunRecord, folder: Path) -> None:
        for one in run.artifacts:
            try:
                path = check_artifact_path(one.path)
                if refuse_file(one.file, one.folder) is not None:
                    raise FileNotFoundError
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                copy_plain(one.file, folder / path, within=one.folder)
            except _NOT_THERE:
                self.missing.append((run.id, one.path))

    def _write_metrics(self, places: Mapping[str, Path]) -> None:
        """Write each metric's points in log order, a line each."""
        names: defaultdict[str, Names] = defaultdict(Names)
        for curve in find_curves(self.tables.metrics):
            if curve.run_id not in places:  # a damaged table has points of no run
                continue
            path = places[curve.run_id] / "metrics" / names[curve.run_id].take(curve.key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(_lines(curve)), encoding="utf-8", newline="")
        for one in names.values():
            self.renamed |= one.renamed


def _lines(curve: Curve) -> Iterable[str]:
    """A metric's points as MLflow keeps them: milliseconds since 1970, value and step."""
    times = (curve.time // 1000).tolist()
    rows = zip(times, curve.value.tolist(), curve.step.tolist(), strict=True)
    return (f"{time} {value!r} {step}\n" for time, value, step in rows)


def _dataset_id(folder: Path, dataset: dict[str, Any]) -> str:
    """The id of a data set, written where it isn't yet; another of its name and digest gets one."""
    text = meta_text(dataset)
    plain = _md5(dataset["name"], dataset["digest"])
    for identity in (plain, _md5(text)):
        meta = folder / identity / META
        if not meta.exists():
            write_meta(folder / identity, dataset)
            return identity
        if meta.read_text(encoding="utf-8") == text:
            return identity
    return plain


def _md5(*texts: str) -> str:
    """An id of the kind MLflow makes of names."""
    digest = hashlib.md5(usedforsecurity=False)
    for text in texts:
        digest.update(text.encode(errors="replace"))
    return digest.hexdigest()
