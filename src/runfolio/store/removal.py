"""Removing a run's files for good."""

from __future__ import annotations

import shutil

from runfolio.store.files import reported_writes
from runfolio.store.layout import RunFolder


def remove_run(folder: RunFolder) -> None:
    """Remove everything a run holds."""
    with reported_writes(folder.path):
        shutil.rmtree(folder.path)
