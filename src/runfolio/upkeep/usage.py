"""What a store takes on disk, by experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.schema import is_run_id
from runfolio.store.files import scan_files
from runfolio.store.layout import (
    StorePath,
    is_address,
    list_run_folders,
    locate_store,
)
from runfolio.store.opening import named_as, open_store
from runfolio.store.reading import read_logged_runs

_PARTS: Final = ("tables", "journal", "artifacts")


@dataclass(frozen=True, slots=True)
class Usage:
    """What an experiment's runs take, in bytes, beside what lies in packs."""

    experiment: str
    runs: int
    tables: int
    journals: int
    artifacts: int

    @property
    def total(self) -> int:
        return self.tables + self.journals + self.artifacts


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """What a store takes in bytes: its experiments, deleted runs included, its packs and edits."""

    experiments: tuple[Usage, ...]
    packs: int
    edits: int
    other: int

    @property
    def total(self) -> int:
        return self.packs + self.edits + self.other + sum(one.total for one in self.experiments)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The bytes of each run by id, as tables, journals, artifacts and the rest; and of all else."""

    runs: Mapping[str, list[int]]
    packs: int
    edits: int


def du(*, store: StorePath | None = None) -> DiskUsage:
    """Measure what a store takes on disk, or on object storage."""
    place = locate_store(store)
    root = open_store(place, "overview")
    with named_as(place, root):
        experiments = {run.id: run.shown for run in read_logged_runs(root)}
    sizes = _sizes_at(place) if is_address(place) else _sizes_in(root)
    rows: dict[str, list[int]] = {}
    for experiment in experiments.values():
        rows.setdefault(experiment, [0, 0, 0, 0])[0] += 1
    other = 0
    for run_id, (*parts, rest) in sizes.runs.items():
        if run_id in experiments:
            row = rows[experiments[run_id]]
            row[1:] = [have + more for have, more in zip(row[1:], parts, strict=True)]
            other += rest
        else:
            other += rest + sum(parts)
    listed = tuple(Usage(name, *row) for name, row in sorted(rows.items()))
    return DiskUsage(listed, sizes.packs, sizes.edits, other)


def _sizes_in(root: Path) -> _Sizes:
    runs = {}
    for folder in list_run_folders(root):
        parts = [measure_folder(p) for p in (folder.tables, folder.journals, folder.artifacts)]
        runs[folder.run_id] = [*parts, measure_folder(folder.path) - sum(parts)]
    return _Sizes(runs, measure_folder(root / "packs"), measure_folder(root / "edits"))


def _sizes_at(url: str) -> _Sizes:
    from runfolio.store.remote import RemoteStore

    runs: dict[str, list[int]] = {}
    others = {"packs": 0, "edits": 0}
    for path, one in RemoteStore(url).list().items():
        scope, run_id, part, *_ = [*path.split("/"), "", ""]
        if scope in others:
            others[scope] += one.size
        elif scope == "runs" and is_run_id(run_id):
            sizes = runs.setdefault(run_id, [0] * (len(_PARTS) + 1))
            sizes[_PARTS.index(part) if part in _PARTS else -1] += one.size
    return _Sizes(runs, others["packs"], others["edits"])


def measure_folder(folder: Path) -> int:
    """The bytes of all files below a folder; links are not followed."""
    return sum(details.st_size for details in scan_files(folder))
