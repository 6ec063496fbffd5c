"""A comparison as it is shown: ready texts, the same for every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import Difference
from runfolio.query.directions import is_counter
from runfolio.review.averages import CurvePair
from runfolio.review.changes import Change
from runfolio.review.comparing import Comparison, ExperimentComparison
from runfolio.review.curves import draw_sparks
from runfolio.review.figures import (
    show_difference,
    show_interval,
    show_means,
    show_percent,
    show_side,
)
from runfolio.review.runs import Group
from runfolio.review.wording import (
    VERDICTS,
    Line,
    Name,
    say_group_notes,
    say_notes,
    say_overall,
    say_sides,
    say_verdict,
)

MOST_ROWS: Final = 20
MOST_CHANGES: Final = 50
MOST_VALUES: Final = 3
MOST_RUNS: Final = 50
MOST_CHARTS: Final = 3
_ARROWS: Final = {"up": "↑", "down": "↓", None: ""}


@dataclass(frozen=True, slots=True)
class Row:
    """A metric: its numbers by the section's columns, its verdict, and both curves as blocks."""

    metric: Name
    arrow: str
    numbers: tuple[str, ...]
    verdict: str
    mark: str
    sparks: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A parameter or another fact with the values of each side that is shown."""

    name: Name
    values: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run that was compared."""

    side: str
    id: str
    name: Name
    status: str


@dataclass(frozen=True, slots=True)
class Section:
    """One experiment's comparison; titles of long lists say how many more there are."""

    title: Name
    verdict: Line
    notes: tuple[Line, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more_rows: tuple[Row, ...]
    params: tuple[ChangeRow, ...]
    params_title: str
    environment: tuple[ChangeRow, ...]
    environment_title: str
    runs: tuple[RunRow, ...]
    runs_title: str
    charts: tuple[CurvePair, ...]
    repeats: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A whole comparison; with several experiments `verdict` sums them up.

    `alone` tells that there is nothing to compare with, so that only the head is shown.
    """

    verdict: Line
    sides: Line
    notes: tuple[Line, ...]
    sections: tuple[Section, ...]
    legend: str
    alone: bool

    @property
    def shown_sides(self) -> tuple[str, ...]:
        """The sides that have something to show."""
        return ("head",) if self.alone else ("base", "head")


def make_page(comparison: Comparison) -> Page:
    """What to show of a comparison."""
    sections = tuple(_make_section(one) for one in comparison.experiments)
    return Page(
        verdict=say_overall(comparison),
        sides=say_sides(comparison),
        notes=tuple(say_notes(comparison)),
        sections=sections,
        legend=_legend(repeats=any(one.repeats for one in sections), alone=comparison.lacks_base),
        alone=comparison.lacks_base,
    )


def _legend(*, repeats: bool, alone: bool) -> str:
    arrows = "↓ after a metric: lower is better, ↑: higher is better."
    if not alone:
        arrows = f"▲ is better and ▼ worse; {arrows}"
    if not repeats:
        return f"{arrows} Values are the last ones."
    values = "Values are means of the runs’ last ones ± their standard deviation"
    if alone:
        return f"{arrows} {values}."
    return (
        f"{arrows} {values}; brackets hold the 95 % interval of the change (Welch’s t); within "
        "noise means that it holds 0."
    )


def _make_section(compared: ExperimentComparison) -> Section:
    curves = {pair.metric: pair for pair in compared.curves}
    rows = tuple(_make_row(one, curves.get(one.metric), compared) for one in compared.metrics)
    facts = (*compared.environment, *compared.packages)
    runs = (*_run_rows("base", compared.base), *_run_rows("head", compared.head))
    alone = not compared.base.runs
    return Section(
        title=Name(compared.head.experiment),
        verdict=say_verdict(compared),
        notes=tuple(say_group_notes(compared)),
        columns=_name_columns(compared),
        rows=rows[:MOST_ROWS],
        more_rows=rows[MOST_ROWS:],
        params=_change_rows(compared.params, alone=alone),
        params_title=_count(
            "parameter" if alone else "changed parameter", len(compared.params), MOST_CHANGES
        ),
        environment=_change_rows(facts),
        environment_title=_environment_title(compared),
        runs=runs[:MOST_RUNS],
        runs_title=_count("run", len(runs), MOST_RUNS),
        charts=_choose_charts(compared.curves),
        repeats=any(side.count > 1 for one in compared.metrics for side in (one.base, one.head)),
    )


def _name_columns(compared: ExperimentComparison) -> tuple[str, ...]:
    """The columns of the metrics' numbers, with the number of runs where there are several."""
    base, head = (
        f"{name} (n = {len(group.runs):,})" if len(group.runs) > 1 else name
        for name, group in (("base", compared.base), ("head", compared.head))
    )
    return (base, head, "Δ", "Δ %") if compared.base.runs else (head,)


def _choose_charts(curves: Sequence[CurvePair]) -> tuple[CurvePair, ...]:
    """The first curves of metrics that measure something, rather than count."""
    telling = [pair for pair in curves if not is_counter(pair.metric)][:MOST_CHARTS]
    return tuple(replace(pair, metric=Name(pair.metric)) for pair in telling)


def _count(noun: str, number: int, most: int) -> str:
    return count_noun(number, noun) + (f", the first {most}" if number > most else "")


def _environment_title(compared: ExperimentComparison) -> str:
    facts, packages = len(compared.environment), len(compared.packages)
    title = f"Environment: {count_noun(facts, 'difference')}"
    if packages:
        title += f", {count_noun(packages, 'package')}"
    return title + (f", the first {MOST_CHANGES}" if facts + packages > MOST_CHANGES else "")


def _make_row(
    difference: Difference, pair: CurvePair | None, compared: ExperimentComparison
) -> Row:
    base, head = show_means(difference)
    interval = show_interval(difference.interval) if difference.change else ""
    numbers = (
        show_side(difference.base, base, runs=len(compared.base.runs)),
        show_side(difference.head, head, runs=len(compared.head.runs)),
        f"{show_difference(difference)} {interval}".rstrip(),
        show_percent(difference.relative),
    )
    return Row(
        metric=Name(difference.metric),
        arrow=_ARROWS[difference.direction],
        numbers=numbers if compared.base.runs else numbers[1:2],
        verdict=difference.verdict,
        mark=VERDICTS[difference.verdict],
        sparks=draw_sparks(pair) if pair and not is_counter(pair.metric) else ("", ""),
    )


def _change_rows(changes: Sequence[Change], *, alone: bool = False) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(
            Name(one.name),
            tuple(map(_values, (one.head,) if alone else (one.base, one.head))),
        )
        for one in changes[:MOST_CHANGES]
    )


def _values(values: Sequence[str]) -> Line:
    """The different values of a side; "—" where it has none."""
    if not values:
        return ("—",)
    shown: list[str] = []
    for value in values[:MOST_VALUES]:
        shown += [", ", Name(value)] if shown else [Name(value)]
    more = len(values) - MOST_VALUES
    return (*shown, f" and {more:,} more") if more > 0 else tuple(shown)


def _run_rows(side: str, group: Group) -> list[RunRow]:
    return [
        RunRow(side, run.record.id, Name(run.record.name), run.record.status.lower())
        for run in group.runs
    ]
