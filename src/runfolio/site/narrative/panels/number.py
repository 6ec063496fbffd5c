"""A single number of some runs: the best, the mean, a count, and how far it is from a baseline."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from runfolio.analysis.comparison import relative_change
from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import make_side
from runfolio.site.library import RunEntry, find_contenders
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.subjects import Drawn, Subject, choose_runs
from runfolio.site.narrative.panels.words import show_relative
from runfolio.site.numbers import format_count, format_number
from runfolio.site.pages import DIRECTION_WORDS, Link

OPTIONS: Final = ("metric", "aggregate", "base", "digits")
_SINGLE: Final = ("best", "worst", "latest")
_OF_ALL: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "mean": lambda values: make_side(values).mean or 0.0,
    "median": statistics.median,
    "min": min,
    "max": max,
}
AGGREGATES: Final = (*_SINGLE, *_OF_ALL, "count")


@dataclass(frozen=True, slots=True)
class _Found:
    """A number, the spread of what it is the mean of, and the run that it is of."""

    value: float
    spread: float | None
    run: RunEntry | None
    among: int


@dataclass(frozen=True, slots=True)
class _Change:
    """How far the number is from that of a baseline; `better` is None where that isn't known."""

    text: str
    better: bool | None
    base: str
    run: Link | None


@dataclass(frozen=True, slots=True)
class _NumberView:
    value: str
    full: str | None
    label: str
    hint: str
    of: str
    run: Link | None
    spread: str
    change: _Change | None


def draw_number(subject: Subject) -> Drawn:
    """A number with what it is of, and its change from a baseline where `base` names one."""
    block = subject.block
    aggregate = block.choice("aggregate", AGGREGATES, "best")
    if aggregate == "count":
        return _draw_count(subject)
    metric = subject.metric()
    found = _find(subject.runs, metric, aggregate)
    if found is None:
        raise block.mistake("metric", f"metric: No run has a finite value of {metric.title!r}.")
    digits = block.whole("digits", 4, most=15)
    text = format_number(found.value, digits=digits)
    view = _NumberView(
        value=text,
        full=repr(found.value) if repr(found.value) != text else None,
        label=metric.label,
        hint=DIRECTION_WORDS.get(metric.direction or "", ""),
        of=f"{_words(aggregate)} of {count_noun(found.among, 'run')}",
        run=_link(subject, found.run),
        spread=f"± {format_number(found.spread, digits=2)}" if found.spread is not None else "",
        change=_change(subject, metric, aggregate, found, digits),
    )
    words = f"{_words(aggregate).capitalize()} {metric.title}"
    return Drawn("plain", "_partials/panel_number.html", view, words)


def _draw_count(subject: Subject) -> Drawn:
    for key in ("metric", "base", "digits"):
        if key in subject.block.values:
            raise subject.block.mistake(key, f"A count of runs takes no {key!r}. Leave it out.")
    count = len(subject.runs)
    among = len(subject.source.library.runs)
    view = _NumberView(
        format_count(count), None, "run" if count == 1 else "runs", "",
        f"of {count_noun(among, 'run')} in this report", None, "", None,
    )  # fmt: skip
    return Drawn("plain", "_partials/panel_number.html", view, "Number of runs")


def _find(runs: Sequence[RunEntry], metric: Column, aggregate: str) -> _Found | None:
    """The number of the runs that count and have a value."""
    numbers = [
        (value, run) for run in find_contenders(runs) if (value := metric.number(run)) is not None
    ]
    if not numbers:
        return None
    values = [value for value, _ in numbers]
    if aggregate in _OF_ALL:
        spread = make_side(values).std if aggregate == "mean" else None
        return _Found(_OF_ALL[aggregate](values), spread, None, len(values))
    if aggregate == "latest":
        value, run = max(numbers, key=lambda pair: (pair[1].record.start_time, pair[1].id))
    else:
        greatest = (metric.direction == "up") == (aggregate == "best")
        value, run = (max if greatest else min)(numbers, key=lambda pair: pair[0])
    return _Found(value, None, run, len(values))


def _change(
    subject: Subject, metric: Column, aggregate: str, found: _Found, digits: int
) -> _Change | None:
    if "base" not in subject.block.values:
        return None
    runs, _ = choose_runs(subject.block, subject.source, "base")
    base = _find(runs, metric, aggregate)
    if base is None:
        message = f"base: No run has a finite value of {metric.title!r}."
        raise subject.block.mistake("base", message)
    difference = found.value - base.value
    relative = relative_change(found.value, base.value)
    text = show_relative(relative) if relative is not None else format_number(difference)
    better = None
    if difference != 0 and metric.direction is not None:
        better = (difference > 0) == (metric.direction == "up")
    what = "" if base.run else f"{_words(aggregate)} of {count_noun(base.among, 'run')}, "
    value = format_number(base.value, digits=digits)
    return _Change(text, better, f"{what}{value}", _link(subject, base.run))


def _link(subject: Subject, run: RunEntry | None) -> Link | None:
    return Link(subject.href(run), run.record.name) if run is not None else None


def _words(aggregate: str) -> str:
    return {"min": "least", "max": "greatest"}.get(aggregate, aggregate)
