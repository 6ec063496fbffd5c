"""Runs in groups by the values of one or more columns, in natural order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runfolio.analysis.grid import place_dimension
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.columns import Column

NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class Group:
    """The runs that share the value of each column; `labels` are these as texts."""

    labels: tuple[str, ...]
    runs: tuple[RunEntry, ...]

    @property
    def name(self) -> str:
        """All labels in one text."""
        return " · ".join(self.labels)


def group_runs(runs: Sequence[RunEntry], columns: Sequence[Column]) -> list[Group]:
    """The groups of runs by value; runs without one come last in a group of their own."""
    places = [_places(runs, column) for column in columns]
    found: dict[tuple[float, ...], list[RunEntry]] = {}
    for number, run in enumerate(runs):
        found.setdefault(tuple(place[number] for place in places), []).append(run)
    return [
        Group(tuple(_label(column, members[0]) for column in columns), tuple(members))
        for _, members in sorted(found.items(), key=lambda pair: pair[0])
    ]


def _label(column: Column, run: RunEntry) -> str:
    return column.text(run)[0] or NOT_SET


def _places(runs: Sequence[RunEntry], column: Column) -> list[float]:
    """Where each run's value stands among all; equal values at the same place."""
    values: list[Any] = [column.read(run) for run in runs]
    if column.numeric or column.kind == "time":
        known = sorted({value for value in values if value is not None and value == value})
        order = {value: float(place) for place, value in enumerate(known)}
        return [order.get(value, float(len(order))) for value in values]
    positions = place_dimension(values).positions
    return [2.0 if position is None else position for position in positions]
