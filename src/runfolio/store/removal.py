"""Removing a run's files for good."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from runfolio.store.files import reported_writes
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
