"""Where the artifacts of MLflow's runs lie, which may have moved since their address was noted.

Addresses are absolute and often of another machine. So what an address ends with is looked for
below the store and the folders above it, up to the place that is read and never outside of it. What
lies outside is not read, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from runfolio.schema import FileRecord
from runfolio.sources.place import Place

_FOLDERS: Final = ("", "mlruns", "mlartifacts")
_NAME: Final = re.compile(r"[A-Za-z0-9][\w\-]{0,255}")
_SCHEME: Final = re.compile(r"\A([A-Za-z][A-Za-z0-9+.\-]++):(?://[^/]*+)?/?")
_LOCAL: Final = frozenset(("file", "mlflow-artifacts", "runs", "models"))

_PICTURE: Final = re.compile(
    r"images/(?P<key>[^/]+)([+%])step\2(?P<step>\d{1,18})\2timestamp\2(?P<time>\d{1,14})"
    r"\2[0-9a-f-]+\.png"
)
"""How MLflow names pictures; the small copy beside each stays a file."""

_MOST_PARTS: Final = 40
"""Folders of an address that are looked at."""


@dataclass(slots=True)
class Finder:
    """Finds the artifact folders of one store, whose files are in `folder`."""

    place: Place
    folder: Path
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Locations outside of the place, with the number of runs and models that keep files there."""

    _known: dict[tuple[str, str], tuple[Path, ...]] = field(default_factory=dict)

    def find(self, address: object, name: str, experiment: str) -> tuple[FileRecord, ...]:
        """The artifacts of the run or model called `name`, by the address that is noted of it."""
        text = address if isinstance(address, str) else ""
        if not _NAME.fullmatch(name):
            return ()
        before = text.replace("\\", "/").rpartition(f"/{name}/")[0]
        for folder in self._parents(before, experiment):
            artifacts = folder / name / "artifacts"
            files = list_files(artifacts) if self._holds(artifacts) else ()
            if files:
                return files
        if before and self._is_outside(before, experiment):
            self.elsewhere[before] += 1
        return ()

    def _is_outside(self, location: str, experiment: str) -> bool:
        """Whether a location is neither MLflow's own, beside the runs, nor in the place."""
        scheme = _SCHEME.match(location)
        if scheme and scheme[1].lower() not in _LOCAL:
            return True
        if location.removesuffix("/models").endswith(f"/{experiment}"):
            return False
        # Of an experiment whose runs have no files there may be no folder, only the one above.
        above, _, last = location.rpartition("/")
        return not (self._parents(location, "") or (last.isdecimal() and self._parents(above, "")))

    def _parents(self, before: str, experiment: str) -> tuple[Path, ...]:
        key = (before, experiment)
        if key not in self._known:
            found = dict.fromkeys(self._candidates(before, experiment))
            self._known[key] = tuple(path for path in found if self._holds(path))
        return self._known[key]

    def _candidates(self, before: str, experiment: str) -> Iterator[Path]:
        ends = [end for text in dict.fromkeys((before, unquote(before))) for end in _ends(text)]
        ends += [experiment] if _NAME.fullmatch(experiment) else []
        for end in ends:
            for base in self._bases():
                for folder in _FOLDERS:
                    yield base / folder / end

    def _bases(self) -> Iterator[Path]:
        yield self.folder
        top = self.place.folder
        for above in self.folder.parents:
            if above != top and top not in above.parents:
                return
            yield above

    def _holds(self, path: Path) -> bool:
        try:
            return self.place.holds(path) and path.is_dir()
        except (ValueError, OSError):
            return False


def list_files(folder: Path) -> tuple[FileRecord, ...]:
    """All regular files below a folder, each named by its path there."""
    return tuple(
        make_file(path.relative_to(folder).as_posix(), path) for path in Place(folder).files
    )


def make_file(path: str, source: Path) -> FileRecord:
    """An artifact; a picture that was logged with a key and a step is one of a series."""
    picture = _PICTURE.fullmatch(path)
    if picture is None:
        return FileRecord(path, source)
    key, step, time = picture["key"].replace("~", "/"), int(picture["step"]), int(picture["time"])
    return FileRecord(path, source, kind="image", key=key, step=step, time=time * 1000)


def _ends(address: str) -> Iterator[str]:
    """What an address may end with, from long to short; the shortest is its last folder."""
    path = _SCHEME.sub("", address, count=1)
    parts = [part for part in path.split("/") if part][-_MOST_PARTS:]
    if ".." in parts or "\0" in address:
        return
    for start in range(len(parts)):
        yield "/".join(parts[start:])
