"""TensorBoard's event files: one run for each folder that has some.

Runs are named by their folder's path, as TensorBoard names them. What PyTorch's ``add_hparams``
keeps in a folder named by the time belongs to the run around it, unless there are several: then
they are trials of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.errors import TensorboardUnreadable
from runfolio.schema import FINISHED
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Parts, Source
from runfolio.sources.tensorboard.contents import Contents
from runfolio.sources.tensorboard.hparams import (
    HPARAMS_FILE,
    join_params,
    read_hparams_file,
    to_time,
)
from runfolio.sources.tensorboard.reading import HeldFiles, read_contents

_MARK: Final = "tfevents"
_STAMP: Final = re.compile(r"[0-9]{9,11}(\.[0-9]+)?")
_NAME: Final = re.compile(r"events\.out\.tfevents\.[0-9]+\.(?P<host>.+)")
_PROCESS: Final = re.compile(r"(?P<host>.+)\.(?P<pid>[0-9]+)\.[0-9]+(\.[^.]*)?")


def finds(place: Place) -> bool:
    """Whether a file is named as an event file, or is given and begins as one."""
    return any(_MARK in name for name in place.names) or _begins_so(place)


def _begins_so(place: Place) -> bool:
    return place.path.is_file() and b"brain.Event:" in place.head(place.path, 64)


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs by path."""
    return _read_folders(place, reading, _find_folders(place))


def _find_folders(place: Place) -> list[Path]:
    """The folders of runs, but for those that belong to the run around them."""
    found = _event_files(place)
    return [folder for folder in sorted(found) if not _is_session(folder, found)]


def _read_folders(place: Place, reading: Reading, folders: Iterable[Path]) -> Iterator[ForeignRun]:
    store = _Store(place, reading, _event_files(place))
    for folder in folders:
        yield from store.runs(folder)


def _event_files(place: Place) -> dict[Path, list[Path]]:
    folders: dict[Path, list[Path]] = {}
    for file in place.files:
        if _MARK in file.name or place.path.is_file():
            folders.setdefault(file.parent, []).append(file)
    return folders


def _is_session(folder: Path, folders: Collection[Path]) -> bool:
    """Whether a folder is named by the time and lies in that of a run."""
    above = folder.parent
    stamped = _STAMP.fullmatch(folder.name) is not None
    return stamped and above in folders and not _STAMP.fullmatch(above.name)


SOURCE: Final = Source(
    kind="tensorboard",
    title="TensorBoard event files",
    error=TensorboardUnreadable,
    finds=finds,
    read=read,
    parts=Parts(_find_folders, _read_folders),
)


class _Store:
    def __init__(self, place: Place, reading: Reading, folders: Mapping[Path, list[Path]]) -> None:
        self._place = place
        self._reading = reading
        self._folders = folders
        self._name = Place(place.folder).name
        self._below: dict[Path, list[Path]] = {}
        for folder in sorted(folders):
            self._below.setdefault(folder.parent, []).append(folder)

    def _is_session(self, folder: Path) -> bool:
        return _is_session(folder, self._folders)

    def runs(self, folder: Path) -> Iterator[ForeignRun]:
        """The run of a folder, and those in folders below it that are named by the time."""
        found = self._contents(folder)
        below = self._below.get(folder, [])
        sessions = {one: self._contents(one) for one in below if self._is_session(one)}
        told = [one for one in sessions if sessions[one].session.told]
        if len(told) == 1 and found.began is not None:
            found.absorb(sessions.pop(told[0]))
        run = self._run(folder, found)
        if run is not None:
            yield run
        for one, contents in sessions.items():
            trial = self._run(one, contents)
            if trial is not None:
                trial.parent = run.identity if run is not None and one in told else None
                yield trial

    def _contents(self, folder: Path) -> Contents:
        before = len(self._reading.skipped)
        found = read_contents(self._folders[folder], self._reading)
        if not found and len(self._reading.skipped) == before and not self._sessions(folder):
            self._reading.skip(folder, "its event files hold no values")
        return found

    def _sessions(self, folder: Path) -> bool:
        return any(one.parent == folder and self._is_session(one) for one in self._folders)

    def _run(self, folder: Path, found: Contents) -> ForeignRun | None:
        if not found:
            return None
        relative = self._place.relative(folder)
        series, session = found.series(), found.session
        return ForeignRun(
            identity=f"{relative}\n{found.began!r}",
            experiment=self._name,
            name=self._name if relative == "." else relative,
            status=session.status or FINISHED,
            start_time=session.start_time or to_time(found.began or 0.0),
            end_time=session.end_time,
            params=self._params(folder, session.params),
            metrics=series,
            files=HeldFiles(found, self._reading),
            context=_read_context(self._folders[folder]),
            timed=not series or any(bool(np.any(one.times != found.otherwise)) for one in series),
        )

    def _params(self, folder: Path, told: Mapping[str, Any]) -> dict[str, Any]:
        path = folder / HPARAMS_FILE
        written: dict[str, Any] = {}
        if path.is_file() and self._place.holds(path):
            with self._reading.skipping(path, ValueError):
                written = read_hparams_file(path)
        return join_params(told, written)


def _read_context(files: list[Path]) -> dict[str, Any]:
    """The machine's name, which writers put into the names of event files."""
    for file in sorted(files):
        named = _NAME.fullmatch(file.name.removesuffix(".v2"))
        if named:
            process = _PROCESS.fullmatch(named["host"])
            return {"host": process["host"] if process else named["host"]}
    return {}
