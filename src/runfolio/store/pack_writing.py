"""Writing a pack, and removing the runs' own tables that it tells.

A pack is written beside its place and renamed there in one step. It is written run by run, in
bounded memory.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, arrow_schema, new_run_id
from runfolio.store.files import reported_writes, sync_folder, write_synced
from runfolio.store.layout import RunFolder
from runfolio.store.manifest import NAME, Manifest, describe_path, encode_manifest, read_manifest
from runfolio.store.packs import ORIGINS
from runfolio.store.parquet import PartsWriter
from runfolio.store.replay import Tables

if TYPE_CHECKING:
    import pyarrow as pa


def make_origins(runs: Iterable[tuple[str, int, Sequence[str]]]) -> pa.Table:
    """What runs are made of, given with their turns and journals, as a pack keeps it."""
    import pyarrow as pa

    rows = [
        {"run_id": run_id, "turn": turn, "journals": json.dumps(sorted(journals))}
        for run_id, turn, journals in runs
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(ORIGINS))


def write_pack(
    root: Path,
    runs: Iterator[tuple[str, Tables]],
    report: Callable[[], None] | None = None,
    *,
    pack_id: str | None = None,
) -> int:
    """Write one pack of all the runs and return how many there were.

    They come in the order of their ids; the tables of one may also hold several, in that order.
    Without `pack_id` the pack gets a new one.
    """
    pack_id = pack_id or new_run_id()
    beside = root / "packs" / f".{pack_id}.{os.urandom(4).hex()}.tmp"
    with reported_writes(beside):
        try:
            (beside / "tables").mkdir(parents=True)
            count = _write(beside / "tables", pack_id, runs, report)
            if count:
                sync_folder(beside)
                beside.rename(root / "packs" / pack_id)
                sync_folder(root / "packs")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            with suppress(OSError):
                (root / "packs").rmdir()
    return count


def _write(
    folder: Path,
    pack_id: str,
    runs: Iterator[tuple[str, Tables]],
    report: Callable[[], None] | None,
) -> int:
    names = (*TABLES, ORIGINS)
    writers = {name: PartsWriter(folder / f"{name}.parquet", name) for name in names}
    count = 0
    try:
        for _, tables in runs:
            for name, writer in writers.items():
                writer.add(tables[name])
            count += 1
            if report is not None:
                report()
    finally:
        for writer in writers.values():
            writer.close()
    if count:
        manifest = Manifest(
            owner=pack_id,
            files={f"{name}.parquet": describe_path(folder / f"{name}.parquet") for name in names},
            groups={name: writer.bounds for name, writer in writers.items()},
        )
        write_synced(folder / NAME, encode_manifest(manifest))
        sync_folder(folder)
    return count


def retire_tables(folder: RunFolder, manifest: Manifest) -> None:
    """Remove a run's own tables, now that a pack tells them; not if it was sealed again meanwhile.

    They are moved aside first, so that whoever reads with a glob never meets half of them.
    """
    aside = folder.path / f".tables.{os.urandom(4).hex()}.old"
    with suppress(OSError):
        folder.tables.rename(aside)
        settle(folder, aside, manifest)


def settle(folder: RunFolder, aside: Path, packed: Manifest | None) -> None:
    """Remove tables that were moved aside, or put them back where a pack doesn't tell them."""
    if folder.tables.exists() or (packed is not None and _is_told(aside / NAME, packed)):
        for path in aside.glob("*.parquet"):
            path.unlink(missing_ok=True)
        shutil.rmtree(aside, ignore_errors=True)  # the manifest goes last: it tells what this is
        with suppress(OSError):
            folder.path.rmdir()
    else:
        aside.rename(folder.tables)


def _is_told(path: Path, packed: Manifest) -> bool:
    """Whether a pack tells what the tables of a manifest tell; without one they tell nothing."""
    try:
        return not path.exists() or read_manifest(path).standing == packed.standing
    except StoreDamaged:
        return False
