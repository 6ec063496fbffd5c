"""A share of the runs that wait to be sealed, and sealing it, wherever that is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from runfolio.errors import RunfolioError, StoreUnreachable, StoreWriteFailed
from runfolio.store.layout import RunFolder, is_address, run_folder
from runfolio.store.opening import open_run
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.store.replay import list_journals
from runfolio.store.sealed import find_sealed
from runfolio.store.sealing import seal_run


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


@dataclass(frozen=True, slots=True)
class Share:
    """Some runs of the store at `place` that have journals."""

    place: str
    run_ids: tuple[str, ...]
    silence: float


def seal_share(share: Share) -> Recovered:
    """Seal those runs of a share that have news and whose writer is gone; twice does no harm."""
    return _seal_at(share) if is_address(share.place) else _seal_in(share)


def has_news(folder: RunFolder, packs: PackIndex) -> bool:
    """Whether a run has journals that are no part of its sealed tables."""
    journals = list_journals(folder)
    if not journals:
        return False
    form = find_sealed(folder, packs)
    return form is None or not form.covers(journals)


def describe_run(folder: RunFolder, packs: PackIndex | None = None) -> RecoveredRun:
    """What is told of a run that was sealed."""
    form = find_sealed(folder, packs)
    assert form is not None
    tables = form.read(("run", "summaries"))
    (run,) = tables["run"].select(["name", "experiment", "status"]).to_pylist()
    points = sum(tables["summaries"]["count"].to_pylist())
    return RecoveredRun(folder.run_id, run["name"], run["experiment"], run["status"], points)


def describe_run_at(url: str, run_id: str) -> RecoveredRun:
    """What is told of a run that was sealed at an address."""
    root, _ = open_run(url, run_id)
    return describe_run(run_folder(root, run_id), PackIndex(root))


def gather(parts: Sequence[Recovered]) -> Recovered:
    """What several shares came to, in the order of the runs' ids."""
    return Recovered(
        tuple(sorted(chain(*(one.runs for one in parts)), key=lambda run: run.id)),
        tuple(sorted(chain(*(one.running for one in parts)))),
        tuple(sorted(chain(*(one.damaged for one in parts)), key=lambda one: one.run_id or "")),
    )


def _seal_in(share: Share) -> Recovered:
    root = Path(share.place)
    packs = PackIndex(root)
    runs, running, damaged = [], [], []
    for folder in (run_folder(root, run_id) for run_id in share.run_ids):
        try:
            if not has_news(folder, packs):
                continue
            if seal_run(folder, packs=packs, silence=share.silence):
                runs.append(describe_run(folder))
            else:
                running.append(folder.run_id)
        except RunfolioError as error:
            damaged.append(Damage(folder.run_id, str(folder.path), str(error)))
    return Recovered(tuple(runs), tuple(running), tuple(damaged))


def _seal_at(share: Share) -> Recovered:
    """Seal at an address, whose runs are known to have news; raises where it can't be reached."""
    from runfolio.store.remote import RemoteStore
    from runfolio.store.remote_sealing import seal_remote

    remote = RemoteStore(share.place)
    runs, running, damaged = [], [], []
    for run_id in share.run_ids:
        try:
            if seal_remote(remote, run_id, silence=share.silence):
                runs.append(describe_run_at(share.place, run_id))
            else:
                running.append(run_id)
        except (StoreUnreachable, StoreWriteFailed):
            raise
        except RunfolioError as error:
            damaged.append(Damage(run_id, f"{share.place}/runs/{run_id}", str(error)))
    return Recovered(tuple(runs), tuple(running), tuple(damaged))
