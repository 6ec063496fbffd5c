"""Making a folder for another tool: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runfolio.errors import OutputRefused
from runfolio.store.files import reported_writes


@contextmanager
def build_beside(target: Path) -> Iterator[Path]:
    """A new folder beside `target` that takes its place at the end, and is removed on an error.

    Raises `OutputRefused` where `target` is a file, or a folder that holds something, and
    `StoreWriteFailed` where it can't be written.
    """
    target = target.expanduser().absolute()
    _check_free(target)
    beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    with reported_writes(target):
        beside.mkdir(parents=True)
        try:
            yield beside
            if target.exists():
                target.rmdir()
            beside.rename(target)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise


def _check_free(target: Path) -> None:
    if target.is_dir():
        if any(target.iterdir()):
            raise OutputRefused(
                f"The folder {str(target)!r} holds files already. Name a new or empty folder."
            )
    elif target.exists() or target.is_symlink():
        raise OutputRefused(f"{str(target)!r} is no folder. Name a new or empty folder.")
