"""MLflow's ``mlruns`` folders, of every version: a folder a run, and in it a file a fact."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from runfolio.schema import FileRecord, InputRecord, Series
from runfolio.sources.mlflow.artifacts import Finder, make_file
from runfolio.sources.mlflow.metrics import read_files
from runfolio.sources.mlflow.registry import Registry
from runfolio.sources.mlflow.registry_folders import read_folders
from runfolio.sources.mlflow.runs import (
    Found,
    make_experiment,
    make_input,
    name_folders,
    place_models,
    read_status,
)
from runfolio.sources.mlflow.tree import (
    MAX_BATCH,
    MAX_METRIC,
    MAX_TEXT,
    META,
    Meta,
    Tree,
    read_bytes,
    read_folder_meta,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignExperiment, ForeignRun

_ID: Final = re.compile(r"[A-Za-z0-9][\w\-]{0,255}")
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_TRASH: Final = ".trash"


@dataclass(frozen=True, slots=True)
class _Experiment:
    name: str
    deleted: bool


class FolderReader:
    """Reads the runs of all ``mlruns`` folders in a place, or of a part of one."""

    def __init__(self, place: Place, reading: Reading, registry: Registry) -> None:
        self._place = place
        self._reading = reading
        self._registry = registry
        self._tree = Tree(place)
        self._experiments: dict[str, _Experiment] = {}
        self._finders: dict[str, Finder] = {}

    def read(self) -> Iterator[ForeignRun | ForeignExperiment]:
        """The runs, sorted by their folders, and then the experiments."""
        for folder in self._tree.runs:
            yield self._read_run(folder)
        for folder in sorted(self._tree.metas):
            if _is_experiment(self._tree.metas[folder].values):
                found = self._experiment(folder)
                tags = self._texts(folder, "tags")
                yield make_experiment(found.name, tags, deleted=found.deleted)
        self._skip_models()
        for model in read_folders(self._tree, self._reading, self._texts):
            self._registry.note_model(model)

    def _skip_models(self) -> None:
        here = {self._id(folder) for folder in self._tree.runs}
        for run_id in sorted(self._models.keys() - here):
            for meta, files in self._models[run_id]:
                if files:
                    self._reading.skip(meta["folder"], "the run that made this model is not here")

    @property
    def elsewhere(self) -> Counter[str]:
        """The locations outside of the place, with the number of runs and models there."""
        counts: Counter[str] = Counter()
        for finder in self._finders.values():
            counts += finder.elsewhere
        return counts

    def _read_run(self, folder: str) -> ForeignRun:
        meta = self._meta(folder, "so the run's times and status are not known")
        above = os.path.dirname(folder)  # noqa: PTH120
        experiment = self._experiment(above, meta.get("experiment_id"))
        run_id = self._id(folder)
        found = Found(run_id, experiment.name, meta, experiment.deleted)
        found.params = self._texts(folder, "params")
        found.tags = self._texts(folder, "tags")
        found.metrics = list(self._metrics(folder))
        found.files = (*self._artifacts(folder, run_id, meta), *self._models_of(run_id))
        found.models = tuple(str(meta["model_id"]) for meta, _ in self._models.get(run_id, ()))
        found.inputs = tuple(self._inputs(folder, above))
        if meta and read_status(meta.get("status")) is None:
            told = f"its status is {meta.get('status')!r}, which is none"
            self._reading.skip(Path(folder, META), told)
        return found.make_run()

    def _id(self, folder: str) -> str:
        """The id of a run: as its ``meta.yaml`` says unless that is cut, else its folder's name."""
        name = os.path.basename(folder)  # noqa: PTH119
        values = self._known(folder).values
        told = values.get("run_id") or values.get("run_uuid")
        if isinstance(told, str) and _ID.fullmatch(told) and not name.startswith(told):
            return told
        return name

    def _known(self, folder: str) -> Meta:
        return self._tree.metas.get(folder) or Meta(problem="it is missing")

    def _meta(self, folder: str, effect: str) -> Mapping[str, Any]:
        """What is known of a folder; what is wrong with that is skipped, with its effect."""
        meta = self._known(folder)
        if meta.problem:
            self._reading.skip(Path(folder, META), f"{meta.problem}, {effect}")
        return meta.values

    def _experiment(self, folder: str, told_id: object = None) -> _Experiment:
        if folder not in self._experiments:
            self._experiments[folder] = self._read_experiment(Path(folder), told_id)
        return self._experiments[folder]

    def _read_experiment(self, folder: Path, told_id: object) -> _Experiment:
        if folder == self._place.folder.parent:
            values = _read_above(folder)
            name = values.get("name") or told_id or folder.name
        else:
            values = self._meta(str(folder), "so the experiment's name may not be known")
            name = values.get("name") or folder.name or self._place.name
        gone = values.get("lifecycle_stage") == "deleted" or folder.parent.name == _TRASH
        return _Experiment(str(name), gone)

    def _texts(self, folder: str, kind: str) -> dict[str, str]:
        """The parameters or tags of a folder, each a file whose name may have slashes."""
        texts: dict[str, str] = {}
        for key, name in self._keys(folder, kind):
            with self._reading.skipping(name):
                texts[key] = read_bytes(name, MAX_TEXT).decode(errors="replace")
        return texts

    def _metrics(self, folder: str) -> Iterator[Series]:
        batch: list[tuple[str, str, bytes]] = []
        size = 0
        for key, name in self._keys(folder, "metrics"):
            with self._reading.skipping(name):
                batch.append((key, name, read_bytes(name, MAX_METRIC)))
                size += len(batch[-1][2])
            if size > MAX_BATCH:
                yield from self._series(batch)
                batch, size = [], 0
        yield from self._series(batch)

    def _series(self, batch: list[tuple[str, str, bytes]]) -> Iterator[Series]:
        found = read_files([content for _, _, content in batch])
        for (key, name, _), lines in zip(batch, found, strict=True):
            if lines.problem:
                self._reading.skip(name, lines.problem)
            yield lines.series(key)

    def _keys(self, folder: str, kind: str) -> list[tuple[str, str]]:
        """The keys below a folder with their files; no key of MLflow's has a ``%`` of its own."""
        top = os.path.join(folder, kind)  # noqa: PTH118
        names = self._tree.below(top)
        keys = {name[len(top) + 1 :].replace(os.sep, "/"): name for name in names}
        plain = {key: unquote(key) if _ENCODED.search(key) else key for key in keys}
        return [
            (key if plain[key] != key and plain[key] in keys else plain[key], name)
            for key, name in keys.items()
        ]

    def _artifacts(
        self, folder: str, run_id: str, meta: Mapping[str, Any]
    ) -> tuple[FileRecord, ...]:
        files = self._files(os.path.join(folder, "artifacts"))  # noqa: PTH118
        return files or self._finder(folder).find(
            meta.get("artifact_uri"), run_id, str(meta.get("experiment_id") or "")
        )

    def _files(self, folder: str) -> tuple[FileRecord, ...]:
        start = len(folder) + 1
        names = self._tree.below(folder)
        return tuple(make_file(name[start:].replace(os.sep, "/"), Path(name)) for name in names)

    def _finder(self, folder: str) -> Finder:
        store = Path(folder).parent.parent
        root = store.parent if store.name == _TRASH else store
        if not root.is_relative_to(self._place.folder):
            root = self._place.folder
        return self._finders.setdefault(str(root), Finder(self._place, root))

    @cached_property
    def _models(self) -> dict[str, list[tuple[Mapping[str, Any], tuple[FileRecord, ...]]]]:
        """The models that are not deleted, by the run that made them, the oldest first."""
        models: dict[str, list[tuple[Mapping[str, Any], tuple[FileRecord, ...]]]]
        models = defaultdict(list)
        for folder, meta in self._tree.metas.items():
            values = meta.values
            if "model_id" not in values or {"version", "run_id"} & values.keys():
                continue
            if values.get("lifecycle_stage") != "deleted" and values.get("source_run_id"):
                files = self._files(os.path.join(folder, "artifacts"))  # noqa: PTH118
                files = files or self._finder(folder).find(
                    values.get("artifact_location"),
                    str(values["model_id"]),
                    str(values.get("experiment_id") or ""),
                )
                told = {**values, "folder": folder}
                models[str(values["source_run_id"])].append((told, files))
        for found in models.values():
            found.sort(key=lambda one: (str(one[0].get("creation_timestamp")), one[0]["folder"]))
        return dict(models)

    def _models_of(self, run_id: str) -> Iterator[FileRecord]:
        models = [
            (str(meta.get("name") or "model"), str(meta["model_id"]), files)
            for meta, files in self._models.get(run_id, ())
        ]
        self._registry.note_logged(run_id, name_folders((name, one) for name, one, _ in models))
        return place_models(models)

    def _inputs(self, folder: str, experiment: str) -> Iterator[InputRecord]:
        for name in self._tree.below(os.path.join(folder, "inputs")):  # noqa: PTH118
            values = self._known(os.path.dirname(name)).values  # noqa: PTH120
            if not name.endswith(META) or str(values.get("source_type")).upper() == "MODEL":
                continue
            source = str(values.get("source_id") or "")
            data = self._tree.metas.get(os.path.join(experiment, "datasets", source))  # noqa: PTH118
            if not source or data is None or not data.values:
                self._reading.skip(name, "the data set that it is about is not here")
                continue
            tags = values.get("tags")
            yield make_input(data.values, tags if isinstance(tags, dict) else {})


def _is_experiment(values: Mapping[str, Any]) -> bool:
    named = "experiment_id" in values and "name" in values
    return named and not {"run_id", "run_uuid", "model_id", "source_run_id"} & values.keys()


def _read_above(folder: Path) -> Mapping[str, Any]:
    """What the folder above a single run says of its experiment; a link there is not followed."""
    path = folder / META
    return read_folder_meta(path).values if Place(folder).holds(path) else {}
