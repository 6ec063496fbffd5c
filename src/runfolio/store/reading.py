"""A whole store as Arrow tables: sealed runs and live ones alike, with edits applied.

One damaged run never hides the others: it is left out and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, arrow_schema
from runfolio.store.edits import merge_edits, read_edits
from runfolio.store.layout import RunFolder, StorePath, check_store, choose_store, list_run_folders
from runfolio.store.parquet import read_parquet, read_tables
from runfolio.store.replay import replay_run

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of the store that can't be read: whose it is, which file, and why."""

    run_id: str | None
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExperimentSettings:
    """What was said about an experiment: `direction` is "down", "up" or None (to be guessed)."""

    name: str
    primary_metric: str | None = None
    direction: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StoreTables:
    """All runs of a store; each table has the columns of `runfolio.schema.TABLES`."""

    root: Path
    runs: pa.Table
    params: pa.Table
    tags: pa.Table
    metrics: pa.Table
    artifacts: pa.Table
    inputs: pa.Table
    experiments: dict[str, ExperimentSettings]
    damage: tuple[Damage, ...]


def read_store(store: StorePath | None = None) -> StoreTables:
    """Read every run of a store; raise `StoreNotFound` where there is none."""
    root = choose_store(store)
    check_store(root)
    folders = list_run_folders(root)
    damage: list[Damage] = []
    sealed = [folder for folder in folders if folder.is_sealed]
    known = {folder.run_id for folder in sealed}
    parts = [_read_sealed(sealed, damage)]
    for folder in folders:
        if folder.run_id not in known:
            parts.extend(_read_live(folder, damage))
    tables = {name: _concat([part[name] for part in parts], name) for name in TABLES}
    parts.clear()
    _release_memory()
    edits, damaged = read_edits(root)
    damage += [Damage(None, path, reason) for path, reason in damaged]
    return StoreTables(
        root=root,
        experiments=_experiment_settings(merge_edits(edits, "experiment")),
        damage=tuple(damage),
        **{_field(name): table for name, table in tables.items()},
    )


def _release_memory() -> None:
    """Give the memory that reading took and no longer needs back to the system."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def _field(table: str) -> str:
    return "runs" if table == "run" else table


def _concat(tables: Sequence[pa.Table], name: str) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables([table.cast(arrow_schema(name)) for table in tables]).combine_chunks()


def _read_sealed(folders: list[RunFolder], damage: list[Damage]) -> dict[str, pa.Table]:
    try:
        return {name: read_tables(_paths(folders, name), name) for name in TABLES}
    except StoreDamaged:
        sound = [folder for folder in folders if _is_sound(folder, damage)]
    return {name: read_tables(_paths(sound, name), name) for name in TABLES}


def _paths(folders: list[RunFolder], name: str) -> list[Path]:
    return [folder.tables / f"{name}.parquet" for folder in folders]


def _is_sound(folder: RunFolder, damage: list[Damage]) -> bool:
    """Whether all tables of a sealed run can be read; reports the first one that can't."""
    if not folder.path.exists():
        return False
    for name in TABLES:
        path = folder.tables / f"{name}.parquet"
        try:
            read_parquet(path)
            read_tables([path], name)
        except StoreDamaged as error:
            damage.append(Damage(folder.run_id, str(path), str(error)))
            return False
    return True


def _read_live(folder: RunFolder, damage: list[Damage]) -> list[dict[str, pa.Table]]:
    try:
        replayed = replay_run(folder)
    except (
        StoreDamaged,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        if folder.is_sealed:
            # It was sealed after the list of folders was made.
            return [_read_sealed([folder], damage)]
        if folder.path.exists():
            damage.append(Damage(folder.run_id, str(folder.path), _reason(error)))
        return []
    damage += [Damage(folder.run_id, path, reason) for path, reason in replayed.damage]
    return [replayed.tables]


def _reason(error: Exception) -> str:
    if isinstance(error, StoreDamaged):
        return str(error)
    return f"A record isn't what this version of Runfolio writes ({type(error).__name__}: {error})."


def _experiment_settings(merged: dict[str, dict[str, Any]]) -> dict[str, ExperimentSettings]:
    return {
        name: ExperimentSettings(
            name,
            _text(changes.get("primary_metric")),
            changes.get("direction") if changes.get("direction") in ("down", "up") else None,
            _text(changes.get("note")),
        )
        for name, changes in merged.items()
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
