"""Recovering the runs that nobody ended: their process was killed, or its machine went away.

Sealing them is spread by shares. A share may be sealed on another machine, which can't know whether
a process of this one lives: what is still running there is looked at again here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from runfolio.errors import RunfolioError, StoreDamaged
from runfolio.spreading import Engine, cut
from runfolio.store.journal import read_journal
from runfolio.store.layout import StorePath, is_address, list_run_folders, locate_store
from runfolio.store.liveness import SILENCE, is_dead
from runfolio.store.opening import open_store
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.store.replay import list_journals
from runfolio.upkeep.shares import (
    Recovered,
    RecoveredRun,
    Share,
    describe_run_at,
    gather,
    has_news,
    seal_share,
)

__all__ = ["Recovered", "RecoveredRun", "recover"]

_SHARE: Final = 100
"""The runs of a share: up to so many are sealed in this process, before another has started."""


def recover(
    *, store: StorePath | None = None, silence: float = SILENCE, engine: Engine | None = None
) -> Recovered:
    """Seal the runs whose process is gone, and say which.

    A process on this host is gone when no process has its id and start time. One on another host
    counts as gone when it showed no sign of life for `silence` seconds, by default a day. A run
    that kept a traceback becomes FAILED, any other KILLED, and one that had ended keeps its status.
    `engine` says where many are sealed, by default on all cores of this machine.
    """
    place = locate_store(store)
    engine = engine or Engine()
    if is_address(place):
        return _recover_at(place, silence, engine)
    root = open_store(place)
    waiting = [one.run_id for one in list_run_folders(root) if list_journals(one)]
    done = _seal(str(root), waiting, silence, engine)
    _remove_unborn(root, silence)
    return done


def _seal(place: str, waiting: Sequence[str], silence: float, engine: Engine) -> Recovered:
    shares = [Share(place, ids, silence) for ids in cut(waiting, _SHARE)]
    engine = engine.fitted(len(shares))
    if not shares:
        return gather(())
    with engine.map(seal_share, shares) as results:
        done = gather(list(results))
    if engine.is_local:
        return done
    again = seal_share(Share(place, done.running, silence))
    return gather((Recovered(done.runs, (), done.damaged), again))


def _recover_at(url: str, silence: float, engine: Engine) -> Recovered:
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
    waiting = _find_waiting(url, damaged)
    done = _seal(url, waiting, silence, engine)
    uploaded = {one.run_id for one in left if one.sealed and not one.too_soon}
    told = uploaded - {run.id for run in done.runs}
    runs = tuple(describe_run_at(url, run_id) for run_id in told)
    return gather((done, Recovered(runs, (), tuple(damaged))))


def _find_waiting(url: str, damaged: list[Damage]) -> list[str]:
    """The runs with news at an address; one that can't be read is added to `damaged`."""
    root = open_store(url, "overview")
    packs = PackIndex(root)
    waiting = []
    for folder in list_run_folders(root):
        try:
            if has_news(folder, packs):
                waiting.append(folder.run_id)
        except RunfolioError as error:
            problem = Damage(folder.run_id, str(folder.path), str(error))
            damaged.append(problem.named_as(url, root))
    return waiting


def _remove_unborn(root: Path, silence: float) -> None:
    """Remove what processes left that died while they started a run, before anybody saw it."""
    for hidden in sorted((root / "runs").glob(".*.tmp")):
        if all(_is_over(path, silence) for path in _journals(hidden)):
            shutil.rmtree(hidden, ignore_errors=True)


def _journals(hidden: Path) -> Iterator[Path]:
    yield from (hidden / "journal").glob("*")


def _is_over(path: Path, silence: float) -> bool:
    try:
        header = read_journal(path).header or {}
    except StoreDamaged:
        return False
    return is_dead(header.get("writer", {}), path, silence=silence)
