"""The folder or file that a foreign store is in, and the files below it; no link is followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.errors import SourceNotRecognised
from runfolio.store.files import absolute_path

MAX_DEPTH: Final = 24

_PASSED_BY: Final = (".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints")
_OURS: Final = ("runfolio.json", "runfolio-site.json")
"""What marks a store or a report of our own, whose files are nobody else's runs."""


@dataclass(frozen=True)
class Place:
    """A path to read runs from: `folder` is it or, where it is one file, the folder around it.

    The path is absolute, so that every folder has a name.
    """

    path: Path

    @cached_property
    def folder(self) -> Path:
        return self.path if self.path.is_dir() else self.path.parent

    @cached_property
    def name(self) -> str:
        """What to call an experiment that has no name: the folder's, or the file's stem."""
        return (self.path.name if self.path.is_dir() else self.path.stem) or "runs"

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All regular files, sorted by path; links and pipes are left out."""
        if not self.path.is_dir():
            return (self.path,)
        return tuple(sorted(_walk(os.fspath(self.path), MAX_DEPTH)))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all files, without folders."""
        return frozenset(file.name for file in self.files)

    def relative(self, path: Path) -> str:
        """A path below the folder, with forward slashes."""
        return PurePosixPath(path.relative_to(self.folder)).as_posix()

    def holds(self, path: Path) -> bool:
        """Whether `path` is a regular file or folder below the folder, reached without a link."""
        try:
            parts = path.relative_to(self.folder).parts
        except ValueError:
            return False
        current = self.folder
        for part in parts:
            current = current / part
            if part == ".." or not _is_plain(current):
                return False
        return True

    def head(self, path: Path, count: int) -> bytes:
        """The first bytes of a file, none where it can't be read."""
        try:
            with path.open("rb") as file:
                return file.read(count)
        except OSError:
            return b""


def open_place(path: str | os.PathLike[str]) -> Place:
    """The place at a path; raises `SourceNotRecognised` where nothing is."""
    place = absolute_path(path)
    if not place.is_dir() and not place.is_file():
        raise SourceNotRecognised(f"No file or folder at {str(path)!r}. Check the path.")
    # What ``.`` and ``..`` lead to has a name then.
    found = Path(os.path.abspath(place))  # noqa: PTH100
    if found == found.parent:
        raise SourceNotRecognised(
            f"{str(found)!r} is all of a disk. Name the folder that the runs are in."
        )
    return Place(found)


def _is_plain(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):  # gone, too long, or with a NUL in it
        return False
    return stat.S_ISDIR(mode) or stat.S_ISREG(mode)


def _walk(folder: str, depth: int) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return
    if any(entry.name in _OURS for entry in found):
        return
    for entry in found:
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif depth and entry.is_dir(follow_symlinks=False) and entry.name not in _PASSED_BY:
            yield from _walk(entry.path, depth - 1)
