"""Everything the pages are made from: a store's runs with their summaries, by experiment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from typing import TYPE_CHECKING

import numpy as np

from runfolio.analysis.comparison import choose_baseline
from runfolio.query import Curve
from runfolio.query.directions import Primary, choose_primary, guess_direction
from runfolio.reproduction.plan import REPRODUCES
from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.addresses import experiment_id, points_file
from runfolio.site.entries import BROKEN_OFF, RunEntry, Summary, find_contenders
from runfolio.site.partition import block_of, count_blocks
from runfolio.site.run_lists import JoinedRuns, ListedRuns, RunsById
from runfolio.site.run_table import EntryTable, RunTable
from runfolio.site.stored_table import StoredTable, make_source
from runfolio.store import Damage, ExperimentSettings, RegisteredModel, StoreTables
from runfolio.store.narrowing import only_models

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ExperimentEntry",
    "Library",
    "RunEntry",
    "Summary",
    "find_contenders",
    "make_entries",
    "make_library",
]


@dataclass(frozen=True)
class ExperimentEntry:
    """An experiment with its runs by start time; their files are made in so many `blocks`."""

    id: str
    name: str
    settings: ExperimentSettings
    runs: Sequence[RunEntry]
    metrics: tuple[str, ...]
    params: tuple[str, ...]
    primary: Primary | None
    blocks: int = 1

    def points_file(self, run_id: str) -> str:
        """The table that has the points of a run, and of others of its block."""
        return points_file(self.id, block_of(run_id, self.blocks), self.blocks)

    def alone(self, run: RunEntry) -> ExperimentEntry:
        """The experiment with one run only: what is the same whatever its other runs are."""
        return ExperimentEntry(
            id=self.id,
            name=self.name,
            settings=ExperimentSettings(self.name),
            runs=(run,),
            metrics=tuple(key for key in self.metrics if key in run.summaries),
            params=tuple(sorted(run.record.params)),
            primary=self.primary,
            blocks=self.blocks,
        )

    @cached_property
    def directions(self) -> dict[str, str | None]:
        """Whether lower ("down") or higher ("up") values of each metric are better, if known."""
        guessed: dict[str, str | None] = {one: guess_direction(one) for one in self.metrics}
        return guessed | ({self.primary.metric: self.primary.direction} if self.primary else {})

    def direction(self, metric: str) -> str | None:
        """Whether lower ("down") or higher ("up") values of a metric are better, if known."""
        return self.directions.get(metric)

    @cached_property
    def table(self) -> RunTable:
        """The runs in columns, for what looks at all of them."""
        return self.runs.table if isinstance(self.runs, ListedRuns) else EntryTable(self.runs)

    @cached_property
    def contenders(self) -> frozenset[str]:
        """Ids of the runs that may be best: those that did not break off, or all if all did."""
        return frozenset(compress(self.table.ids, self.table.contending.tolist()))

    def counts(self, run: RunEntry) -> bool:
        """Whether a run may be best."""
        return run.record.status not in BROKEN_OFF or not self._has_sound_runs

    @cached_property
    def _has_sound_runs(self) -> bool:
        return any(status not in BROKEN_OFF for status in self.table.status_counts)

    @cached_property
    def ranks(self) -> list[int]:
        """The numbers of the runs in the order of `ranked`."""
        table = self.table
        everyone = np.arange(len(table.ids))
        if self.primary is None:
            return list(everyone[::-1].tolist())
        last, sign = table.last(self.primary.metric), -1 if self.primary.direction == "up" else 1
        known, unknown = everyone[np.isfinite(last)], everyone[np.isnan(last)]
        order = np.lexsort((sign * last[known], ~table.contending[known]))
        return [*known[order].tolist(), *unknown[::-1].tolist()]

    @cached_property
    def ranked(self) -> Sequence[RunEntry]:
        """The runs by primary metric, best first; then those that broke off or have no value."""
        return ListedRuns(self.table, self.ranks)

    @cached_property
    def best(self) -> RunEntry | None:
        """The best run by the primary metric."""
        if self.primary is None or not self.ranks:
            return None
        first = self.ranked[0]
        return first if first.last(self.primary.metric) is not None else None

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each run in `ranked`, by id, from 0."""
        ids = self.table.ids
        return {ids[number]: place for place, number in enumerate(self.ranks)}

    @cached_property
    def values(self) -> dict[str, NDArray[np.float64]]:
        """For each metric the last values of the runs that may be best, in ascending order."""
        table = self.table
        found = {metric: table.last(metric)[table.contending] for metric in self.metrics}
        return {
            metric: np.sort(one[~np.isnan(one)], kind="stable") for metric, one in found.items()
        }

    @cached_property
    def baseline(self) -> RunEntry | None:
        """The run that others are measured against: the first finished one with a value."""
        if self.primary is None:
            return None
        table = self.table
        values = table.last(self.primary.metric).tolist()
        told = zip(range(len(values)), table.own("status"), values, strict=True)
        found = choose_baseline(told)
        return None if found is None else self.runs[found]

    @cached_property
    def last_activity(self) -> int | None:
        """When something last happened, in microseconds since 1970."""
        return max(self.table.moments, default=None)


