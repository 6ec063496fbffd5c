"""The rows of single runs in a table in which the rows of each run lie together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from typing import TYPE_CHECKING

from runfolio.store.packs import stretches

if TYPE_CHECKING:
    import pyarrow as pa


class RunRows:
    """Finds the rows of runs in a table that is in the order of their ids."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        rows = stretches(table) if table.num_rows else []
        self._ids = [run_id for run_id, _, _ in rows]
        self._starts = [first for _, first, _ in rows] + [table.num_rows]

    def of(self, run_ids: Collection[str]) -> pa.Table:
        """The rows of some runs, in the order of the ids."""
        import pyarrow as pa

        parts = [self.table.slice(0, 0)]
        first, last = 0, 0
        for run_id in sorted(run_ids):
            place = bisect_left(self._ids, run_id)
            if place == len(self._ids) or self._ids[place] != run_id:
                continue
            if self._starts[place] != last:
                parts.append(self.table.slice(first, last - first))
                first = self._starts[place]
            last = self._starts[place + 1]
        parts.append(self.table.slice(first, last - first))
        return pa.concat_tables(parts)
