"""Aim's repositories, read with the ``aim`` package, which alone knows how they are encoded.

Opening a repository changes its files, so a copy is opened. Of what Aim captures, environment
variables are left out, since they may hold secrets. A run without an end is taken to be running.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from runfolio.errors import AimUnreadable, MissingDependency
from runfolio.sources.aim.runs import make_run
from runfolio.sources.databases import copy_part
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source

_DATABASE: Final = "run_metadata.sqlite"


def finds(place: Place) -> bool:
    """Whether one of the folders is a repository, by the names in it; it needs no package."""
    return next(_find_repositories(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs of all repositories below a place, by hash; raises `MissingDependency`."""
    aim = _import_aim()
    for folder in _find_repositories(place):
        with _copy(place, folder) as root:
            yield from _read_repository(aim, root, folder, reading)


def _read_repository(aim: Any, root: Path, folder: Path, reading: Reading) -> Iterator[ForeignRun]:
    # What the package raises for damage has no common class.
    hashes: list[str] = []
    with reading.skipping(folder, Exception):
        repository = aim.Repo(str(root))
        hashes = sorted(repository.list_all_runs())
    for name in hashes:
        with reading.skipping(folder / "meta" / "chunks" / name, Exception):
            yield make_run(aim.Run(name, repo=repository, read_only=True), folder, reading)


def _find_repositories(place: Place) -> Iterator[Path]:
    for path in place.files:
        if path.name == _DATABASE and place.holds(path.parent / "meta" / "chunks"):
            yield path.parent


@contextmanager
def _copy(place: Place, folder: Path) -> Iterator[Path]:
    """A folder with a copy of a repository, without the index of its runs.

    Aim writes the index from time to time; without one it looks at each run.
    """
    with tempfile.TemporaryDirectory(prefix="runfolio-aim-") as spool:
        for path in place.files:
            if path.is_relative_to(folder) and not _is_index(path.relative_to(folder)):
                copy = Path(spool, ".aim", path.relative_to(folder))
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy_part(path, copy)
        for name in ("meta", "seqs"):
            Path(spool, ".aim", name, "chunks").mkdir(parents=True, exist_ok=True)
        yield Path(spool)


def _is_index(path: Path) -> bool:
    return path.parts[:2] == ("meta", "index")


def _import_aim() -> Any:
    try:
        return import_module("aim")
    except ImportError:
        raise MissingDependency(
            "Reading an Aim repository takes the package 'aim', which needs Python 3.12 or older. "
            "Install it there with: pip install 'runfolio[aim]'"
        ) from None


SOURCE: Final = Source(kind="aim", title="Aim", error=AimUnreadable, finds=finds, read=read)
