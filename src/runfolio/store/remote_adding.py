"""Adding whole runs to a store on object storage, each through a folder of its own.

The manifest is the last object that is put, so that readers see a run whole or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from runfolio.errors import StoreDamaged
from runfolio.schema import WholeRun
from runfolio.store.adding import (
    Added,
    Adder,
    AnotherRun,
    Outcome,
    try_adding,
    with_next_id,
)
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.mirror import Mirror
from runfolio.store.remote import RemoteStore, Upload
from runfolio.store.remote_sealing import manifest_content, put_tables

_ATTEMPTS: Final = 5


class RemoteAdder:
    """Adds runs to the store at an address, as `runfolio.store.adding.Adder` does in a folder."""

    def __init__(self, url: str) -> None:
        self._remote = RemoteStore(url)
        self._remote.create()

    def add(self, record: WholeRun) -> Outcome:
        """Add one run, or what it has more than the one of its id in the store."""
        for _ in range(_ATTEMPTS):
            with tempfile.TemporaryDirectory(prefix="runfolio-add-") as folder:
                work = Mirror(self._remote, Path(folder))
                try:
                    outcome = self._add(work, record)
                except AnotherRun:
                    return self.add(with_next_id(record))
            if outcome is not None:
                return outcome
        raise StoreDamaged(
            f"The run {record.id!r} in {self._remote.url!r} changed while it was added, "
            f"{_ATTEMPTS} times. Try again."
        )

    def add_all(self, runs: Iterable[WholeRun]) -> Iterator[Added]:
        """Add runs and say of each what became of it: one that `add` would raise for is refused."""
        return (try_adding(run, self.add) for run in runs)

    def _add(self, work: Mirror, record: WholeRun) -> Outcome | None:
        """Add once; None where others have changed the run in the meantime."""
        work.bring_run(record.id)
        folder = run_folder(work.root, record.id)
        before = manifest_content(folder)
        outcome = Adder(work.root).add_as(record)
        if outcome == "unchanged":
            return outcome
        self._remote.put_all(_artifacts(folder))
        return outcome if put_tables(work, folder, before) else None


def _artifacts(folder: RunFolder) -> list[Upload]:
    prefix = f"runs/{folder.run_id}/artifacts"
    return [
        Upload(f"{prefix}/{path.relative_to(folder.artifacts).as_posix()}", path)
        for path in sorted(folder.artifacts.rglob("*"))
        if path.is_file()
    ]
