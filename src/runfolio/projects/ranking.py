"""Which trial of a sweep is best, by the metric that is said, set, or guessed from the names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from runfolio.query.directions import choose_primary, guess_direction
from runfolio.store.edited import ExperimentSettings, read_said
from runfolio.store.opening import open_store

Direction = Literal["up", "down"]


@dataclass(slots=True)
class Ranking:
    """The metrics of finished trials by number, and which of them counts in which direction."""

    setting: ExperimentSettings
    metrics: dict[int, Mapping[str, float]] = field(default_factory=dict)

    def note(self, number: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of a trial that has finished."""
        self.metrics[number] = metrics

    @property
    def metric(self) -> str | None:
        """The metric that counts; None while no trial has any."""
        return self._choose()[0]

    @property
    def direction(self) -> Direction | None:
        """Where its better values are."""
        return self._choose()[1]

    def _choose(self) -> tuple[str | None, Direction | None]:
        counts = Counter(name for metrics in self.metrics.values() for name in metrics)
        chosen = choose_primary(counts, setting=self.setting)
        if chosen is None:
            return self.setting.primary_metric, None
        return chosen.metric, chosen.direction

    def value(self, number: int) -> float | None:
        """A trial's value of the metric that counts."""
        metric = self.metric
        return None if metric is None else self.metrics.get(number, {}).get(metric)

    def best(self) -> int | None:
        """The number of the best trial; the first of several, and never one with NaN."""
        sign = -1.0 if self.direction == "up" else 1.0
        found = {number: self.value(number) for number in sorted(self.metrics)}
        known = {number: one for number, one in found.items() if one is not None and one == one}
        return min(known, key=lambda number: sign * known[number], default=None)


def make_ranking(
    store: str, experiment: str, metric: str | None, direction: Direction | None
) -> Ranking:
    """A ranking by what the caller says, else by what was said of the experiment."""
    said = read_said(open_store(store, "overview")).settings([experiment], "all").get(experiment)
    if metric is None and said is not None:
        metric, direction = said.primary_metric, direction or _known(said.direction)
    if metric is not None and direction is None:
        direction = guess_direction(metric)
    return Ranking(ExperimentSettings(experiment, metric, direction))


def _known(direction: str | None) -> Direction | None:
    return "up" if direction == "up" else "down" if direction == "down" else None
