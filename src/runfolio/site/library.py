"""Everything the pages are made from: a store's runs with their summaries, by experiment."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runfolio.analysis.comparison import choose_baseline
from runfolio.query import Curve, RunRecord, find_curves, find_runs
from runfolio.query.directions import Primary, choose_primary, guess_direction
from runfolio.schema import FAILED, KILLED, SYSTEM_PREFIX
from runfolio.site.addresses import experiment_id
from runfolio.store import Damage, ExperimentSettings, StoreTables

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric of one run in numbers; all but `count` and `nan_count` may be None."""

    count: int
    last: float | None
    last_step: int | None
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    mean: float | None
    nan_count: int
    first: float | None = None

    def best(self, direction: str | None) -> tuple[float | None, int | None]:
        """The best value and its step."""
        return (self.max, self.max_step) if direction == "up" else (self.min, self.min_step)


@dataclass(frozen=True)
class RunEntry:
    """A run with its metrics; `number` counts the experiment's runs by start, from 0.

    `mark` is what its colour goes by: its number when deleted runs are counted too, so that a run
    keeps its colour when another one goes.
    """

    record: RunRecord
    number: int
    summaries: dict[str, Summary]
    curves: dict[str, Curve]
    mark: int = -1

    def __post_init__(self) -> None:
        if self.mark < 0:
            object.__setattr__(self, "mark", self.number)

    @cached_property
    def id(self) -> str:
        return self.record.id

    def last(self, metric: str | None) -> float | None:
        """The last value of a metric, or None when it has none that is finite."""
        summary = self.summaries.get(metric or "")
        if summary is None or summary.last is None or not math.isfinite(summary.last):
            return None
        return summary.last


def find_contenders(runs: Sequence[RunEntry]) -> list[RunEntry]:
    """The runs that count in a mean or as best: those that did not break off, or all if all did."""
    sound = [run for run in runs if run.record.status not in (FAILED, KILLED)]
    return sound or list(runs)


