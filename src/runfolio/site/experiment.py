"""The page of an experiment: which run is best, what drove it, the table and the charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from markupsafe import Markup

from runfolio.analysis.comparison import relative_change
from runfolio.analysis.drivers import Drivers, rank_drivers
from runfolio.query.directions import guess_direction
from runfolio.query.runs import ParamValue
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_duration, format_number
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Status,
    align_decimals,
    metric_label,
    run_color,
    run_dash,
    run_page_link,
    show_moment,
    show_number,
    show_status,
)

MAX_ROWS = 1000
SHOWN_PARAMS = 8
SHOWN_METRICS = 5
SETTING_LENGTH = 40
TRUSTED_R2 = 0.1
"""Below this share of explained variation a ranking of parameters would say more than is known."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the runs table; `shown` is whether it is there before anyone chooses."""

    key: str
    title: str
    hint: str
    numeric: bool
    shown: bool
    group: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, the full value when that differs, the value to sort by, and a mark."""

    text: str
    full: str | None
    sort: str | None
    best: bool
    numeric: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A run in the table."""

    id: str
    link: Link
    color: int
    dash: int
    status: Status
    child: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which run is best and by how much."""

    metric: str
    direction: str
    best: Link
    value: str
    full: str | None
    change: str | None
    better: bool
    baseline: Link | None
    baseline_value: str | None
    setting: str


@dataclass(frozen=True, slots=True)
class DriverBar:
    """How much a parameter drives the primary metric; `share` is out of 100."""

    name: str
    share: int
    effect: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it stands without scripts: one picture for light and one for dark."""

    kind: str
    title: str
    light: str
    dark: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ExperimentView:
    """The page of an experiment."""

    id: str
    name: str
    note: Markup | None
    run_count: int
    running: int
    failed: int
    last: Moment | None
    primary: str | None
    primary_hint: str | None
    verdict: Verdict | None
    drivers: tuple[DriverBar, ...]
    drivers_hint: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    hidden_rows: int
    constants: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    downloads: tuple[Link, ...]


@dataclass(frozen=True)
class ExperimentFacts:
    """An experiment with what is computed from it once, for its page, shard and pictures."""

    entry: ExperimentEntry

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """Parameters that differ between runs, the strongest drivers first."""
        runs = self.entry.runs
        differing = [key for key in self.entry.params if _differs(runs, key)]
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
        if primary is None:
            return None
        target = np.array(
            [
                math.nan if (last := run.last(primary.metric)) is None else last
                for run in self.entry.runs
            ]
        )
        params = {
            key: [run.record.params.get(key) for run in self.entry.runs]
            for key in self.entry.params
        }
        return rank_drivers(params, target, direction=primary.direction, metric=primary.metric)


def _differs(runs: tuple[RunEntry, ...], key: str) -> bool:
    return len({run.record.param_texts.get(key) for run in runs}) > 1


def view_experiment(
    facts: ExperimentFacts, *, pictures: tuple[Picture, ...], downloads: tuple[Link, ...]
) -> ExperimentView:
    """What the page of an experiment shows."""
    entry = facts.entry
    statuses = [run.record.status for run in entry.runs]
    columns = _columns(facts)
    ranked = entry.ranked[:MAX_ROWS]
    primary = entry.primary
    return ExperimentView(
        id=entry.id,
        name=entry.name,
        note=render_markdown(entry.settings.note) if entry.settings.note else None,
        run_count=len(entry.runs),
        running=statuses.count("RUNNING"),
        failed=statuses.count("FAILED") + statuses.count("KILLED"),
        last=show_moment(entry.last_activity),
        primary=metric_label(entry, primary.metric) if primary else None,
        primary_hint=_primary_hint(entry),
        verdict=_verdict(entry),
        drivers=_driver_bars(facts.drivers),
        drivers_hint=_drivers_hint(facts.drivers),
        columns=columns,
        rows=_rows(entry, ranked, columns),
        hidden_rows=len(entry.runs) - len(ranked),
        constants=facts.constants,
        pictures=pictures,
        downloads=downloads,
    )


def _primary_hint(entry: ExperimentEntry) -> str | None:
    if entry.primary is None:
        return None
    words = DIRECTION_WORDS[entry.primary.direction]
    chosen = entry.settings.primary_metric
    if chosen not in (None, entry.primary.metric):
        return f"{words}; {chosen}, which was chosen, was logged by no run"
    if not entry.primary.guessed:
        return words
    known = guess_direction(entry.primary.metric) is not None
    return f"{words}, guessed from its name" if known else f"assuming that {words}"


def _best_value(entry: ExperimentEntry, metric: str) -> float | None:
    direction = entry.direction(metric)
    values = entry.values[metric]
    if direction is None or not values or values[0] == values[-1]:
        return None
    return values[0] if direction == "down" else values[-1]


def _verdict(entry: ExperimentEntry) -> Verdict | None:
    primary, best, baseline = entry.primary, entry.best, entry.baseline
    if primary is None or best is None:
        return None
    value = show_number(best.last(primary.metric))
    against = baseline if baseline is not None and baseline.id != best.id else None
    change, better = _change(best, against, primary.metric, primary.direction)
    return Verdict(
        metric=metric_label(entry, primary.metric),
        direction=DIRECTION_WORDS[primary.direction],
        best=run_page_link(best),
        value=value.text,
        full=value.full,
        change=change,
        better=better,
        baseline=run_page_link(against) if against else None,
        baseline_value=format_number(against.last(primary.metric)) if against else None,
        setting=", ".join(
            f"{key} {shorten(text)}"
            for key, text in sorted(best.record.param_texts.items())
            if _differs(entry.runs, key)
        ),
    )


