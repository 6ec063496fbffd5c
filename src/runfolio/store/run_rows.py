"""The rows of single runs in a table in which the rows of each run lie together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from runfolio.store.held import release_pages

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class RunRows:
    """Finds the rows of runs in a table that is in the order of their ids."""

    def __init__(self, table: pa.Table) -> None:
        import numpy as np
        import pyarrow.compute as pc

        self.table = table
        runs = pc.run_end_encode(table["run_id"].combine_chunks())
        release_pages()
        # Of bytes, which take a tenth of the room that texts take.
        self._ids = _as_bytes(runs.values.to_pylist())
        self._starts = np.concatenate([[0], runs.run_ends.to_numpy()])

    def of(self, run_ids: Collection[str]) -> pa.Table:
        """The rows of some runs, in the order of the ids."""
        import numpy as np
        import pyarrow as pa

        wanted = _as_bytes(sorted(run_ids))
        places = np.searchsorted(self._ids, wanted)
        places = places[places < len(self._ids)]
        places = places[self._ids[places] == wanted[: len(places)]]
        parts = [self.table.slice(0, 0)]
        first, last = 0, 0
        for start, end in zip(
            self._starts[places].tolist(), self._starts[places + 1].tolist(), strict=True
        ):
            if start != last:
                parts.append(self.table.slice(first, last - first))
                first = start
            last = end
        parts.append(self.table.slice(first, last - first))
        return pa.concat_tables(parts)


def _as_bytes(ids: Iterable[str]) -> NDArray[np.bytes_]:
    import numpy as np

    return np.array([one.encode() for one in ids], np.bytes_)