@dataclass(frozen=True)
class ExperimentEntry:
    """An experiment with its runs by start time."""

    id: str
    name: str
    settings: ExperimentSettings
    runs: tuple[RunEntry, ...]
    metrics: tuple[str, ...]
    params: tuple[str, ...]
    primary: Primary | None

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
    def contenders(self) -> frozenset[str]:
        """Ids of the runs that may be best: those that did not break off, or all if all did."""
        return frozenset(run.id for run in find_contenders(self.runs))

    @cached_property
    def ranked(self) -> tuple[RunEntry, ...]:
        """The runs by primary metric, best first; then those that broke off or have no value."""
        if self.primary is None:
            return tuple(reversed(self.runs))
        metric, sign = self.primary.metric, -1.0 if self.primary.direction == "up" else 1.0
        known = [run for run in self.runs if run.last(metric) is not None]
        unknown = [run for run in reversed(self.runs) if run.last(metric) is None]
        known.sort(
            key=lambda run: (run.id not in self.contenders, sign * (run.last(metric) or 0.0))
        )
        return (*known, *unknown)

    @cached_property
    def best(self) -> RunEntry | None:
        """The best run by the primary metric."""
        if self.primary is None or not self.ranked:
            return None
        first = self.ranked[0]
        return first if first.last(self.primary.metric) is not None else None

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each run in `ranked`, by id, from 0."""
        return {run.id: place for place, run in enumerate(self.ranked)}

    @cached_property
    def values(self) -> dict[str, list[float]]:
        """For each metric the last values of the runs that may be best, in ascending order."""
        contenders = [run for run in self.runs if run.id in self.contenders]
        return {
            metric: sorted(value for run in contenders if (value := run.last(metric)) is not None)
            for metric in self.metrics
        }

    @cached_property
    def baseline(self) -> RunEntry | None:
        """The run that others are measured against: the first finished one with a value."""
        if self.primary is None:
            return None
        metric = self.primary.metric
        found = choose_baseline(
            [(run.id, run.record.status, run.last(metric)) for run in self.runs]
        )
        return next((run for run in self.runs if run.id == found), None)

    @cached_property
    def last_activity(self) -> int | None:
        """When something last happened, in microseconds since 1970."""
        moments = [run.record.end_time or run.record.start_time for run in self.runs]
        return max(moments, default=None)


@dataclass(frozen=True)
class Library:
    """All experiments of a report, by name."""

    title: str
    experiments: tuple[ExperimentEntry, ...]
    damage: tuple[Damage, ...]
    tool: str | None = None

    @cached_property
    def runs(self) -> tuple[RunEntry, ...]:
        return tuple(run for experiment in self.experiments for run in experiment.runs)

    @cached_property
    def by_id(self) -> dict[str, RunEntry]:
        return {run.id: run for run in self.runs}

    @cached_property
    def children(self) -> dict[str, list[RunEntry]]:
        """The runs nested in each run, by its id; they may belong to another experiment."""
        found: dict[str, list[RunEntry]] = {}
        for run in self.runs:
            if run.record.parent_id is not None:
                found.setdefault(run.record.parent_id, []).append(run)
        return found

    @cached_property
    def last_activity(self) -> int | None:
        moments = [one.last_activity for one in self.experiments if one.last_activity is not None]
        return max(moments, default=None)


def make_library(
    tables: StoreTables, *, title: str, experiments: Collection[str] | None = None
) -> Library:
    """Gather the runs, summaries and curves of a store, or of some of its experiments."""
    records = find_runs(tables, experiments=experiments)
    summaries = _summaries(tables.summaries)
    curves: dict[str, dict[str, Curve]] = {}
    for curve in find_curves(tables.metrics):
        curves.setdefault(curve.run_id, {})[curve.key] = curve
    names = {record.experiment for record in records}
    names |= {name for name in tables.experiments if experiments is None or name in experiments}
    grouped: dict[str, list[RunRecord]] = {name: [] for name in sorted(names)}
    for record in records:
        grouped[record.experiment].append(record)
    entries = [
        _experiment(name, members, tables.experiments.get(name), summaries, curves, tables.numbers)
        for name, members in grouped.items()
    ]
    return Library(title, tuple(entries), tables.damage, tables.tool)


def _experiment(
    name: str,
    records: list[RunRecord],
    settings: ExperimentSettings | None,
    summaries: dict[str, dict[str, Summary]],
    curves: dict[str, dict[str, Curve]],
    numbers: Mapping[str, int],
) -> ExperimentEntry:
    runs = tuple(
        RunEntry(
            record,
            number,
            summaries.get(record.id, {}),
            curves.get(record.id, {}),
            numbers.get(record.id, number),
        )
        for number, record in enumerate(records)
    )
    counts = Counter(
        key for run in runs for key in run.summaries if not key.startswith(SYSTEM_PREFIX)
    )
    missing = settings is not None and settings.primary_metric not in (None, *counts)
    primary = choose_primary(dict(counts), setting=None if missing else settings)
    metrics = sorted(counts, key=lambda key: (primary is None or key != primary.metric, key))
    params = sorted({key for record in records for key in record.params})
    return ExperimentEntry(
        id=experiment_id(name),
        name=name,
        settings=settings or ExperimentSettings(name),
        runs=runs,
        metrics=tuple(metrics),
        params=tuple(params),
        primary=primary,
    )


def _summaries(table: pa.Table) -> dict[str, dict[str, Summary]]:
    names = ("count", "last", "last_step", "min", "min_step", "max", "max_step", "mean")
    columns: list[list[Any]] = [table[name].to_pylist() for name in (*names, "nan_count", "first")]
    found: dict[str, dict[str, Summary]] = {}
    keys = zip(table["run_id"].to_pylist(), table["key"].to_pylist(), strict=True)
    for (run_id, key), *values in zip(keys, *columns, strict=True):
        found.setdefault(run_id, {})[key] = Summary(*values)
    return found
