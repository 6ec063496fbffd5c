"""A share of the runs to pack, which becomes one pack, wherever that is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import StoreDamaged
from runfolio.store.layout import PackFolder, run_folder
from runfolio.store.manifest import Manifest, read_manifest
from runfolio.store.pack_writing import make_origins, retire_tables, write_pack
from runfolio.store.packs import ORIGINS, read_pack_file
from runfolio.store.places import Damage
from runfolio.store.replay import Tables
from runfolio.store.sealed import read_run_manifest, read_sealed_tables


@dataclass(frozen=True, slots=True)
class PackShare:
    """Runs of the store in a folder, in the order of their ids, and the id of their pack."""

    root: str
    pack_id: str
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackedShare:
    """How many runs of a share are packed, and those that can't be read."""

    runs: int
    damaged: tuple[Damage, ...]


def write_share(share: PackShare) -> PackedShare:
    """Write the pack of a share, then remove the runs' own tables.

    Done twice, it goes on where it was broken off: a pack that is there is whole.
    """
    root = Path(share.root)
    pack = PackFolder(root / "packs" / share.pack_id)
    damage: list[Damage] = []
    if not pack.path.exists():
        write_pack(root, _read(root, share.run_ids, damage), pack_id=share.pack_id)
    told = _told(pack) if pack.path.exists() else []
    for manifest in told:
        retire_tables(run_folder(root, manifest.owner), manifest)
    return PackedShare(len(told), tuple(damage))


def _read(
    root: Path, run_ids: tuple[str, ...], damage: list[Damage]
) -> Iterator[tuple[str, Tables]]:
    """Run after run with its tables; those that can't be read are added to `damage`."""
    for run_id in run_ids:
        folder = run_folder(root, run_id)
        try:
            manifest = read_run_manifest(folder)
            tables = read_sealed_tables(folder, manifest)
        except StoreDamaged as error:
            damage.append(Damage(run_id, error.path or str(folder.path), str(error)))
            continue
        tables[ORIGINS] = make_origins([(run_id, manifest.turn, manifest.journals)])
        yield run_id, tables


def _told(pack: PackFolder) -> list[Manifest]:
    """What a pack tells of its runs, each as the manifest of the tables that it was made of."""
    rows = read_pack_file(pack, read_manifest(pack.manifest), ORIGINS).to_pylist()
    return [
        Manifest(row["run_id"], {}, tuple(json.loads(row["journals"])), row["turn"]) for row in rows
    ]
