"""The site before, kept beside a site of very many files while somebody watches a store.

The next site is made in it: files that are the same stay, under both names, so that they are
neither linked once more nor removed. They are compared with the record as those of the site are.
Whatever lies there may have been put there by anybody.
"""

from __future__ import annotations

import os
import shutil
import stat
import weakref
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.site.details import Stamp

LEAST: Final = 1_000
"""Sites of fewer files are linked and removed in no time."""

COPIES: Final = "artifacts"
"""The folder of copies, whose times are those of their sources and don't tell one from another."""

_IGNORED: Final = ".gitignore"


@dataclass(slots=True, weakref_slot=True)
class Spare:
    """Where the site before lies, if it does. It is removed with this at the latest."""

    _place: Path | None = None
    _removal: weakref.finalize[[Path], Spare] | None = None

    @staticmethod
    def is_worth(files: int) -> bool:
        """Whether a site of so many files is kept."""
        return files >= LEAST

    def move_to(self, beside: Path) -> bool:
        """Move the folder that is kept to where the next site is made; False if there is none."""
        place, self._place = self._place, None
        if place is None or place.is_symlink():
            return False
        try:
            place.rename(beside)
            os.utime(beside)  # or it could be taken for what a killed process left long ago
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            return False
        return True

    def keep(self, folder: Path) -> None:
        """Keep the folder that a site was in, out of sight of git."""
        with suppress(OSError):
            _remove(folder / _IGNORED)
            with (folder / _IGNORED).open("x") as file:  # so that it follows no link
                file.write("*\n")
        if self._removal is not None:
            self._removal.detach()
        self._place = folder
        self._removal = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


def sweep(folder: Path) -> dict[str, Stamp]:
    """The files below a folder by paths with forward slashes, with their stamps.

    What is neither file nor folder, what is empty, and copies are removed.
    """
    with suppress(FileNotFoundError):
        _remove(folder / COPIES)
    found: dict[str, Stamp] = {}
    _sweep(os.fspath(folder), "", found)
    return found


def _sweep(folder: str, before: str, found: dict[str, Stamp]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = before + entry.name
            if entry.is_dir(follow_symlinks=False):
                _sweep(entry.path, f"{path}/", found)
                with suppress(OSError):
                    os.rmdir(entry.path)  # noqa: PTH106, as below
                continue
            details = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(details.st_mode):
                found[path] = details.st_size, details.st_mtime_ns
            else:
                os.unlink(entry.path)  # noqa: PTH108, as below


def _remove(place: Path) -> None:
    """Remove what lies at a place, but never what a link leads to."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def remove_files(folder: Path, paths: Iterable[str]) -> None:
    """Remove files below a folder, and the folders that are empty then."""
    emptied: set[str] = set()
    for path in paths:
        with suppress(FileNotFoundError):
            os.unlink(f"{folder}/{path}")  # noqa: PTH108, it happens thousands of times
        emptied.add(path.rpartition("/")[0])
    parents = {str(parent) for one in emptied for parent in (one, *PurePosixPath(one).parents)}
    for one in sorted(parents - {"", "."}, reverse=True):
        with suppress(OSError):
            (folder / one).rmdir()
