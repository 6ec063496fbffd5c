"""The files of an ``mlruns`` folder, as MLflow arranges them: which folder is a run, which not."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any, Final

from runfolio.errors import MlflowUnreadable
from runfolio.sources.mlflow.meta import read_meta
from runfolio.sources.place import Place

META: Final = "meta.yaml"

MAX_TEXT: Final = 1 << 20
"""Bytes of a parameter or tag that are read at most."""

MAX_METRIC: Final = 512 << 20
"""Bytes of a metric's file that are read at most."""

MAX_BATCH: Final = 8 << 20
"""Bytes of metric files that are read at once, or one file if it has more."""

_RUN: Final = re.compile(r"(?s)(.*(?:^|/))([0-9a-f]{32})/(?:metrics|params|tags)/")
"""A folder that can only be a run's, whether or not its ``meta.yaml`` can be read."""

_HEAD: Final = re.compile(rb"(?m)^(run_id|run_uuid|experiment_id):")
_NO_RUN: Final = frozenset(("version", "current_stage", "model_id", "source_id"))
"""Keys of registered versions, models and inputs, which name a run too."""


@dataclass(slots=True)
class Meta:
    """What a folder's ``meta.yaml`` says, and what is wrong with it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


@dataclass
class Tree:
    """All files of a place by their names, sorted, and what its ``meta.yaml`` files say."""

    place: Place

    @cached_property
    def names(self) -> list[str]:
        return sorted(map(os.fspath, self.place.files))

    @cached_property
    def metas(self) -> dict[str, Meta]:
        """By folder."""
        ending = os.sep + META
        found = (name for name in self.names if name.endswith(ending))
        return {name.removesuffix(ending): read_folder_meta(Path(name)) for name in found}

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """The folders of runs, sorted. What lies inside of one is an artifact, and no run."""
        told = {folder for folder, meta in self.metas.items() if is_run(meta.values)}
        found = sorted(told | set(find_run_folders(self.place, self.names)))
        kept: dict[str, None] = {}
        for folder in found:
            if not any(above in kept for above in _parents(folder)):
                kept[folder] = None
        return tuple(kept)

    def below(self, folder: str) -> list[str]:
        """The names of all files below a folder."""
        first = bisect_left(self.names, folder + os.sep)
        end = bisect_left(self.names, folder + chr(ord(os.sep) + 1))
        return self.names[first:end]


def looks_like_runs(place: Place) -> bool:
    """Whether a place holds a folder of MLflow's, from the names and first bytes of files."""
    if not place.path.is_dir():
        return False
    names = [os.fspath(file) for file in place.files]
    metas = (file for file in place.files if file.name == META)
    return next(find_run_folders(place, names), None) is not None or any(
        _HEAD.search(place.head(file, 4096)) for file in metas
    )


def is_run(values: Mapping[str, Any]) -> bool:
    """Whether a ``meta.yaml`` is that of a run."""
    return ("run_id" in values or "run_uuid" in values) and not _NO_RUN & values.keys()


def find_run_folders(place: Place, names: list[str]) -> Iterator[str]:
    """The folders that hold parameters, metrics or tags below a run's id; some repeat."""
    start = len(os.fspath(place.folder)) - len(place.folder.name)
    for name in names:
        match = _RUN.match(name[start:].replace(os.sep, "/"))
        if match and not match[1].endswith(("/traces/", "/datasets/", "/inputs/", "/models/")):
            yield name[: start + match.end(2)]


def read_bytes(name: str, limit: int) -> bytes:
    """The content of a small file; raises `MlflowUnreadable` past `limit` bytes, or `OSError`."""
    with FileIO(name) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise MlflowUnreadable(f"it has more than {limit:,} bytes")
        return file.read(size) if size else b""


def read_folder_meta(path: Path) -> Meta:
    """What a ``meta.yaml`` says, or why it can't be read."""
    try:
        return Meta(*read_meta(path))
    except (MlflowUnreadable, OSError) as error:
        return Meta(problem=str(error))


def _parents(folder: str) -> Iterator[str]:
    while (above := os.path.dirname(folder)) != folder:  # noqa: PTH120
        yield above
        folder = above
