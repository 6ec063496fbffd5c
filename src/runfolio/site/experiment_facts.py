"""What is computed once from an experiment, for its page, its shard and its pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from runfolio.analysis.drivers import FEW_TREES, MIN_RUNS, TREES, Drivers, rank_drivers
from runfolio.query.runs import ParamValue
from runfolio.schema import RUNNING
from runfolio.site.fingerprints import digest
from runfolio.site.library import ExperimentEntry, RunEntry

MANY_RUNS: Final = 500
"""From so many runs on few trees do: each is tried on hundreds of runs that it has not seen."""


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
        trees = TREES if len(self.entry.runs) < MANY_RUNS else FEW_TREES
        return self._rank(primary.metric, trees=trees) if primary else None

    def drivers_of(self, metric: str) -> Drivers | None:
        """Which parameters drive a metric; for others than the primary one from fewer trees."""
        primary = self.entry.primary
        if primary is not None and metric == primary.metric:
            return self.drivers
        return self._rank(metric, trees=FEW_TREES)

    def _rank(self, metric: str, *, trees: int) -> Drivers | None:
        target = self._targets(metric)
        counted = [place for place, value in enumerate(target) if math.isfinite(value)]
        values = [target[place] for place in counted]
        params = {key: [all_[place] for place in counted] for key, all_ in self._params.items()}
        direction = self.entry.direction(metric) or "down"
        said = digest(params, values, direction, metric, trees)
        return _rank_known(_Question(said, params, values, direction, metric, trees))

    def _targets(self, metric: str) -> list[float]:
        """The last values of a metric; of runs that are still going only where few have ended."""
        values = [run.last(metric) for run in self.entry.runs]
        ended = [
            None if run.record.status == RUNNING else value
            for run, value in zip(self.entry.runs, values, strict=True)
        ]
        enough = len(ended) - ended.count(None) >= MIN_RUNS
        return [math.nan if value is None else value for value in (ended if enough else values)]

    @cached_property
    def _params(self) -> dict[str, list[ParamValue]]:
        runs = self.entry.runs
        return {key: [run.record.params.get(key) for run in runs] for key in self.entry.params}


@dataclass(frozen=True, eq=False, slots=True)
class _Question:
    """What drivers are ranked from; `said` is the digest of it all."""

    said: str
    params: Mapping[str, list[ParamValue]]
    target: list[float]
    direction: str
    metric: str
    trees: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and other.said == self.said

    def __hash__(self) -> int:
        return hash(self.said)


@lru_cache(maxsize=64)
def _rank_known(asked: _Question) -> Drivers | None:
    """Rank drivers once: a forest takes longer than all else of an experiment's page."""
    return rank_drivers(
        asked.params,
        np.array(asked.target),
        direction=asked.direction,
        metric=asked.metric,
        trees=asked.trees,
    )


def differs(runs: tuple[RunEntry, ...], key: str) -> bool:
    """Whether a parameter has several values, or is missing in some of the runs."""
    return len({run.record.param_texts.get(key) for run in runs}) > 1
