"""The runs of a store's experiment in columns, read from the store's tables when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.query import Curve, StoredCurves, group_curves
from runfolio.query.rows import KeyedRows, Rows, slices
from runfolio.query.runs import ParamValue, StoredRuns, decode_values
from runfolio.site.entries import RunEntry, Summary
from runfolio.site.run_table import (
    ContextFacts,
    DatasetNames,
    Kept,
    RunTable,
    describe_context,
)
from runfolio.store.held import release_pages

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.query.rows import Places
    from runfolio.store import StoreTables
    from runfolio.store.points import Points

    Read = Callable[[str, "Places | None"], list[Any]]

_SUMMARY: Final = list(Summary.__slots__)

MOST_KEPT: Final = 20_000
"""Columns of more runs are not kept."""

MOST_CELLS: Final = 1_000_000
"""So many values are kept at most, with some 60 bytes each."""


@dataclass(frozen=True)
class RunSource:
    """What a store's tables say of runs; `curves` holds those that lie in no `points`."""

    runs: StoredRuns
    summaries: Rows
    numbers: Mapping[str, int]
    points: Points | None
    curves: Mapping[str, Mapping[str, Curve]]

    def curves_of(self, run_id: str) -> Mapping[str, Curve]:
        """The curves of a run, which may be read only when they are looked at."""
        if self.points is not None:
            return StoredCurves(self.points, run_id)
        return self.curves.get(run_id, {})

    def summaries_of(self, runs: Places) -> Iterator[dict[str, Summary]]:
        """The summaries of each of some runs by metric."""
        rows, counts = self.summaries.of(runs)
        keys = self.summaries.keys_of(rows)
        found = list(map(Summary, *self.summaries.take(rows, _SUMMARY)))
        for part in slices(counts):
            yield dict(zip(keys[part], found[part], strict=True))


def make_source(tables: StoreTables, *, experiments: Collection[str] | None = None) -> RunSource:
    """The runs of a store, or of some of its experiments."""
    import pyarrow as pa

    runs = StoredRuns(tables, experiments=experiments)
    summaries = Rows(tables.summaries, pa.array(runs.ids, pa.string()))
    return RunSource(runs, summaries, tables.numbers, tables.points, group_curves(tables.metrics))


