"""Reading one run by its id, without the others."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.schema import TABLES
from runfolio.store.edited import apply_edits, read_said
from runfolio.store.layout import StorePath, run_folder
from runfolio.store.opening import open_run
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.store.reading import StoreTables
from runfolio.store.replay import list_journals, replay_run
from runfolio.store.sealed import find_sealed


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
    merged = form.journals if form is not None else frozenset()
    damage: tuple[Damage, ...] = ()
    if form is not None and all(path.name in merged for path in list_journals(folder)):
        tables = form.read(TABLES)
    else:
        replayed = replay_run(folder, base=form.base() if form is not None else None, merged=merged)
        tables = replayed.tables
        damage = tuple(Damage(folder.run_id, path, reason) for path, reason in replayed.damage)
    said = read_said(root)
    (experiment,) = tables["run"]["experiment"].to_pylist()
    edited = apply_edits(tables, said, "all")
    named = {("runs" if name == "run" else name): table for name, table in edited.items()}
    settings = said.settings(edited["run"]["experiment"].to_pylist(), "all")
    return SingleRun(
        StoreTables(root=root, experiments=settings, damage=damage, **named),
        said.deleted_since(folder.run_id, experiment),
    )
