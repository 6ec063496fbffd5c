"""What the files of a run are made from, as short digests: the same digest, the same files."""

from __future__ import annotations

import hashlib
import marshal
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.query import Artifact
from runfolio.site.details import digest, is_settled, read_details
from runfolio.site.library import ExperimentEntry, RunEntry, Summary
from runfolio.store import StoreTables

_SUMMARY: Final = attrgetter(*Summary.__slots__)
_RECORD: Final = attrgetter(
    *("id", "experiment", "name", "status", "start_time", "end_time", "duration", "parent_id"),
    *("note", "context", "params", "param_texts", "tags"),
)
_ARTIFACT: Final = attrgetter("path", "size", "sha256", "media_type", "kind", "key", "step")

UNSETTLED: Final = ""
"""The digest of what can't be told yet: its files are made each time."""


@dataclass(frozen=True, slots=True)
class RunDigests:
    """What a run is: its `points` and `all` of it, empty while its files are too new to tell."""

    points: str
    all: str


class RunDigester:
    """Takes the digests of a store's runs; `now` is the time in seconds since 1970.

    A run whose tables are sealed is known by the digests of these, unless it was edited later.
    """

    def __init__(self, tables: StoreTables | None = None, now: float | None = None) -> None:
        self._now = time.time() if now is None else now
        self._folders: dict[Path, tuple[int, ...]] = {}
        self._points = tables.points if tables is not None else None
        self._edited = tables.edited if tables is not None else frozenset()
        self._bare = _find_bare(tables) if tables is not None else frozenset()

    def digest_all(self, experiment: ExperimentEntry) -> Iterator[tuple[str, RunDigests]]:
        """The digests of all runs of an experiment, by id."""
        marks = experiment.table.marks
        for number, run_id in enumerate(experiment.table.ids):
            identity = self._identify(run_id)
            if identity and run_id in self._bare and run_id not in self._edited:
                yield run_id, RunDigests(identity, f"{identity} {marks[number]}")
            else:
                yield run_id, self.digest(experiment.runs[number])

    def digest(self, run: RunEntry) -> RunDigests:
        """The digests of a run."""
        identity = self._identify(run.id)
        points = identity or _digest_points(run)
        files = [self._describe(one) for one in run.record.artifacts]
        if any(found is None for found in files):
            return RunDigests(points, UNSETTLED)
        known = identity and run.id not in self._edited
        values = () if known else _describe_run(run)
        return RunDigests(points, digest(points, run.mark, values, files))

    def _identify(self, run_id: str) -> str:
        """What tells the tables of a run from others; empty where they have to be looked at."""
        identity = self._points.identity(run_id) if self._points is not None else ""
        return f"{identity} {run_id}" if identity else ""

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


def _find_bare(tables: StoreTables) -> frozenset[str]:
    """The runs without artifacts."""
    everyone = tables.runs["run_id"].to_pylist()
    return frozenset(everyone) - set(tables.artifacts["run_id"].to_pylist())


def _describe_run(run: RunEntry) -> tuple[Any, ...]:
    record = run.record
    return (
        _RECORD(record),
        [astuple(one) for one in record.inputs],
        [(key, _SUMMARY(one)) for key, one in run.summaries.items()],
        [_ARTIFACT(one) for one in record.artifacts],
    )


def _digest_points(run: RunEntry) -> str:
    hasher = hashlib.blake2b(marshal.dumps(tuple(run.curves), 2), digest_size=16)
    for curve in run.curves.values():
        for column in (curve.step, curve.time, curve.value):
            hasher.update(len(column).to_bytes(8, "little"))
            hasher.update(np.ascontiguousarray(column).data)
    return hasher.hexdigest()
