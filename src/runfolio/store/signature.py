"""A cheap mark of a store's state, to notice that something was logged."""

from __future__ import annotations

import os
from pathlib import Path


def store_signature(root: Path) -> tuple[int, int, int]:
    """Number, total size and newest change of the store's files; differs when any was written."""
    count = size = newest = 0
    folders = [str(root)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        details = entry.stat(follow_symlinks=False)
                        count += 1
                        size += details.st_size
                        newest = max(newest, details.st_mtime_ns)
        except FileNotFoundError:
            continue
    return count, size, newest
