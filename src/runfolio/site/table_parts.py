"""The runs of a large experiment in parts, so that no script of its page is very large.

The parts have the best runs first: the head of the table and what charts draw stand in the first
script, and the browser reads the others meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from runfolio.site.run_table import ContextFacts, DatasetNames, Kept, RunTable

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.query.rows import Places
    from runfolio.query.runs import ParamValue
    from runfolio.site.library import ExperimentEntry, RunEntry

ROWS_AT_ONCE: Final = 20_000
"""An experiment of more runs comes in parts of so many."""

OTHERS_AT_ONCE: Final = 2_000
"""So many runs of a smaller one lie in each part of the columns that are not shown at first."""

_Value = TypeVar("_Value")


class TablePart(RunTable):
    """Some runs of a table, given by their numbers, in that order."""

    def __init__(self, table: RunTable, numbers: Sequence[int]) -> None:
        self._table = table
        self._numbers = numbers
        self._places = np.array(numbers, np.int32)
        self.marks = self._pick(table.marks)
        self.param_keys = table.param_keys
        self.metric_keys = table.metric_keys
        self.tag_keys = table.tag_keys

    def _pick(self, values: Sequence[_Value]) -> list[_Value]:
        return [values[number] for number in self._numbers]

    def _of_whole(self, runs: Places | None) -> Places:
        return self._places if runs is None else self._places[runs]

    def own(self, name: str) -> list[Any]:
        return self._pick(self._table.own(name))

    def param_values(self, key: str, runs: Places | None = None) -> list[ParamValue]:
        return self._table.param_values(key, self._of_whole(runs))

    def param_texts(self, key: str, runs: Places | None = None) -> list[str | None]:
        return self._table.param_texts(key, self._of_whole(runs))

    def tags(self, key: str, runs: Places | None = None) -> list[str | None]:
        return self._table.tags(key, self._of_whole(runs))

    def metric(self, key: str, aggregate: str = "last", runs: Places | None = None) -> list[Any]:
        return self._table.metric(key, aggregate, self._of_whole(runs))

    def metric_array(
        self, key: str, aggregate: str = "last", runs: Places | None = None
    ) -> pa.Array:
        return self._table.metric_array(key, aggregate, self._of_whole(runs))

    def text_array(self, key: str, runs: Places | None = None) -> pa.Array:
        return self._table.text_array(key, self._of_whole(runs))

    def tag_array(self, key: str, runs: Places | None = None) -> pa.Array:
        return self._table.tag_array(key, self._of_whole(runs))

    def typed_array(self, key: str, runs: Places | None = None) -> pa.Array | None:
        return self._table.typed_array(key, self._of_whole(runs))

    def metric_count(self, key: str) -> int:
        return sum(count is not None for count in self.metric(key, "count"))

    @property
    def metric_sets(self) -> list[frozenset[str]]:
        return self._table.metric_sets

    @cached_property
    def datasets(self) -> list[DatasetNames | None]:
        return self._pick(self._table.datasets)

    @property
    def artifacts(self) -> Iterable[Kept]:
        places = {number: place for place, number in enumerate(self._numbers)}
        kept = (one for one in self._table.artifacts if one.run in places)
        return [one._replace(run=places[one.run]) for one in kept]

    @cached_property
    def facts(self) -> list[ContextFacts]:
        return self._pick(self._table.facts)

    def entries(self, numbers: Sequence[int]) -> list[RunEntry]:
        return self._table.entries([self._numbers[number] for number in numbers])


def split_table(entry: ExperimentEntry) -> Iterator[TablePart]:
    """The runs of an experiment in parts, the best first."""
    for start in range(0, len(entry.ranks), ROWS_AT_ONCE):
        yield TablePart(entry.table, entry.ranks[start : start + ROWS_AT_ONCE])
