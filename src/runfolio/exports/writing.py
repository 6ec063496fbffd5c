"""A new folder or file for another tool: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runfolio.errors import OutputRefused
from runfolio.store.files import absolute_path, reported_writes


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A new folder beside `target` that takes its place at the end, and is removed on an error.

    Raises `OutputRefused` where something is there but an empty folder, and `StoreWriteFailed`
    where it can't be written.
    """
    target = absolute_path(target)
    if target.is_symlink() or (target.exists() and not _is_empty_folder(target)):
        raise _refusal(target, "a new or empty folder")
    with reported_writes(target):
        beside = _beside(target)
        beside.mkdir(parents=True)
        try:
            yield beside
            if target.exists():
                target.rmdir()
            beside.rename(target)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """A file beside `target` that takes its place at the end, and is removed on an error.

    Raises `OutputRefused` where something is there, and `StoreWriteFailed` where it can't be
    written.
    """
    target = absolute_path(target)
    if target.is_symlink() or target.exists():
        raise _refusal(target, "a new file")
    with reported_writes(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = _beside(target)
        try:
            yield beside
            beside.rename(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _refusal(target: Path, wanted: str) -> OutputRefused:
    return OutputRefused(f"{str(target)!r} is there already. Name {wanted}.")
