"""Removing a run's files for good."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from runfolio.store.files import is_behind_link, reported_writes
from runfolio.store.layout import MARKER, RunFolder


def remove_run(folder: RunFolder) -> None:
    """Remove everything a run holds."""
    with reported_writes(folder.path):
        shutil.rmtree(folder.path)


def remove_empty_store(root: Path) -> None:
    """Take back a store that holds nothing, unless somebody has begun to use it."""
    with suppress(OSError):
        (root / "runs").rmdir()
        (root / MARKER).unlink()
        root.rmdir()


LEFTOVERS = (
    ".import.*.tmp",
    "packs/.*",
    "edits/.*.tmp",
    "runs/.*.tmp",
    "runs/*/.tables.*.tmp",
    "runs/*/tables/.*",
    "runs/*/artifacts/**/.*.tmp",
)


def list_leftovers(root: Path, *, before: float) -> list[Path]:
    """What processes that were killed while they wrote left behind, untouched since `before`.

    `before` is in seconds since 1970. No reader ever looks at these.
    """
    found = (path for pattern in LEFTOVERS for path in root.glob(pattern))
    return [
        path for path in found if not is_behind_link(path, root) and path.stat().st_mtime < before
    ]


def remove_leftover(path: Path) -> None:
    """Remove one of `list_leftovers`."""
    with reported_writes(path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
