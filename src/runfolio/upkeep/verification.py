"""Checking that everything in a store is what was written: each digest, table and journal."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import StoreDamaged
from runfolio.models.registry import find_users
from runfolio.store.columns import make_overview
from runfolio.store.edits import read_edits
from runfolio.store.files import ODD_FILE, open_plain
from runfolio.store.layout import (
    PackFolder,
    RunFolder,
    StorePath,
    locate_store,
    run_folder,
)
from runfolio.store.manifest import Manifest
from runfolio.store.opening import named_as, open_store
from runfolio.store.packs import read_pack_rows, stretches
from runfolio.store.parquet import read_groups
from runfolio.store.places import Damage, Places
from runfolio.store.reading import read_steadily
from runfolio.store.registry import find_registered
from runfolio.store.sealed import SealedForm, read_sealed_tables, replay_onto
from runfolio.upkeep.registered import check_versions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was checked, and everything that is wrong."""

    runs: int
    artifacts: int
    packs: int
    problems: tuple[Damage, ...]


def verify(*, store: StorePath | None = None) -> Verified:
    """Check every file of a store against its digest, and that tables and journals can be read.

    Versions of models are checked too: that their run and its files are those that were registered.
    Takes as long as reading the whole store, artifacts included.
    """
    place = locate_store(store)
    root = open_store(place, "everything")
    said, damaged = read_edits(root)
    models = find_registered(said).values()
    with named_as(place, root):
        places, _ = read_steadily(root, lambda found: found)
        checking = _Checking(places, set(find_users(models)))
        checking.check()
    edits = [Damage(None, path, reason) for path, reason in damaged]
    versions = [
        Damage(one.run_id, str(run_folder(root, one.run_id or "").artifacts / one.path), reason)
        for one, reason in check_versions(models, checking.known, checking.listed)
    ]
    problems = [*places.damage, *checking.problems, *edits, *versions]
    return Verified(
        checking.runs,
        checking.artifacts,
        len(places.packs.packs),
        tuple(one.named_as(place, root) for one in problems),
    )


class _Checking:
    """Goes through a store, run by run, and gathers what is wrong.

    `known` are the ids of all runs, `listed` the SHA-256 of the artifacts of some `wanted` ones.
    """

    def __init__(self, places: Places, wanted: Collection[str]) -> None:
        self._places = places
        self._wanted = wanted
        self.known = {one.run_id for one in places.damage if one.run_id is not None}
        if places.packs.damage:
            self.known.update(wanted)  # such a run may be in the pack that can't be read
        self.listed: dict[str, dict[str, str]] = {}
        self.runs = 0
        self.artifacts = 0
        self.problems: list[Damage] = []

    def check(self) -> None:
        for folder, manifest in self._places.sealed:
            self.runs += 1
            self._take(folder, self._sealed(folder, manifest))
        for folder, form in self._places.live:
            self.runs += 1
            self._take(folder, self._live(folder, form))
        for pack in self._places.packs.readable:
            self._pack(pack, self._places.packs.manifests[pack.pack_id])

    def _take(self, folder: RunFolder, problems: Iterator[tuple[str, str]]) -> None:
        """Note a run and its problems, each a path and a reason."""
        self.known.add(folder.run_id)
        try:
            self.problems += [Damage(folder.run_id, path, reason) for path, reason in problems]
        except StoreDamaged as error:
            path = error.path or str(folder.path)
            self.problems.append(Damage(folder.run_id, path, str(error)))

    def _sealed(self, folder: RunFolder, manifest: Manifest) -> Iterator[tuple[str, str]]:
        tables = read_sealed_tables(folder, manifest)
        if manifest.overview not in (None, make_overview(tables)):
            yield str(folder.manifest), "its overview isn't what the tables say"
        for name, table in tables.items():
            if set(table["run_id"].unique().to_pylist()) - {folder.run_id}:
                yield str(folder.tables), f"the table of {name} names another run"
        yield from self._artifacts(folder, tables["artifacts"])

    def _live(self, folder: RunFolder, form: SealedForm | None) -> Iterator[tuple[str, str]]:
        replayed = replay_onto(form, folder)
        yield from replayed.damage
        yield from self._artifacts(folder, replayed.tables["artifacts"])

    def _artifacts(self, folder: RunFolder, table: pa.Table) -> Iterator[tuple[str, str]]:
        paths, sizes, digests = (table[one].to_pylist() for one in ("path", "size", "sha256"))
        if folder.run_id in self._wanted:
            self.listed[folder.run_id] = dict(zip(paths, digests, strict=True))
        for path, size, sha256 in zip(paths, sizes, digests, strict=True):
            self.artifacts += 1
            file = folder.artifacts / path
            reason = check_file(file, size, sha256, within=folder.path.parents[1])
            if reason is not None:
                yield str(file), reason

    def _pack(self, pack: PackFolder, manifest: Manifest) -> None:
        for name, details in manifest.files.items():
            path = pack.tables / name
            reason = check_file(path, details["size"], details["sha256"])
            if reason is None:
                reason = _unreadable(path, name.partition(".")[0])
            if reason is not None:
                self.problems.append(Damage(None, str(path), reason))
        self._packed_artifacts(pack, manifest)

    def _packed_artifacts(self, pack: PackFolder, manifest: Manifest) -> None:
        run_ids = self._places.packed[pack.pack_id]
        self.runs += len(run_ids)
        self.known.update(run_ids)
        told = set(run_ids)
        try:
            found = read_pack_rows(pack, manifest, "artifacts", run_ids)
        except StoreDamaged:
            return  # said of the file already
        rows = found.table
        self.listed |= {one: {} for one in (told - found.hidden) & set(self._wanted)}
        for run_id, start, length in stretches(rows):
            if run_id in told:
                folder = run_folder(self._places.root, run_id)
                self._take(folder, self._artifacts(folder, rows.slice(start, length)))


def check_file(
    path: Path, size: int | None, sha256: str | None, *, within: Path | None = None
) -> str | None:
    """Why a file isn't what was written, or None."""
    try:
        with open_plain(path, within=within) as file:
            found = os.fstat(file.fileno()).st_size
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return "it is no file" if reason == ODD_FILE else f"it can't be read: {reason}"
    if size is not None and found != size:
        return f"it has {found:,} bytes and should have {size:,}"
    if sha256 is not None and digest != sha256:
        return "it doesn't match its checksum"
    return None


def _unreadable(path: Path, table: str) -> str | None:
    try:
        damaged = [number for number, rows in read_groups(path, table) if rows is None]
    except StoreDamaged as error:
        return str(error)
    return f"{len(damaged)} of its row groups can't be read" if damaged else None
