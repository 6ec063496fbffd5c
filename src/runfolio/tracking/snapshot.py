"""The source files of a folder, found and bounded, so that a run outside git can be done again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runfolio.errors import InvalidPath, InvalidValue
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.layout import MARKER
from runfolio.tracking.capture.credentials import is_secret_name

SOURCES: Final = (
    *("*.py", "*.pyi", "*.pyx", "*.pxd", "*.ipynb", "*.sh", "*.toml", "*.cfg", "*.ini", "*.yaml"),
    *("*.yml", "*.json", "*.txt", "*.sql", "*.r", "*.R", "*.jl", "*.c", "*.h", "*.cc", "*.cpp"),
    *("*.hpp", "*.cu", "*.cuh", "*.f90", "*.rs", "MLproject", "Makefile"),
)
FOLDER: Final = "code/snapshot"
MAX_FILES: Final = 2000
MAX_BYTES: Final = 32 << 20
MAX_FILE_BYTES: Final = 1 << 20

_SETTINGS: Final = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".txt")
_LEFT_OUT: Final = ("__pycache__", "node_modules", "mlruns", "wandb", "lightning_logs")
_MARKS: Final = ("pyvenv.cfg", "CACHEDIR.TAG", "conda-meta", MARKER, "runfolio-site.json")
"""What a folder holds that is a virtual environment, a cache, a store or a report."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Source files by their path in the snapshot, and what a repetition needs to know of it.

    `folder` is the working directory relative to the snapshot's top, None where it lies elsewhere,
    and `script` the program that runs, where it is among the files.
    """

    files: dict[str, Path]
    folder: str | None
    script: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """What the run's context says of it."""
        said = {"path": FOLDER, "folder": self.folder, "files": len(self.files)}
        return said | ({"script": self.script} if self.script else {})


def take_snapshot(
    folder: str | os.PathLike[str], *, include: Sequence[str], exclude: Sequence[str]
) -> Snapshot:
    """Find the source files in `folder`; raise where there are none, or more than is sensible.

    Of a folder below the working directory the files keep their path from there, so that the
    command that was typed fits the snapshot.
    """
    root = Path(folder).absolute()
    if not root.is_dir():
        raise InvalidPath(f"No folder at {str(folder)!r} to keep the code of. Check the path.")
    root, here = root.resolve(), Path.cwd().resolve()
    top = here if root.is_relative_to(here) else root
    found = _bounded(_walk(root, _Patterns(include), _Patterns(exclude)), root)
    files = {check_artifact_path(one.relative_to(top).as_posix()): one for one in found}
    if not files:
        raise InvalidPath(f"No source files in {str(folder)!r}. Say which ones with include=….")
    inside = here.relative_to(top).as_posix() if here.is_relative_to(top) else None
    return Snapshot(files, inside, _script_among(files))


class _Patterns:
    """Patterns of names, or of whole paths where they hold a slash."""

    def __init__(self, patterns: Iterable[str]) -> None:
        listed = [patterns] if isinstance(patterns, str) else list(patterns)
        self._names = [one for one in listed if "/" not in one]
        self._paths = [one.strip("/") for one in listed if "/" in one]

    def match(self, path: PurePosixPath) -> bool:
        """Whether a path relative to the folder that is searched is meant."""
        named = any(fnmatchcase(path.name, one) for one in self._names)
        return named or any(fnmatchcase(path.as_posix(), one) for one in self._paths)


def _walk(root: Path, include: _Patterns, exclude: _Patterns) -> Iterator[Path]:
    """The files that are meant, in order, without following links."""
    for parent, folders, names in os.walk(root):
        inside = PurePosixPath(Path(parent).relative_to(root).as_posix())
        folders[:] = sorted(
            name
            for name in folders
            if not _is_left_out(Path(parent, name)) and not exclude.match(inside / name)
        )
        for name in sorted(names):
            path, file = inside / name, Path(parent, name)
            if include.match(path) and not exclude.match(path) and _is_source(file):
                yield file


def _is_left_out(folder: Path) -> bool:
    name = folder.name
    if name.startswith(".") or name in _LEFT_OUT or folder.is_symlink():
        return True
    return any((folder / mark).exists() for mark in _MARKS)


def _is_source(file: Path) -> bool:
    """Whether a file is to be kept: none that is hidden, linked, large, or named like a secret."""
    if file.name.startswith(".") or file.is_symlink() or not file.is_file():
        return False
    secret = file.suffix in _SETTINGS and is_secret_name(file.stem.removesuffix("s"))
    return not secret and file.stat().st_size <= MAX_FILE_BYTES


def _bounded(files: Iterable[Path], root: Path) -> list[Path]:
    found, size = [], 0
    for file in files:
        found.append(file)
        size += file.stat().st_size
        if len(found) > MAX_FILES or size > MAX_BYTES:
            raise InvalidValue(
                f"The source files in {str(root)!r} are more than {MAX_FILES:,}, or than "
                f"{MAX_BYTES >> 20} MiB. Name a smaller folder, or leave some out with exclude=…."
            )
    return found


def _script_among(files: dict[str, Path]) -> str | None:
    """Where in the snapshot the program lies that runs, if it does."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    path = Path(main).resolve() if isinstance(main, str) else None
    return next((name for name, file in files.items() if file == path), None)
