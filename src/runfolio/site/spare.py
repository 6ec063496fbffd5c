"""The site before, kept beside a site of very many files while somebody watches a store.

The next site is made in it: files that are the same stay, under both names, so that they are
neither linked once more nor removed. They are compared with the record as those of the site are.
"""

from __future__ import annotations

import os
import shutil
import stat
import weakref
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.site.details import NO_STAMP, Stamp

LEAST: Final = 1_000
"""Sites of fewer files are linked and removed in no time."""

_IGNORED: Final = ".gitignore"


@dataclass(slots=True, weakref_slot=True)
class Spare:
    """Where the site before lies, if it does. It is removed with this at the latest."""

    _place: Path | None = None
    _removal: weakref.finalize[[str], Spare] | None = None

    @staticmethod
    def is_worth(files: int) -> bool:
        """Whether a site of so many files is kept."""
        return files >= LEAST

    def take(self, output: Path) -> Path | None:
        """The folder to make the next site of a place in; None if there is none."""
        place, self._place = self._place, None
        if place is None or not place.is_dir() or place.is_symlink():
            return None
        if place.parent != output.parent or not place.name.startswith(f".{output.name}."):
            shutil.rmtree(place, ignore_errors=True)
            return None
        try:
            os.utime(place)  # or it could be taken for what a killed process left long ago
        except OSError:
            return None
        return place

    def keep(self, folder: Path) -> None:
        """Keep the folder that a site was in, out of sight of git."""
        with suppress(OSError):
            (folder / _IGNORED).write_text("*\n")
        if self._removal is not None:
            self._removal.detach()
        self._place = folder
        self._removal = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


def list_files(folder: Path) -> dict[str, Stamp]:
    """All files below a folder, by paths with forward slashes; of what is no file, no stamp."""
    return dict(_scan(os.fspath(folder), ""))


def _scan(folder: str, before: str) -> Iterator[tuple[str, Stamp]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = before + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _scan(entry.path, f"{path}/")
                continue
            found = entry.stat(follow_symlinks=False)
            is_file = stat.S_ISREG(found.st_mode)
            yield path, (found.st_size, found.st_mtime_ns) if is_file else NO_STAMP


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
