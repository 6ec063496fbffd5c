"""What is computed once from an experiment, for its page, its shard and its pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runfolio.analysis.drivers import FEW_TREES, TREES, Drivers, rank_drivers
from runfolio.query.runs import ParamValue
from runfolio.site.library import ExperimentEntry, RunEntry


@dataclass(frozen=True)
class ExperimentFacts:
    """An experiment with what is computed from it once, for its page, shard and pictures."""

    entry: ExperimentEntry

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """Parameters that differ between runs, the strongest drivers first."""
        runs = self.entry.runs
        differing = [key for key in self.entry.params if differs(runs, key)]
        order = [one.name for one in self.drivers.items] if self.drivers else []
        rank = {name: place for place, name in enumerate(order)}
        return tuple(sorted(differing, key=lambda key: (rank.get(key, len(rank)), key)))

    @cached_property
    def constants(self) -> tuple[tuple[str, str], ...]:
        """Parameters that all runs share, with their value."""
        runs, varying = self.entry.runs, set(self.varying)
        return tuple(
            (key, next(run.record.param_texts[key] for run in runs if key in run.record.params))
            for key in self.entry.params
            if key not in varying
        )

    @cached_property
    def drivers(self) -> Drivers | None:
        """Which parameters drive the primary metric, where that can be said."""
        primary = self.entry.primary
        return self._rank(primary.metric, trees=TREES) if primary else None

    def drivers_of(self, metric: str) -> Drivers | None:
        """Which parameters drive a metric; for others than the primary one from fewer trees."""
        primary = self.entry.primary
        if primary is not None and metric == primary.metric:
            return self.drivers
        return self._rank(metric, trees=FEW_TREES)

    def _rank(self, metric: str, *, trees: int) -> Drivers | None:
        last = [run.last(metric) for run in self.entry.runs]
        target = np.array([math.nan if value is None else value for value in last])
        direction = self.entry.direction(metric) or "down"
        return rank_drivers(self._params, target, direction=direction, metric=metric, trees=trees)

    @cached_property
    def _params(self) -> dict[str, list[ParamValue]]:
        runs = self.entry.runs
        return {key: [run.record.params.get(key) for run in runs] for key in self.entry.params}


def differs(runs: tuple[RunEntry, ...], key: str) -> bool:
    """Whether a parameter has several values, or is missing in some of the runs."""
    return len({run.record.param_texts.get(key) for run in runs}) > 1
