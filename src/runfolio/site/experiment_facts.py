"""What is computed once from an experiment, for its page, its shard and its pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from runfolio.analysis.drivers import (
    FEW_TREES,
    MIN_RUNS,
    TREES,
    Drivers,
    choose_rows,
)
from runfolio.schema import RUNNING
from runfolio.site.columns import Column, make_columns
from runfolio.site.details import digest
from runfolio.site.known_drivers import Question, find_answer, rank_once
from runfolio.site.library import ExperimentEntry
from runfolio.site.run_table import RunTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runfolio.query.rows import Places
    from runfolio.query.runs import ParamValue

    Params = dict[str, list[ParamValue]]

MANY_RUNS: Final = 500
"""From so many runs on few trees do: each is tried on hundreds of runs that it has not seen."""


@dataclass(frozen=True)
class ExperimentFacts:
    """An experiment with what is computed from it once, for its page, shard and pictures."""

    entry: ExperimentEntry
    _ranked: dict[str, Drivers | None] = field(default_factory=dict, init=False, compare=False)
    _asked: dict[str, Question] = field(default_factory=dict, init=False, compare=False)
    _sampled: dict[bytes, Params] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the runs table."""
        return make_columns(self.entry, self.varying, [name for name, _ in self.constants])

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """Parameters that differ between runs, the strongest drivers first."""
        differing = [key for key in self.entry.params if differs(self.entry.table, key)]
        order = [one.name for one in self.drivers.items] if self.drivers else []
        rank = {name: place for place, name in enumerate(order)}
        return tuple(sorted(differing, key=lambda key: (rank.get(key, len(rank)), key)))

    @cached_property
    def constants(self) -> tuple[tuple[str, str], ...]:
        """Parameters that all runs share, with their value."""
        varying, texts_of = set(self.varying), self.entry.table.param_texts
        return tuple(
            (key, next(text for text in texts_of(key) if text is not None))
            for key in self.entry.params
            if key not in varying
        )

    @cached_property
    def drivers(self) -> Drivers | None:
        """Which parameters drive the primary metric, where that can be said."""
        primary = self.entry.primary
        return self.drivers_of(primary.metric) if primary else None

    def drivers_of(self, metric: str) -> Drivers | None:
        """Which parameters drive a metric."""
        if metric not in self._ranked:
            asked = self._asked.pop(metric, None) or self._question_of(metric)
            self._ranked[metric] = rank_once(asked)
        return self._ranked[metric]

    def ask(self, metric: str) -> Question | None:
        """What the drivers of a metric are to be ranked from; None where they are known."""
        asked = self._question_of(metric)
        known = find_answer(asked)
        if known is None:
            self._asked[metric] = asked
            return asked
        self._ranked[metric] = known.drivers
        return None

    def _question_of(self, metric: str) -> Question:
        """What the drivers of a metric are ranked from; fewer trees for any but the primary one."""
        primary, is_large = self.entry.primary, len(self.entry.runs) >= MANY_RUNS
        is_primary = primary is not None and metric == primary.metric
        trees = TREES if is_primary and not is_large else FEW_TREES
        target, table = self._targets(metric), self.entry.table
        rows = choose_rows(target, names=table.ids).astype(np.int32)
        values = target[rows].tolist()
        params = self._params_of(rows)
        direction = self.entry.direction(metric) or "down"
        said = digest(params, values, direction, metric, trees)
        return Question(said, params, values, direction, metric, trees)

    def _params_of(self, rows: Places) -> Params:
        """The parameters of some runs, which are the same ones for most metrics."""
        name = rows.tobytes()
        if name not in self._sampled:
            table = self.entry.table
            self._sampled[name] = {key: table.param_values(key, rows) for key in self.entry.params}
        return self._sampled[name]

    def _targets(self, metric: str) -> NDArray[np.float64]:
        """The last values of a metric; of runs that are still going only where few have ended."""
        values = self.entry.table.last(metric)
        running = [status == RUNNING for status in self.entry.table.own("status")]
        ended = np.where(running, np.nan, values)
        return ended if np.isfinite(ended).sum() >= MIN_RUNS else values


def differs(table: RunTable, key: str) -> bool:
    """Whether a parameter has several values, or is missing in some of the runs."""
    import pyarrow.compute as pc

    return bool(pc.count_distinct(table.text_array(key), mode="all").as_py() > 1)