class StoredTable(RunTable):
    """The columns of an experiment's runs: those of a store from `start` to before `end`."""

    def __init__(self, source: RunSource, start: int, end: int) -> None:
        self._source, self._start, self._end = source, start, end
        runs, numbers = source.runs, source.numbers
        self._params = KeyedRows(runs.params, start, end)
        self._tags = KeyedRows(runs.tags, start, end)
        self._summaries = KeyedRows(source.summaries, start, end)
        self.param_keys = self._params.keys
        self.metric_keys = self._summaries.keys
        self.tag_keys = self._tags.keys
        self._kept: dict[tuple[str, str], list[Any]] | None = None
        self.marks = [numbers.get(run_id, number) for number, run_id in enumerate(self.ids)]

    @cached_property
    def ids(self) -> list[str]:
        return self._source.runs.ids[self._start : self._end]

    def own(self, name: str) -> list[Any]:
        if name == "id":
            return self.ids
        return self._source.runs.column(name, self._start, self._end)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        if len(self.marks) > MOST_KEPT:
            yield
            return
        self._kept = {}
        try:
            with self._params.keeping(), self._tags.keeping(), self._summaries.keeping():
                yield
        finally:
            self._kept = None

    def _recall(self, what: str, key: str, runs: Places | None, read: Read) -> list[Any]:
        """A column that is kept, or what it is read as."""
        if self._kept is None or runs is not None:
            return read(key, runs)
        if (what, key) in self._kept:
            return self._kept[what, key]
        column = read(key, None)
        if (len(self._kept) + 1) * len(column) <= MOST_CELLS:
            self._kept[what, key] = column
        return column

    def param_values(self, key: str, runs: Places | None = None) -> list[ParamValue]:
        return self._recall("values", key, runs, self._read_values)

    def _read_values(self, key: str, runs: Places | None) -> list[ParamValue]:
        kinds, texts, numbers = self._params.columns(key, ["kind", "text", "number"], runs)
        return list(decode_values(kinds, texts, numbers))

    def param_texts(self, key: str, runs: Places | None = None) -> list[str | None]:
        return self._recall("texts", key, runs, partial(self._params.column, name="text"))

    def tags(self, key: str, runs: Places | None = None) -> list[str | None]:
        return self._tags.column(key, runs, name="value")

    def metric(self, key: str, aggregate: str = "last", runs: Places | None = None) -> list[Any]:
        read = partial(self._summaries.column, name=aggregate)
        return self._recall(aggregate, key, runs, read)

    def metric_array(
        self, key: str, aggregate: str = "last", runs: Places | None = None
    ) -> pa.Array:
        return self._summaries.array(key, aggregate, runs)

    def text_array(self, key: str, runs: Places | None = None) -> pa.Array:
        return self._params.array(key, "text", runs)

    def tag_array(self, key: str, runs: Places | None = None) -> pa.Array:
        return self._tags.array(key, "value", runs)

    def typed_array(self, key: str, runs: Places | None = None) -> pa.Array | None:
        import pyarrow as pa
        import pyarrow.compute as pc

        kinds = self._params.array(key, "kind", runs)
        if not len(kinds) or kinds.null_count or not pc.all(pc.equal(kinds, kinds[0])).as_py():
            return None
        match kinds[0].as_py():
            case "float":
                numbers = self._params.array(key, "number", runs)
                return None if numbers.null_count else numbers
            case "string":
                return self.text_array(key, runs)
            case "int":
                texts = self.text_array(key, runs)
                with suppress(pa.ArrowInvalid):
                    found = pc.cast(texts, pa.int64())
                    return found if pc.cast(found, texts.type).equals(texts) else None
        return None

    def metric_count(self, key: str) -> int:
        return self._summaries.count(key)

    @property
    def point_count(self) -> int:
        """How many points the runs have in all."""
        rows, _ = self._source.summaries.between(self._start, self._end)
        return sum(self._source.summaries.take(rows, ["count"])[0])

    @property
    def metric_sets(self) -> list[frozenset[str]]:
        return self._summaries.sets

    @property
    def datasets(self) -> list[DatasetNames | None]:
        rows, runs = self._source.runs.inputs.between(self._start, self._end)
        columns = self._source.runs.inputs.take(rows, ["name", "digest", "context"])
        found: list[list[tuple[str, str, str | None]]] = [[] for _ in self.ids]
        for run, *told in zip(runs.tolist(), *columns, strict=True):
            found[run].append(tuple(told))
        return [tuple(one) or None for one in found]

    @property
    def artifacts(self) -> Iterable[Kept]:
        rows, runs = self._source.runs.artifacts.between(self._start, self._end)
        columns = self._source.runs.artifacts.take(rows, ["path", "kind"])
        for run, path, kind in zip(runs.tolist(), *columns, strict=True):
            yield Kept(run, path, "file" if kind is None else kind)

    @cached_property
    def facts(self) -> list[ContextFacts]:
        contexts, codes = self._source.runs.contexts(self._start, self._end)
        described = [describe_context(one) for one in contexts]
        return [described[code] for code in codes.tolist()]

    def entries(self, numbers: Sequence[int]) -> list[RunEntry]:
        """Some of the runs by their numbers, with all that is known of them."""
        places = np.array(numbers, np.int32) + np.int32(self._start)
        records = self._source.runs.records(places)
        summaries = self._source.summaries_of(places)
        curves_of, marks = self._source.curves_of, self.marks
        found = [
            RunEntry(record, number, told, curves_of(record.id), marks[number])
            for number, record, told in zip(numbers, records, summaries, strict=True)
        ]
        release_pages()
        return found
