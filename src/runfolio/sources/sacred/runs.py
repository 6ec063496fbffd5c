"""Sacred's FileStorageObserver: a numbered folder per run, with JSON files in it.

A run that says it is running does so, however old its heartbeat: whether that is too old depends
on the time of reading. Only where it says when it stopped as well, it was killed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runfolio.documents import flatten, microseconds, read_json
from runfolio.errors import SacredUnreadable
from runfolio.schema import (
    FAILED,
    FINISHED,
    KILLED,
    RUNNING,
    TRACEBACK,
    FileRecord,
    InputRecord,
    Series,
    as_text,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Parts, Source
from runfolio.sources.sacred.values import is_number, plain, read_series

_RUN: Final = "run.json"
_HEAD: Final = 1 << 16
_QUEUED: Final = "QUEUED"
_STATUSES: Final = {"COMPLETED": FINISHED, "FAILED": FAILED, "RUNNING": RUNNING}
_DIGEST = re.compile(r"_([0-9a-f]{32})(\.[^.]*)?$")
_CREDENTIALS = re.compile(r"//[^/@]+@")
_ODD: Final = (ValueError, TypeError, RecursionError)


def finds(place: Place) -> bool:
    """Whether one of the folders is a run's."""
    return next(_find_runs(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs below a place, by folder and number."""
    return _read_runs(place, reading, _list_runs(place))


def _list_runs(place: Place) -> list[Path]:
    return sorted(_find_runs(place), key=_order)


def _read_runs(place: Place, reading: Reading, files: Iterable[Path]) -> Iterator[ForeignRun]:
    for path in files:
        with reading.skipping(path, *_ODD):
            found: dict[str, Any] = plain(_read_object(path))
            if found.get("status") != _QUEUED:
                yield _Folder(place, path.parent, found, reading).make()


def _find_runs(place: Place) -> Iterator[Path]:
    for path in place.files:
        if path.name == _RUN and path.with_name("config.json").is_file():
            head = place.head(path, _HEAD)
            if path.with_name("cout.txt").is_file() or b'"experiment"' in head:
                yield path


def _order(path: Path) -> tuple[Path, int, str]:
    name = path.parent.name
    return path.parent.parent, int(name) if name.isdecimal() and len(name) < 19 else 0, name


@dataclass(slots=True)
class _Folder:
    """A run's folder, with what its ``run.json`` says."""

    place: Place
    folder: Path
    said: dict[str, Any]
    reading: Reading
    experiment: dict[str, Any] = field(init=False)
    started: int | None = field(init=False)
    stopped: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.experiment = self._part("experiment")
        self.started = microseconds(self.said.get("start_time"))
        self.stopped = microseconds(self.said.get("stop_time"))

    def make(self) -> ForeignRun:
        """The run; what can't be read of it is skipped."""
        name = self.experiment.get("name")
        status = self._status()
        title = name if isinstance(name, str) and name else self.place.name
        number = self.folder.name
        comment = self._part("meta").get("comment")
        return ForeignRun(
            identity="\0".join((title, number, str(self.said.get("start_time")))),
            experiment=title,
            name=number,
            status=status,
            start_time=self.started,
            end_time=None if status == RUNNING else self.stopped or self._time("heartbeat"),
            note=comment if isinstance(comment, str) else None,
            params=self._read_config(),
            tags=dict(self._tags()),
            metrics=[*self._read_metrics(), *self._results()],
            files=list(self._files()),
            inputs=list(self._inputs()),
            context=dict(self._context()),
        )

    def _part(self, key: str) -> dict[str, Any]:
        found = self.said.get(key)
        return found if isinstance(found, dict) else {}

    def _list(self, found: Any) -> list[Any]:
        return found if isinstance(found, list) else []

    def _time(self, key: str) -> int | None:
        return microseconds(self.said.get(key))

    def _status(self) -> str:
        status = _STATUSES.get(str(self.said.get("status")), KILLED)
        return KILLED if status == RUNNING and self.stopped is not None else status

    def _read(self, name: str) -> dict[str, Any]:
        """The object in one of the run's files; none where it isn't there or can't be read."""
        path = self.folder / name
        found: dict[str, Any] = {}
        if self._is_file(path):
            with self.reading.skipping(path, *_ODD):
                found = _read_object(path)
        return found

    def _is_file(self, path: Path) -> bool:
        return self.place.holds(path) and path.is_file()

    def _read_config(self) -> dict[str, Any]:
        return flatten(plain(self._read("config.json")))

    def _read_metrics(self) -> Iterator[Series]:
        path = self.folder / "metrics.json"
        for key, found in self._read(path.name).items():
            with self.reading.skipping(path, *_ODD, OverflowError):
                series, reason = read_series(key, found, self.started or self._mtime())
                if reason:
                    self.reading.skip(path, reason)
                yield series

    def _results(self) -> Iterator[Series]:
        """What the run returned, where that is numbers."""
        moment = self.stopped or self._time("heartbeat") or self.started or self._mtime()
        for key, value in flatten({"result": self.said.get("result")}).items():
            if is_number(value):
                yield Series(key, [0], [moment], [float(value)])

    def _mtime(self) -> int:
        return int((self.folder / _RUN).stat().st_mtime * 1e6)

    def _tags(self) -> Iterator[tuple[str, str]]:
        yield "sacred.status", as_text(self.said.get("status"))
        if isinstance(self.said.get("command"), str):
            yield "sacred.command", self.said["command"]
        result = self.said.get("result")
        if isinstance(result, str):
            yield "result", result

    def _files(self) -> Iterator[FileRecord]:
        for name in self._list(self.said.get("artifacts")):
            if isinstance(name, str):
                yield from self._keep(self.folder / name, name)
        for source in self._list(self.experiment.get("sources")):
            if isinstance(source, list) and len(source) == 2 and all(map(_is_text, source)):
                yield from self._keep(self.folder.parent / source[1], f"code/{source[0]}", "code")
        for name, kind in (("cout.txt", "text"), ("info.json", "dict")):
            path = self.folder / name
            if self._is_file(path) and path.stat().st_size:
                yield FileRecord(name, path, kind)
        trace = self.said.get("fail_trace")
        lines = trace if isinstance(trace, list) else [trace] if trace else []
        if lines:
            yield FileRecord(TRACEBACK, as_text("".join(map(str, lines))).encode(), "text")

    def _keep(self, path: Path, name: str, kind: str = "file") -> Iterator[FileRecord]:
        if self._is_file(path):
            yield FileRecord(name, path, kind)
        elif kind == "file":
            self.reading.skip(self.folder / _RUN, f"the artifact {name!r} is not there")

    def _inputs(self) -> Iterator[InputRecord]:
        for resource in self._list(self.said.get("resources")):
            if isinstance(resource, list) and len(resource) == 2 and all(map(_is_text, resource)):
                digest = _DIGEST.search(resource[1])
                name = PurePosixPath(resource[0].replace("\\", "/")).name or resource[0]
                yield InputRecord(name, digest[1] if digest else "", source=resource[0])

    def _context(self) -> Iterator[tuple[str, Any]]:
        host = self._part("host")
        yield "host", host.get("hostname")
        yield "source", self.experiment.get("mainfile")
        packages = [one for one in self._list(self.experiment.get("dependencies")) if _is_text(one)]
        known = {"python": host.get("python_version"), "packages": packages}
        details = {key: host[key] for key in ("cpu", "gpus", "os") if key in host}
        yield "environment", known | {key: _brief(one) for key, one in details.items()}
        for repository in self._list(self.experiment.get("repositories"))[:1]:
            if isinstance(repository, dict):
                yield from _git(repository)


def _read_object(path: Path) -> dict[str, Any]:
    found = read_json(path)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _git(repository: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    commit, dirty = repository.get("commit"), repository.get("dirty")
    yield "git_commit", commit
    yield "git_dirty", dirty
    url = repository.get("url")
    remote = _CREDENTIALS.sub("//", url) if isinstance(url, str) else None
    yield "git", {"commit": commit, "dirty": dirty, "remote": remote}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _brief(value: Any) -> str:
    if isinstance(value, list) and all(map(_is_text, value)):
        return " ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


SOURCE: Final = Source(
    kind="sacred",
    title="Sacred",
    error=SacredUnreadable,
    finds=finds,
    read=read,
    parts=Parts(_list_runs, _read_runs),
)
