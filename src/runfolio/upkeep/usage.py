"""What a store takes on disk, by experiment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from runfolio.store.layout import StorePath, check_store, choose_store, list_run_folders
from runfolio.store.reading import read_logged_runs


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


def du(*, store: StorePath | None = None) -> DiskUsage:
    """Measure what a store takes on disk."""
    root = choose_store(store)
    check_store(root)
    experiments = {run.id: run.shown for run in read_logged_runs(root)}
    rows: dict[str, list[int]] = {}
    for experiment in experiments.values():
        rows.setdefault(experiment, [0, 0, 0, 0])[0] += 1
    other = 0
    for folder in list_run_folders(root):
        parts = [measure_folder(p) for p in (folder.tables, folder.journals, folder.artifacts)]
        rest = measure_folder(folder.path) - sum(parts)
        if folder.run_id in experiments:
            row = rows[experiments[folder.run_id]]
            row[1:] = [have + more for have, more in zip(row[1:], parts, strict=True)]
            other += rest
        else:
            other += rest + sum(parts)
    packs, edits = measure_folder(root / "packs"), measure_folder(root / "edits")
    listed = tuple(Usage(name, *row) for name, row in sorted(rows.items()))
    return DiskUsage(listed, packs, edits, other)


def measure_folder(folder: Path) -> int:
    """The bytes of all files below a folder; links are not followed."""
    total, folders = 0, [os.fspath(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except (FileNotFoundError, NotADirectoryError):
            continue
    return total
