"""The page of an experiment: which run is best, what drove it, the table and the charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from runfolio.analysis.comparison import relative_change
from runfolio.analysis.drivers import Drivers
from runfolio.query.directions import guess_direction
from runfolio.query.runs import ParamValue
from runfolio.site.columns import Column
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_duration, format_number
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Picture,
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
from runfolio.site.results import may_hold_results

MAX_ROWS = 200
"""Rows without scripts; beyond them the files below the table hold all runs."""
SETTING_LENGTH = 40
_OWN_CELLS = frozenset({"attributes.name", "attributes.status"})
TRUSTED_R2 = 0.1
"""Below this share of explained variation a ranking of parameters would say more than is known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, the full value when that differs, and whether it is the best one."""

    text: str
    full: str | None
    best: bool
    numeric: bool


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
    importance: bool
    results: bool
    downloads: tuple[Link, ...]
    models: tuple[Link, ...]


def view_experiment(
    facts: ExperimentFacts,
    *,
    pictures: tuple[Picture, ...],
    importance: bool,
    downloads: tuple[Link, ...],
    models: tuple[Link, ...] = (),
) -> ExperimentView:
    """What the page of an experiment shows; `models` are those that its runs are versions of."""
    entry = facts.entry
    statuses = entry.table.status_counts
    columns = tuple(one for one in facts.columns if one.shown and one.key not in _OWN_CELLS)
    ranked = entry.ranked[:MAX_ROWS]
    primary = entry.primary
    return ExperimentView(
        id=entry.id,
        name=entry.name,
        note=render_markdown(entry.settings.note) if entry.settings.note else None,
        run_count=len(entry.runs),
        running=statuses["RUNNING"],
        failed=statuses["FAILED"] + statuses["KILLED"],
        last=show_moment(entry.last_activity),
        primary=metric_label(entry, primary.metric) if primary else None,
        primary_hint=_primary_hint(entry),
        verdict=_verdict(facts),
        drivers=_driver_bars(facts.drivers),
        drivers_hint=_drivers_hint(facts.drivers),
        columns=columns,
        rows=_rows(entry, ranked, columns),
        hidden_rows=len(entry.runs) - len(ranked),
        constants=facts.constants,
        pictures=pictures,
        importance=importance,
        results=any(may_hold_results(one.path, one.kind) for one in entry.table.artifacts),
        downloads=downloads,
        models=models,
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
    if direction is None or not len(values) or values[0] == values[-1]:
        return None
    return float(values[0] if direction == "down" else values[-1])


def _verdict(facts: ExperimentFacts) -> Verdict | None:
    entry = facts.entry
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
            f"{key} {_short_value(best, key)}"
            for key in sorted(best.record.params)
            if key in facts.varying
        ),
    )


def _short_value(run: RunEntry, key: str) -> str:
    """A parameter's value in a line with others: numbers rounded, long texts cut."""
    value = run.record.params[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_number(value)
    return shorten(run.record.param_texts[key]) or "(empty)"


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


def _rows(
    entry: ExperimentEntry, runs: Sequence[RunEntry], columns: tuple[Column, ...]
) -> tuple[Row, ...]:
    """The rows of the table, with the numbers of each column aligned on the decimal point."""
    best = {metric: _best_value(entry, metric) for metric in entry.metrics}
    counted = [entry.counts(run) for run in runs]
    cells = [_column_cells(runs, column, best, counted) for column in columns]
    return tuple(_row(run, row) for run, row in zip(runs, zip(*cells, strict=True), strict=True))


def _column_cells(
    runs: Sequence[RunEntry],
    column: Column,
    best: dict[str, float | None],
    counted: list[bool],
) -> list[Cell]:
    marks = [best if one else {} for one in counted]
    cells = [_cell(run, column, mark) for run, mark in zip(runs, marks, strict=True)]
    if not column.numeric or column.kind == "duration":
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
        return Cell(number.text, number.full, marked, True)
    if area == "params":
        return _param_cell(run.record.params.get(key), run.record.param_texts.get(key), column)
    return _TIMES[column.key](run)


def _param_cell(value: ParamValue, text: str | None, column: Column) -> Cell:
    if text is None:
        return Cell("", None, False, column.numeric)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(text, None, False, column.numeric)
    number = show_number(value)
    return Cell(number.text, number.full, False, column.numeric)


def _duration_cell(run: RunEntry) -> Cell:
    seconds = run.record.duration
    return Cell(format_duration(seconds) if seconds is not None else "", None, False, True)


def _start_cell(run: RunEntry) -> Cell:
    moment = show_moment(run.record.start_time)
    assert moment is not None
    return Cell(moment.text, moment.iso, False, False)


_TIMES: dict[str, Callable[[RunEntry], Cell]] = {
    "attributes.duration": _duration_cell,
    "attributes.start": _start_cell,
}
