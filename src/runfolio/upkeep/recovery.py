"""Recovering the runs that nobody ended: their process was killed, or its machine went away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import RunfolioError, StoreUnreachable, StoreWriteFailed
from runfolio.store.journal import read_journal
from runfolio.store.layout import (
    StorePath,
    is_address,
    list_run_folders,
    locate_store,
    run_folder,
)
from runfolio.store.liveness import SILENCE, is_dead
from runfolio.store.opening import open_run, open_store
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
    place = locate_store(store)
    if is_address(place):
        return _recover_at(place, silence)
    root = open_store(place)
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


def _recover_at(url: str, silence: float) -> Recovered:
    """Recover at an address: what this machine still has of runs is uploaded first."""
    from runfolio.store.remote_run import upload_leftovers

    left = upload_leftovers(url, silence=silence)
    damaged = [
        Damage(
            one.run_id,
            str(one.folder),
            f"The run was sealed before everything was uploaded; the rest is in "
            f"{str(one.folder)!r}.",
        )
        for one in left
        if one.too_soon
    ]
    sealed = [one.run_id for one in left if one.sealed and not one.too_soon]
    running: list[str] = []
    _seal_at(url, silence, sealed, running, damaged)
    runs = tuple(_describe_at(url, run_id) for run_id in sorted(set(sealed)))
    return Recovered(runs, tuple(running), tuple(damaged))


def _seal_at(
    url: str, silence: float, sealed: list[str], running: list[str], damaged: list[Damage]
) -> None:
    """Seal the runs with news at an address, and add each to the list that tells what came of it.

    Where the storage can't be reached, that is raised.
    """
    from runfolio.store.remote import RemoteStore
    from runfolio.store.remote_sealing import seal_remote

    root = open_store(url, "overview")
    packs = PackIndex(root)
    for folder in list_run_folders(root):
        try:
            if _has_news(folder, packs):
                done = seal_remote(RemoteStore(url), folder.run_id, silence=silence)
                (sealed if done else running).append(folder.run_id)
        except (StoreUnreachable, StoreWriteFailed):
            raise
        except RunfolioError as error:
            problem = Damage(folder.run_id, str(folder.path), str(error))
            damaged.append(problem.named_as(url, root))


def _describe_at(url: str, run_id: str) -> RecoveredRun:
    root, _ = open_run(url, run_id)
    return _describe(run_folder(root, run_id), PackIndex(root))


def _has_news(folder: RunFolder, packs: PackIndex) -> bool:
    """Whether a run has journals that are no part of its sealed tables."""
    journals = list_journals(folder)
    if not journals:
        return False
    form = find_sealed(folder, packs)
    return form is None or not form.covers(journals)


def _describe(folder: RunFolder, packs: PackIndex | None = None) -> RecoveredRun:
    form = find_sealed(folder, packs)
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
