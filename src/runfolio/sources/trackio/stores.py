"""Trackio's stores: a database or Parquet export per project, which is an experiment.

Trackio doesn't keep whether a run has ended, so all are taken to be finished. Times without a
zone, as versions before 0.6 wrote them, are taken as UTC. Traces and registered artifacts are left
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runfolio.errors import TrackioUnreadable
from runfolio.sources.databases import MAGIC, is_database
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source
from runfolio.sources.trackio.database import holds_project, read_project
from runfolio.sources.trackio.parquet import is_export, read_export
from runfolio.sources.trackio.runs import RunMaker


def finds(place: Place) -> bool:
    """Whether one of the files is a database or export of a project."""
    return next(_find_projects(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs of all projects below a place."""
    for path in _find_projects(place):
        project = None
        with reading.skipping(path):
            if is_database(place.head(path, len(MAGIC))):
                project = read_project(path, reading)
            else:
                project = read_export(place, path, reading)
        if project is not None:
            yield from RunMaker(place, path, reading).make(project)


def _find_projects(place: Place) -> Iterator[Path]:
    """The files of metrics; an export is left out where its database lies beside it."""
    aside = Reading(TrackioUnreadable)
    for path in place.files:
        asked = path == place.path
        if (asked or path.suffix == ".db") and is_database(place.head(path, len(MAGIC))):
            if holds_project(path, aside):
                yield path
        elif (asked or not path.with_suffix(".db").is_file()) and is_export(path):
            yield path


SOURCE: Final = Source(
    kind="trackio", title="Trackio", error=TrackioUnreadable, finds=finds, read=read
)
