"""MLflow's stores: ``mlruns`` folders and SQLite databases, of every version.

A database and folders at one place are all read; the database comes first, since MLflow moves
runs from folders to databases and not back.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from runfolio.errors import MlflowUnreadable
from runfolio.sources.databases import open_database
from runfolio.sources.mlflow.artifacts import Finder
from runfolio.sources.mlflow.files import FolderReader
from runfolio.sources.mlflow.registry import Registry
from runfolio.sources.mlflow.runs import merge_experiments
from runfolio.sources.mlflow.sqlite import DatabaseReader, find_databases
from runfolio.sources.mlflow.tree import looks_like_runs
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignExperiment, ForeignRun, Found, Source


def finds(place: Place) -> bool:
    """Whether a place holds a folder of runs or a database of MLflow's."""
    return looks_like_runs(place) or next(find_databases(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[Found]:
    """The runs of all databases and folders in a place, then their experiments and models."""
    registry = Registry()
    experiments: list[ForeignExperiment] = []
    elsewhere: Counter[str] = Counter()
    known: set[str] = set()
    again = 0
    for found in _read_stores(place, reading, elsewhere, registry):
        if isinstance(found, ForeignExperiment):
            experiments.append(found)
        elif found.identity in known:
            again += 1
        else:
            known.add(found.identity)
            registry.note_run(found)
            yield found
    yield from merge_experiments(experiments)
    yield from registry.models()
    if again:
        reading.skip(place.path, f"runs that are here again were left out ({again:,})")
    for location, count in sorted(elsewhere.items()):
        told = f"artifacts at {location!r} lie outside of it, so they were not read"
        reading.skip(place.path, f"{told} (runs and models: {count:,})")


def _read_stores(
    place: Place, reading: Reading, elsewhere: Counter[str], registry: Registry
) -> Iterator[ForeignRun | ForeignExperiment]:
    for path in find_databases(place):
        finder = Finder(place, path.parent)
        with reading.skipping(path, sqlite3.Error), open_database(path, reading) as database:
            yield from DatabaseReader(path, database, finder, registry).read()
        elsewhere += finder.elsewhere
    if place.path.is_dir():
        folders = FolderReader(place, reading, registry)
        yield from folders.read()
        elsewhere += folders.elsewhere


SOURCE = Source(kind="mlflow", title="MLflow", error=MlflowUnreadable, finds=finds, read=read)
