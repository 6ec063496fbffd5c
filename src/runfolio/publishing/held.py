"""What already lies at the place that a site is published to, whatever kind of place it is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol


class Held(Protocol):
    """The files at a place, by path with forward slashes; "" is its root."""

    def names(self, path: str) -> frozenset[str]:
        """The files and folders in a folder; none where there is no such folder."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        ...

    def size(self, *, without: Collection[str]) -> int:
        """The bytes of all files but those at or below some paths."""
        ...


class Nothing:
    """A place where nothing is yet."""

    def names(self, path: str) -> frozenset[str]:  # noqa: ARG002
        """No files."""
        return frozenset()

    def read(self, path: str) -> bytes | None:  # noqa: ARG002
        """No content."""
        return None

    def size(self, *, without: Collection[str]) -> int:  # noqa: ARG002
        """No bytes."""
        return 0


class HeldFolder:
    """The files of a folder on this machine; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, path: str) -> frozenset[str]:
        """The files and folders in a folder."""
        folder = self._folder / path
        if folder.is_symlink() or not folder.is_dir():
            return frozenset()
        return frozenset(one.name for one in folder.iterdir())

    def read(self, path: str) -> bytes | None:
        """A file's content."""
        file = self._folder / path
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None

    def size(self, *, without: Collection[str]) -> int:
        """The bytes of all files but those at or below some paths."""
        files = (one for one in self._folder.rglob("*") if one.is_file() and not one.is_symlink())
        sizes = ((one.relative_to(self._folder).as_posix(), one) for one in files)
        return sum(one.stat().st_size for path, one in sizes if not is_within(path, without))


def is_within(path: str, places: Collection[str]) -> bool:
    """Whether a path is one of some, or lies below it."""
    parts = path.split("/")
    return any("/".join(parts[: number + 1]) in places for number in range(len(parts)))
