"""What files of the site are made from, as short digests: the same digest, the same files.

Digests are of plain values, written in one way (version 2 of `marshal`, which has no references),
so that those of one process hold in the next.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache
from importlib import metadata
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.query import Artifact
from runfolio.site.library import RunEntry, Summary

SETTLED: Final = 2.0
"""Seconds after which a file that is written again has another time, on any file system."""

_LIBRARIES: Final = (
    *("altair", "jinja2", "markdown-it-py", "markupsafe", "nh3", "numpy", "pyarrow", "pygments"),
    *("scikit-learn", "scipy", "tsdownsample", "vl-convert-python"),
)
_SUMMARY: Final = attrgetter(*Summary.__slots__)
_RECORD: Final = attrgetter(
    *("id", "experiment", "name", "status", "start_time", "end_time", "duration", "parent_id"),
    *("note", "context", "params", "param_texts", "tags"),
)
_ARTIFACT: Final = attrgetter("path", "size", "sha256", "media_type", "kind", "key", "step")

UNSETTLED: Final = ""
"""The digest of what can't be told yet: its files are made each time."""


def digest(*values: Any) -> str:
    """The digest of plain values: texts, numbers, None, and tuples, lists and dictionaries."""
    return hashlib.blake2b(marshal.dumps(values, 2), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class RunDigests:
    """What a run is: its `points` and `all` of it, empty while its files are too new to tell."""

    points: str
    all: str


class RunDigester:
    """Takes the digests of runs; `now` is the time in seconds since 1970."""

    def __init__(self, now: float | None = None) -> None:
        self._now = time.time() if now is None else now
        self._folders: dict[Path, tuple[int, ...]] = {}

    def digest(self, run: RunEntry) -> RunDigests:
        """The digests of a run."""
        record, points = run.record, _digest_points(run)
        files = [self._describe(one) for one in record.artifacts]
        values = (
            _RECORD(record),
            [astuple(one) for one in record.inputs],
            [(key, _SUMMARY(one)) for key, one in run.summaries.items()],
            [_ARTIFACT(one) for one in record.artifacts],
            run.mark,
        )
        if any(found is None for found in files):
            return RunDigests(points, UNSETTLED)
        return RunDigests(points, digest(points, values, files))

    def _describe(self, artifact: Artifact) -> tuple[Any, ...] | None:
        """What the disk says of an artifact's file and its folders; None if it is too new to tell.

        Within the same moment a file could be written again without another time.
        """
        found = read_details(artifact.file)
        if not is_settled(found, self._now):
            return None
        folders = []
        for folder in artifact.file.parents:
            if folder not in self._folders:
                details = read_details(folder)
                self._folders[folder] = details[0], details[4]
            folders.append(self._folders[folder])
            if folder == artifact.folder:
                break
        return *found, *folders


Details = tuple[int, int, int, int, int]
"""Mode, size, times of change in nanoseconds and number of a file."""


def read_details(path: Path, *, follow: bool = False) -> Details:
    """What the disk says of a file, or of what a link leads to; all zeros where there is none."""
    try:
        found = os.stat(path, follow_symlinks=follow)  # noqa: PTH116, it is faster
    except (OSError, ValueError):
        return 0, 0, 0, 0, 0
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_settled(details: Details, now: float) -> bool:
    """Whether a file can't be written again from `now` on without another time."""
    return max(details[2:4]) < (now - SETTLED) * 1e9


def _digest_points(run: RunEntry) -> str:
    hasher = hashlib.blake2b(marshal.dumps(tuple(run.curves), 2), digest_size=16)
    for curve in run.curves.values():
        for column in (curve.step, curve.time, curve.value):
            hasher.update(len(column).to_bytes(8, "little"))
            hasher.update(np.ascontiguousarray(column).data)
    return hasher.hexdigest()


def digest_code(shipped: Path, own: Iterable[Path | None]) -> str:
    """The digest of the program, of what it uses, and of templates.

    Its files and those that are `shipped` with it count by name, size and time, one's `own` by all
    that the disk says of them.
    """
    package = Path(__file__).parents[1]
    program = [
        (str(path), *read_details(path, follow=True)[1:3])
        for folder in (package, shipped)
        for path in _files_below(folder)
    ]
    templates = [
        (str(path), *read_details(path, follow=True))
        for folder in own
        if folder is not None
        for path in _files_below(folder)
    ]
    return digest(program, templates, _versions())


def _files_below(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    for parent, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "node_modules"))
        for name in sorted(files):
            yield Path(parent, name)


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return ("python", sys.version), *((name, _version(name)) for name in _LIBRARIES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
