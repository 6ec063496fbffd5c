"""Lists of runs that are too many to hold: a run is made when it is asked for, and not kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import Final, overload

from runfolio.site.entries import RunEntry
from runfolio.site.run_table import RunTable

BLOCK: Final = 500
"""So many runs are made at once where all are gone through."""


class ListedRuns(Sequence[RunEntry]):
    """Some runs of a table by their numbers, in the order of these."""

    def __init__(self, table: RunTable, numbers: Sequence[int]) -> None:
        self.table = table
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> RunEntry: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[RunEntry, ...]: ...

    def __getitem__(self, place: int | slice) -> RunEntry | tuple[RunEntry, ...]:
        if isinstance(place, slice):
            return tuple(self.table.entries(self._numbers[place]))
        return self.table.entries([self._numbers[place]])[0]

    def __iter__(self) -> Iterator[RunEntry]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def __reversed__(self) -> Iterator[RunEntry]:
        for end in range(len(self), 0, -BLOCK):
            yield from reversed(self[max(0, end - BLOCK) : end])


class JoinedRuns(Sequence[RunEntry]):
    """The runs of several experiments, one after another."""

    def __init__(self, parts: Sequence[Sequence[RunEntry]]) -> None:
        self._parts = parts
        self._ends = list(accumulate(map(len, parts)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, place: int) -> RunEntry: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[RunEntry, ...]: ...

    def __getitem__(self, place: int | slice) -> RunEntry | tuple[RunEntry, ...]:
        found = range(len(self))[place]
        if isinstance(found, range):
            return tuple(self[one] for one in found)
        part = bisect_right(self._ends, found)
        return self._parts[part][found - self._ends[part]]

    def __iter__(self) -> Iterator[RunEntry]:
        return chain.from_iterable(self._parts)


class RunsById(Mapping[str, RunEntry]):
    """Runs by their ids."""

    def __init__(self, runs: Sequence[RunEntry], ids: Sequence[str]) -> None:
        self._runs = runs
        self._places = {run_id: place for place, run_id in enumerate(ids)}

    def __getitem__(self, run_id: str) -> RunEntry:
        return self._runs[self._places[run_id]]

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