def shorten(text: str) -> str:
    """A text that fits into a line with others."""
    return text if len(text) <= SETTING_LENGTH else text[: SETTING_LENGTH - 1] + "…"


def _change(
    best: RunEntry, baseline: RunEntry | None, metric: str, direction: str
) -> tuple[str | None, bool]:
    """The relative change from the baseline to the best run, and whether it is for the better."""
    if baseline is None:
        return None, False
    first, last = baseline.last(metric), best.last(metric)
    relative = None if first is None or last is None else relative_change(last, first)
    if not relative:
        return None, False
    better = relative < 0 if direction == "down" else relative > 0
    sign = "+" if relative > 0 else "−"
    return f"{sign}{abs(relative):.1%}".replace("%", " %"), better


def _driver_bars(drivers: Drivers | None) -> tuple[DriverBar, ...]:
    if drivers is None or drivers.r2 < TRUSTED_R2:
        return ()
    return tuple(
        DriverBar(one.name, max(1, round(100 * one.share)), one.effect)
        for one in drivers.items
        if one.share >= 0.01
    )


def _drivers_hint(drivers: Drivers | None) -> str:
    if drivers is None:
        return "Needs at least six runs with the primary metric and a parameter that varies."
    return drivers.method


def _columns(facts: ExperimentFacts) -> tuple[Column, ...]:
    entry = facts.entry
    metrics = [_metric_column(entry, key, place) for place, key in enumerate(entry.metrics)]
    varying = set(facts.varying)
    params = [
        Column(
            key=f"params.{key}",
            title=key,
            hint=f"parameter {key}" + ("" if key in varying else ", the same in all runs"),
            numeric=_is_numeric(entry, key),
            shown=key in varying and place < SHOWN_PARAMS,
            group="Parameters",
        )
        for place, key in enumerate((*facts.varying, *(name for name, _ in facts.constants)))
    ]
    times = [
        Column("duration", "duration", "from start to end", True, True, "Run"),
        Column("start", "started", "start, UTC", False, True, "Run"),
    ]
    return (*metrics[:1], *params, *metrics[1:], *times)


def _metric_column(entry: ExperimentEntry, key: str, place: int) -> Column:
    direction = entry.direction(key)
    words = f", {DIRECTION_WORDS[direction]}" if direction else ""
    return Column(
        key=f"metrics.{key}",
        title=metric_label(entry, key),
        hint=f"last value of {key}{words}",
        numeric=True,
        shown=place < SHOWN_METRICS,
        group="Metrics",
    )


def _is_numeric(entry: ExperimentEntry, key: str) -> bool:
    values = [run.record.params[key] for run in entry.runs if key in run.record.params]
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )


def _rows(
    entry: ExperimentEntry, runs: tuple[RunEntry, ...], columns: tuple[Column, ...]
) -> tuple[Row, ...]:
    """The rows of the table, with the numbers of each column aligned on the decimal point."""
    best = {metric: _best_value(entry, metric) for metric in entry.metrics}
    cells = [_column_cells(runs, column, best, entry.contenders) for column in columns]
    return tuple(_row(run, row) for run, row in zip(runs, zip(*cells, strict=True), strict=True))


def _column_cells(
    runs: tuple[RunEntry, ...],
    column: Column,
    best: dict[str, float | None],
    contenders: frozenset[str],
) -> list[Cell]:
    marks = [best if run.id in contenders else {} for run in runs]
    cells = [_cell(run, column, mark) for run, mark in zip(runs, marks, strict=True)]
    if not column.numeric or column.key == "duration":
        return cells
    texts = align_decimals([cell.text for cell in cells])
    return [replace(cell, text=text) for cell, text in zip(cells, texts, strict=True)]


def _row(run: RunEntry, cells: tuple[Cell, ...]) -> Row:
    return Row(
        id=run.id,
        link=run_page_link(run),
        color=run_color(run),
        dash=run_dash(run),
        status=show_status(run.record.status),
        child=run.record.parent_id is not None,
        cells=cells,
    )


def _cell(run: RunEntry, column: Column, best: Mapping[str, float | None]) -> Cell:
    area, _, key = column.key.partition(".")
    if area == "metrics":
        summary = run.summaries.get(key)
        number = show_number(summary.last if summary else None)
        marked = key in best and run.last(key) is not None and run.last(key) == best[key]
        return Cell(number.text, number.full, number.sort, marked, True, column.shown)
    if area == "params":
        return _param_cell(run.record.params.get(key), run.record.param_texts.get(key), column)
    return _TIMES[area](run, column)


def _param_cell(value: ParamValue, text: str | None, column: Column) -> Cell:
    if text is None:
        return Cell("", None, None, False, column.numeric, column.shown)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(text, None, None, False, column.numeric, column.shown)
    number = show_number(value)
    return Cell(number.text, number.full, number.sort, False, column.numeric, column.shown)


def _duration_cell(run: RunEntry, column: Column) -> Cell:
    seconds = run.record.duration
    text = format_duration(seconds) if seconds is not None else ""
    return Cell(text, None, None if seconds is None else repr(seconds), False, True, column.shown)


def _start_cell(run: RunEntry, column: Column) -> Cell:
    moment = show_moment(run.record.start_time)
    assert moment is not None
    return Cell(moment.text, moment.iso, str(run.record.start_time), False, False, column.shown)


_TIMES: dict[str, Callable[[RunEntry, Column], Cell]] = {
    "duration": _duration_cell,
    "start": _start_cell,
}
