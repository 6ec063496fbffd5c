"""A run with its numbers, as the pages show it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from runfolio.query import Curve, RunRecord
from runfolio.schema import FAILED, KILLED

BROKEN_OFF = (FAILED, KILLED)
"""How runs end whose numbers count only where no other run has any."""


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
    curves: Mapping[str, Curve]
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
    sound = [run for run in runs if run.record.status not in BROKEN_OFF]
    return sound or list(runs)
