"""What a narrative report reads from: the runs of a library, chosen by the store's filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from runfolio.query.columns import StoreColumns
from runfolio.query.directions import guess_direction
from runfolio.query.language import evaluate, parse_filter
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.render import Renderer
from runfolio.store import StoreOverview


@dataclass(frozen=True)
class Source:
    """All that a panel or an expression of a report reads from, and what renders it."""

    library: Library
    tables: StoreOverview
    renderer: Renderer = field(default_factory=Renderer)

    def choose(self, filter_text: str = "") -> list[RunEntry]:
        """The runs that a filter matches, by experiment and start; raises `InvalidFilter`.

        "7 days ago" in a filter counts from the store's last activity, so that a report of the
        same runs is the same on any day.
        """
        now = self.library.last_activity or 0
        matches = evaluate(parse_filter(filter_text), self._columns, now=now)
        ids = self.tables.runs["run_id"].to_pylist()
        chosen = {one for one, wanted in zip(ids, matches.tolist(), strict=True) if wanted}
        return [run for run in self.library.runs if run.id in chosen]

    def experiments_of(self, runs: Sequence[RunEntry]) -> list[ExperimentEntry]:
        """The experiments that some runs belong to, in the library's order."""
        names = {run.record.experiment for run in runs}
        return [one for one in self.library.experiments if one.name in names]

    def direction(self, metric: str, runs: Sequence[RunEntry]) -> str | None:
        """Whether lower ("down") or higher ("up") values are better: as the runs' experiments say.

        None where that isn't known, or where two of them say the opposite.
        """
        said = {one.direction(metric) for one in self.experiments_of(runs)} - {None}
        if len(said) > 1:
            return None
        return next(iter(said), guess_direction(metric))

    @cached_property
    def _columns(self) -> StoreColumns:
        return StoreColumns(self.tables)