@dataclass(frozen=True)
class Library:
    """All experiments and registered models of a report, by name."""

    title: str
    experiments: tuple[ExperimentEntry, ...]
    damage: tuple[Damage, ...]
    tool: str | None = None
    models: tuple[RegisteredModel, ...] = ()

    @cached_property
    def runs(self) -> Sequence[RunEntry]:
        return JoinedRuns([experiment.runs for experiment in self.experiments])

    @cached_property
    def by_id(self) -> Mapping[str, RunEntry]:
        return RunsById(self.runs, [one for entry in self.experiments for one in entry.table.ids])

    def children_of(self, run_id: str) -> list[RunEntry]:
        """The runs nested in a run; they may belong to another experiment."""
        return [self.runs[place] for place in self._children.get(run_id, ())]

    def repetitions_of(self, run_id: str) -> list[RunEntry]:
        """The runs that repeat a run."""
        return [self.runs[place] for place in self._repetitions.get(run_id, ())]

    @cached_property
    def related(self) -> frozenset[str]:
        """The ids of the runs that are part of another one, repeat one, or the other way round."""
        inner = (
            place for places in (self._children, self._repetitions) for place in places.values()
        )
        ids = [one for entry in self.experiments for one in entry.table.ids]
        own = {ids[place] for places in inner for place in places}
        return frozenset(own | self._children.keys() | self._repetitions.keys())

    @cached_property
    def _children(self) -> dict[str, list[int]]:
        return _find_places(one.table.own("parent_id") for one in self.experiments)

    @cached_property
    def _repetitions(self) -> dict[str, list[int]]:
        return _find_places(one.table.tags(REPRODUCES) for one in self.experiments)

    @cached_property
    def last_activity(self) -> int | None:
        moments = [one.last_activity for one in self.experiments if one.last_activity is not None]
        return max(moments, default=None)


def _find_places(columns: Iterable[list[str | None]]) -> dict[str, list[int]]:
    """The places of each text in some columns that follow each other."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(chain.from_iterable(columns)):
        if text is not None:
            found.setdefault(text, []).append(place)
    return found


def make_library(
    tables: StoreTables, *, title: str, experiments: Collection[str] | None = None
) -> Library:
    """Gather the runs, summaries and curves of a store, or of some of its experiments."""
    source = make_source(tables, experiments=experiments)
    found = source.runs.experiments
    names = {*found}
    names |= {name for name in tables.experiments if experiments is None or name in experiments}
    entries = [
        _experiment(
            name, StoredTable(source, *found.get(name, (0, 0))), tables.experiments.get(name)
        )
        for name in sorted(names)
    ]
    models = tables.models
    if experiments is not None:
        models = only_models(models, set(source.runs.ids))
    return Library(title, tuple(entries), tables.damage, tables.tool, models)


def _experiment(
    name: str, table: StoredTable, settings: ExperimentSettings | None
) -> ExperimentEntry:
    metrics = [key for key in table.metric_keys if not key.startswith(SYSTEM_PREFIX)]
    counts = {key: table.metric_count(key) for key in metrics}
    missing = settings is not None and settings.primary_metric not in (None, *counts)
    primary = choose_primary(counts, setting=None if missing else settings)
    metrics.sort(key=lambda key: (primary is None or key != primary.metric, key))
    return ExperimentEntry(
        id=experiment_id(name),
        name=name,
        settings=settings or ExperimentSettings(name),
        runs=ListedRuns(table, range(len(table.ids))),
        metrics=tuple(metrics),
        params=tuple(table.param_keys),
        primary=primary,
        blocks=count_blocks(len(table.ids), table.point_count),
    )


def make_entries(
    tables: StoreTables,
    run_ids: Collection[str],
    numbers: Mapping[str, tuple[int, int]],
    curves: Mapping[str, Mapping[str, Curve]],
) -> dict[str, RunEntry]:
    """Some runs by id, each with its number and its mark as `numbers` say."""
    source = make_source(tables)
    wanted = [place for place, run_id in enumerate(source.runs.ids) if run_id in run_ids]
    places = np.array(wanted, np.int32)
    told = zip(source.runs.records(places), source.summaries_of(places), strict=True)
    return {
        record.id: RunEntry(
            record,
            numbers[record.id][0],
            summaries,
            curves.get(record.id, {}),
            numbers[record.id][1],
        )
        for record, summaries in told
    }
