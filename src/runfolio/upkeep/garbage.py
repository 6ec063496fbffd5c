"""Removing for good what was deleted some time ago."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import InvalidValue
from runfolio.models.registry import find_users
from runfolio.store.edited import Said, read_said
from runfolio.store.layout import StorePath, is_address, locate_store, run_folder
from runfolio.store.liveness import SILENCE
from runfolio.store.opening import named_as, open_store
from runfolio.store.packing import remove_from_packs
from runfolio.store.packs import PackIndex
from runfolio.store.reading import LoggedRun, read_logged_runs
from runfolio.store.removal import list_leftovers, remove_leftover, remove_run
from runfolio.upkeep.places import list_unnamed, rewriting
from runfolio.upkeep.usage import measure_folder

if TYPE_CHECKING:
    from runfolio.store.registry import ModelVersion
    from runfolio.store.remote import RemoteStore

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
    processes left a day ago or earlier go too. A run stays while a registered model has a version
    that is its model; `find_held` tells which those are.
    """
    before = _moment_before(older_than)
    place = locate_store(store)
    root = open_store(place, "overview")
    if is_address(place):
        with named_as(place, root):
            return _collect_at(place, root, before, dry_run=dry_run)
    found = _find(root, before, lambda run_id: measure_folder(run_folder(root, run_id).path))
    if not dry_run:
        _remove_in(root, found)
    return found


def find_held(*, store: StorePath | None = None, older_than: float = MONTH) -> list[ModelVersion]:
    """The versions of models that keep `gc` from removing the runs they are of."""
    before = _moment_before(older_than)
    place = locate_store(store)
    root = open_store(place, "overview")
    said = read_said(root)
    with named_as(place, root):
        old = {run.id for run, _ in _find_old(root, before, said)}
    users = find_users(said.registry.values())
    found = [one for run_id in old for one in users.get(run_id, [])]
    return sorted(found, key=lambda one: (one.model, one.number))


def _moment_before(older_than: float) -> int:
    if not isinstance(older_than, int | float) or not older_than >= 0:
        raise InvalidValue(
            f"older_than is a number of seconds from 0, not {older_than!r}. A day has 86400."
        )
    return time.time_ns() // 1000 - int(older_than * 1e6)


def _find(root: Path, before: int, measure: Callable[[str], int]) -> list[Garbage]:
    said = read_said(root)
    held = find_users(said.registry.values())
    return [
        Garbage(run.id, run.name, run.experiment, deleted, measure(run.id))
        for run, deleted in _find_old(root, before, said)
        if run.id not in held
    ]


def _find_old(root: Path, before: int, said: Said) -> Iterator[tuple[LoggedRun, int]]:
    """The runs that were deleted before a moment, and when."""
    for run in read_logged_runs(root):
        deleted = said.deleted_since(run.id, run.experiment)
        if deleted is not None and deleted <= before:
            yield run, deleted


def _remove_in(root: Path, found: list[Garbage]) -> None:
    if found:
        remove_from_packs(root, [one.id for one in found])
    for one in found:
        folder = run_folder(root, one.id)
        if folder.path.exists():
            remove_run(folder)
    for path in list_leftovers(root, before=time.time() - SILENCE):
        remove_leftover(path)


def _collect_at(url: str, root: Path, before: int, *, dry_run: bool) -> list[Garbage]:
    """Collect from an address, which the folder `root` has an overview of."""
    from runfolio.store.remote import RemoteStore

    remote = RemoteStore(url)
    objects: dict[str, dict[str, int]] = {}
    for path, listed in remote.list("runs").items():
        objects.setdefault(path.split("/")[1], {})[path] = listed.size
    found = _find(root, before, lambda run_id: sum(objects.get(run_id, {}).values()))
    if not dry_run:
        packs = PackIndex(root)
        packed = [one.id for one in found if packs.find(one.id) is not None]
        if packed:
            with rewriting(url) as folder:
                remove_from_packs(folder, packed)
        for one in found:
            _delete_run(remote, one.id, list(objects.get(one.id, {})))
        remote.delete(list_unnamed(remote, before=time.time() - SILENCE))
    return found


def _delete_run(remote: RemoteStore, run_id: str, paths: list[str]) -> None:
    """Delete the artifacts before what tells of them, so that an interruption is made up for."""
    artifacts = [path for path in paths if path.startswith(f"runs/{run_id}/artifacts/")]
    remote.delete(artifacts)
    remote.delete(sorted(set(paths) - set(artifacts)))
