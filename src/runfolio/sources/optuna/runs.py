"""Optuna's storages: each study is an experiment, and each of its trials a run.

SQLite storages keep local times before Optuna 5 and don't say of which place; they are taken as
UTC, as those of Optuna 5 are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runfolio.errors import OptunaUnreadable
from runfolio.sources.databases import is_database
from runfolio.sources.optuna.journal import is_journal, read_journal
from runfolio.sources.optuna.rdb import holds_studies, read_database
from runfolio.sources.optuna.studies import RunMaker, Study
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignExperiment, ForeignRun, Source

_SUFFIXES: Final = frozenset(
    ("", ".db", ".sqlite", ".sqlite3", ".db3", ".optuna", ".log", ".journal", ".jsonl", ".txt")
)
"""How the names of storages end. Their users choose them, so one named as a path may be any."""

_HEAD: Final = 4096


def finds(place: Place) -> bool:
    """Whether one of the files is a storage."""
    return next(_find_storages(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun | ForeignExperiment]:
    """The studies of all storages below a place, each with its trials."""
    for path in _find_storages(place):
        studies: list[Study] = []
        with reading.skipping(path):
            studies = (read_journal if _is_journal(place, path) else read_database)(path, reading)
            maker = RunMaker(path, reading)
        for study in studies:
            yield from maker.make(study)


def _find_storages(place: Place) -> Iterator[Path]:
    aside = Reading(OptunaUnreadable)
    for path in place.files:
        if path.suffix.lower() in _SUFFIXES or path == place.path:
            database = is_database(place.head(path, _HEAD)) and holds_studies(path, aside)
            if database or _is_journal(place, path):
                yield path


def _is_journal(place: Place, path: Path) -> bool:
    return is_journal(place.head(path, _HEAD))


SOURCE: Final = Source(
    kind="optuna", title="Optuna", error=OptunaUnreadable, finds=finds, read=read
)
