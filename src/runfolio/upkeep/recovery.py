"""Recovering the runs that nobody ended: their process was killed, or its machine went away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import RunfolioError
from runfolio.store.journal import read_journal
from runfolio.store.layout import StorePath, check_store, choose_store, list_run_folders
from runfolio.store.liveness import SILENCE, is_dead
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.store.replay import list_journals
from runfolio.store.sealed import find_sealed
from runfolio.store.sealing import seal_run

if TYPE_CHECKING:
    from runfolio.store.layout import RunFolder


@dataclass(frozen=True, slots=True)
class RecoveredRun:
    """A run that was sealed: its status, and how many points it has."""

    id: str
    name: str
    experiment: str
    status: str
    points: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovering did; `running` are the ids of runs whose writer lives."""

    runs: tuple[RecoveredRun, ...]
    running: tuple[str, ...]
    damaged: tuple[Damage, ...]


def recover(*, store: StorePath | None = None, silence: float = SILENCE) -> Recovered:
    """Seal the runs whose process is gone, and say which.

    A process on this host is gone when no process has its id and start time. One on another host
    counts as gone when it showed no sign of life for `silence` seconds, by default a day. A run
    that kept a traceback becomes FAILED, any other KILLED, and one that had ended keeps its status.
    """
    root = choose_store(store)
    check_store(root)
    packs = PackIndex(root)
    runs: list[RecoveredRun] = []
    running: list[str] = []
    damaged: list[Damage] = []
    for folder in list_run_folders(root):
        try:
            if not _has_news(folder, packs):
                continue
            if seal_run(folder, packs=packs, silence=silence):
                runs.append(_describe(folder))
            else:
                running.append(folder.run_id)
        except RunfolioError as error:
            damaged.append(Damage(folder.run_id, str(folder.path), str(error)))
    _remove_unborn(root, silence)
    return Recovered(tuple(runs), tuple(running), tuple(damaged))


def _has_news(folder: RunFolder, packs: PackIndex) -> bool:
    """Whether a run has journals that are no part of its sealed tables."""
    journals = {path.name for path in list_journals(folder)}
    if not journals:
        return False
    form = find_sealed(folder, packs)
    return form is None or not journals <= form.journals


def _describe(folder: RunFolder) -> RecoveredRun:
    form = find_sealed(folder)
    assert form is not None
    tables = form.read(("run", "summaries"))
    (run,) = tables["run"].select(["name", "experiment", "status"]).to_pylist()
    points = sum(tables["summaries"]["count"].to_pylist())
    return RecoveredRun(folder.run_id, run["name"], run["experiment"], run["status"], points)


def _remove_unborn(root: Path, silence: float) -> None:
    """Remove what processes left that died while they started a run, before anybody saw it."""
    for hidden in sorted((root / "runs").glob(".*.tmp")):
        if all(_is_over(path, silence) for path in _journals(hidden)):
            shutil.rmtree(hidden, ignore_errors=True)


def _journals(hidden: Path) -> Iterator[Path]:
    yield from (hidden / "journal").glob("*")


def _is_over(path: Path, silence: float) -> bool:
    header = read_journal(path).header or {}
    return is_dead(header.get("writer", {}), path, silence=silence)
