"""Runs given as plain records, as the tables of a store that is nowhere on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runfolio.schema import WholeRun
from runfolio.store.edited import ExperimentSettings
from runfolio.store.places import Damage
from runfolio.store.reading import StoreTables, as_fields
from runfolio.store.records import artifact_row, make_tables
from runfolio.store.replay import Rows


class Gathering:
    """Takes runs one by one; `spool` is a folder for files of which only the content is given."""

    def __init__(self, root: Path, spool: Path) -> None:
        self._root = root
        self._spool = spool
        self._runs: list[tuple[WholeRun, Rows]] = []
        self._files: dict[tuple[str, str], Path] = {}

    def add(self, record: WholeRun) -> None:
        """Take one run; its files stay where they are."""
        rows = [artifact_row(record, file) for file in record.files]
        for file in record.files:
            source = file.source if isinstance(file.source, Path) else self._write(file.source)
            self._files[record.id, file.path] = source
        self._runs.append((record, rows))

    def _write(self, content: bytes) -> Path:
        path = self._spool / hashlib.sha256(content).hexdigest()
        if not path.exists():
            path.write_bytes(content)
        return path

    def tables(
        self, experiments: dict[str, ExperimentSettings], damage: Iterable[Damage], tool: str
    ) -> StoreTables:
        """The tables of all runs so far, as `read_store` gives those of a store."""
        tables: dict[str, Any] = as_fields(make_tables(self._runs))
        return StoreTables(
            root=self._root,
            experiments=experiments,
            damage=tuple(damage),
            files=self._files,
            tool=tool,
            **tables,
        )
