"""Reading one run by its id, without the others."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.schema import TABLES
from runfolio.store.edited import apply_edits, read_said
from runfolio.store.layout import StorePath, run_folder
from runfolio.store.opening import open_run
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.store.reading import StoreTables, as_fields
from runfolio.store.replay import list_journals
from runfolio.store.sealed import find_sealed, replay_onto


@dataclass(frozen=True, slots=True)
class SingleRun:
    """The tables of one run with its edits, and since when it is deleted, if it is."""

    tables: StoreTables
    deleted: int | None


def read_run(run_id: str, *, store: StorePath | None = None) -> SingleRun:
    """Read one run, deleted or not; the beginning of its id is enough.

    Raises `RunNotFound` when no run, or more than one, has an id that begins so, and
    `StoreDamaged` when it can't be read.
    """
    root, found = open_run(store, run_id)
    packs = PackIndex(root)
    folder = run_folder(root, found)
    form = find_sealed(folder, packs)
    damage: tuple[Damage, ...] = ()
    if form is not None and form.covers(list_journals(folder)):
        tables = form.read(TABLES)
    else:
        replayed = replay_onto(form, folder)
        tables = replayed.tables
        damage = tuple(Damage(folder.run_id, path, reason) for path, reason in replayed.damage)
    said = read_said(root)
    (experiment,) = tables["run"]["experiment"].to_pylist()
    edited = apply_edits(tables, said, "all")
    settings = said.settings(edited["run"]["experiment"].to_pylist(), "all")
    return SingleRun(
        StoreTables(root=root, experiments=settings, damage=damage, **as_fields(edited)),
        said.deleted_since(folder.run_id, experiment),
    )
