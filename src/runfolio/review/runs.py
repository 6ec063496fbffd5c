"""The runs of one side, with what a comparison needs of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runfolio.query import Curve, RunRecord, find_runs, group_curves
from runfolio.schema import FAILED, KILLED, RUNNING, SYSTEM_PREFIX
from runfolio.store.narrowing import only_runs

if TYPE_CHECKING:
    from runfolio.store import StoreTables

Summary = Mapping[str, float | int | None]


@dataclass(frozen=True)
class ComparedRun:
    """A run with the summaries of its metrics and their curves."""

    record: RunRecord
    summaries: Mapping[str, Summary]
    curves: Mapping[str, Curve]

    @property
    def broke_off(self) -> bool:
        """Whether the run failed or was killed."""
        return self.record.status in (FAILED, KILLED)


@dataclass(frozen=True)
class Group:
    """The runs of one experiment on one side; of those that broke off only if all did."""

    experiment: str
    runs: tuple[ComparedRun, ...]
    left_out: int

    @cached_property
    def broke_off(self) -> bool:
        """Whether every run failed or was killed, so that these count after all."""
        return bool(self.runs) and all(run.broke_off for run in self.runs)

    @property
    def running(self) -> int:
        """How many runs have not ended yet."""
        return sum(run.record.status == RUNNING for run in self.runs)

    @cached_property
    def metrics(self) -> dict[str, int]:
        """How many runs have each metric, measurements of the machine left out."""
        counts: dict[str, int] = {}
        for run in self.runs:
            for key in run.summaries:
                if not key.startswith(SYSTEM_PREFIX):
                    counts[key] = counts.get(key, 0) + 1
        return counts

    def values(self, metric: str, aggregate: str = "last") -> tuple[float, ...]:
        """What each run that has the metric says of it; NaN where all its points are NaN."""
        found = [run.summaries[metric] for run in self.runs if metric in run.summaries]
        known = (summary[aggregate] for summary in found)
        return tuple(math.nan if one is None else float(one) for one in known)


def gather_groups(tables: StoreTables, run_ids: Iterable[str]) -> dict[str, Group]:
    """The runs of these ids by experiment, each in order of start."""
    chosen = only_runs(tables, tuple(run_ids))
    summaries = _read_summaries(chosen)
    curves = group_curves(chosen.metrics)
    members: dict[str, list[ComparedRun]] = {}
    for record in find_runs(chosen):
        run = ComparedRun(record, summaries.get(record.id, {}), curves.get(record.id, {}))
        members.setdefault(record.experiment, []).append(run)
    return {name: make_group(name, runs) for name, runs in members.items()}


def make_group(experiment: str, runs: Sequence[ComparedRun]) -> Group:
    """The runs that count: those that did not break off, or all if all did."""
    sound = [run for run in runs if not run.broke_off] or runs
    return Group(experiment, tuple(sound), len(runs) - len(sound))


def _read_summaries(tables: StoreTables) -> dict[str, dict[str, Summary]]:
    found: dict[str, dict[str, Summary]] = {}
    names = ["run_id", "key", "count", "first", "last", "min", "max", "mean"]
    for row in tables.summaries.select(names).to_pylist():
        kept: dict[str, Any] = {name: row[name] for name in names[2:]}
        found.setdefault(row["run_id"], {})[row["key"]] = kept
    return found
