"""Putting a folder in the place of another, in one step where the system can."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from glob import escape
from pathlib import Path
from typing import Final

WORK: Final = ".tmp"
"""How the names of folders end that something is made in, beside its place."""

_DAY: Final = 24 * 3600


def replace_folder(beside: Path, target: Path) -> None:
    """Move the folder `beside` to `target`; what was there is removed."""
    exchange_folders(beside, target)
    shutil.rmtree(beside, ignore_errors=True)


def exchange_folders(beside: Path, target: Path) -> None:
    """Move the folder `beside` to `target`, and what was there to `beside`.

    Where the system can't exchange two folders, nothing is at `target` for an instant, and the
    folder that was there is called `beside` with ``.old`` meanwhile.
    """
    if not target.exists():
        beside.rename(target)
    elif not _exchange(beside, target):
        set_aside = beside.with_suffix(".old")
        target.rename(set_aside)
        beside.rename(target)
        set_aside.rename(beside)


def remove_stale(target: Path) -> None:
    """Remove the folders beside a target that somebody who was killed worked in, a day ago."""
    for left in target.parent.glob(f".{escape(target.name)}.*{WORK}"):
        if left.is_dir() and left.lstat().st_mtime < time.time() - _DAY:
            shutil.rmtree(left, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux's renameat2)."""
    if not sys.platform.startswith("linux"):
        return False
    at_current_folder, exchange = -100, 2
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    paths = os.fsencode(first.absolute()), os.fsencode(second.absolute())
    result = rename(at_current_folder, paths[0], at_current_folder, paths[1], exchange)
    return bool(result == 0)


def link_file(old: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Give a file a second name, or copy it where the file system has no links.

    What lies at `target` stays: it may be the other name of another file.
    """
    try:
        os.link(old, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copy2(old, target)
