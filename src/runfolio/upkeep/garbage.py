"""Removing for good what was deleted some time ago."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import InvalidValue
from runfolio.store.edited import read_said
from runfolio.store.layout import StorePath, check_store, choose_store, run_folder
from runfolio.store.liveness import SILENCE
from runfolio.store.packing import remove_from_packs
from runfolio.store.reading import read_logged_runs
from runfolio.store.removal import list_leftovers, remove_leftover, remove_run
from runfolio.upkeep.usage import measure_folder

MONTH: Final = 30 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Garbage:
    """A run that was deleted: since when (microseconds since 1970), and the bytes of its folder."""

    id: str
    name: str
    experiment: str
    deleted: int
    bytes: int


def gc(
    *, store: StorePath | None = None, older_than: float = MONTH, dry_run: bool = False
) -> list[Garbage]:
    """Remove the runs that were deleted more than `older_than` seconds ago, for good.

    Returns them; with `dry_run` nothing is removed. That they were deleted stays known, so that a
    copy of the store that is merged later doesn't bring them back. Half-written files that killed
    processes left a day ago or earlier go too.
    """
    if not older_than >= 0:
        raise InvalidValue(f"older_than is a number of seconds from 0, not {older_than!r}.")
    root = choose_store(store)
    check_store(root)
    found = _find(root, time.time_ns() // 1000 - int(older_than * 1e6))
    if found and not dry_run:
        remove_from_packs(root, [one.id for one in found])
        for one in found:
            folder = run_folder(root, one.id)
            if folder.path.exists():
                remove_run(folder)
    if not dry_run:
        for path in list_leftovers(root, before=time.time() - SILENCE):
            remove_leftover(path)
    return found


def _find(root: Path, before: int) -> list[Garbage]:
    said = read_said(root)
    found = []
    for run in read_logged_runs(root):
        deleted = said.deleted_since(run.id, run.experiment)
        if deleted is not None and deleted <= before:
            size = measure_folder(run_folder(root, run.id).path)
            found.append(Garbage(run.id, run.name, run.experiment, deleted, size))
    return found
