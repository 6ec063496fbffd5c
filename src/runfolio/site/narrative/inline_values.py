"""What inline values may ask of the runs: the closed set of functions, and how results look."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from runfolio.analysis.comparison import relative_change
from runfolio.errors import InvalidFilter, ReportMistake
from runfolio.query.language.mistakes import nearest, shorten
from runfolio.site.addresses import experiment_page, run_page
from runfolio.site.library import RunEntry, find_contenders
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.expressions import (
    Argument,
    Call,
    Name,
    failure,
    parse_expression,
)
from runfolio.site.narrative.panels.columns import Column, UnknownName, find_column
from runfolio.site.narrative.targets import find_experiment, find_run
from runfolio.site.numbers import format_count, format_duration, format_number
from runfolio.site.times import format_date, format_iso

MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it stands in the text; `href` leads from the site's root, `iso` is of a time."""

    text: str
    full: str | None = None
    href: str | None = None
    iso: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is written: significant `digits`, or `decimals`, and as a `percent`."""

    digits: int | None = None
    decimals: int | None = None
    percent: bool = False

    def show(self, value: float, *, signed: bool = False) -> Shown:
        """A number in this format, and in full where that is more."""
        scaled = value * 100 if self.percent else value
        if self.decimals is not None and math.isfinite(scaled):
            text = f"{scaled:.{self.decimals}f}"
        else:
            text = format_number(scaled, digits=self.digits or (3 if self.percent else 4))
        text = text.replace("-", "−", 1) if text.startswith("-") else text
        text = "+" + text if signed and scaled > 0 else text
        text += "\u00a0%" if self.percent else ""
        full = repr(value)
        return Shown(text, None if full.removesuffix(".0") == text else full)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call with its arguments told apart and the runs chosen."""

    call: Call
    source: Source
    values: tuple[Argument, ...]
    runs: tuple[RunEntry, ...]
    options: dict[str, Argument]
    format: Format

    def column(self, place: int) -> Column:
        """The field that an argument names."""
        return _find_column(self.values[place], self.source, self.runs)

    def numbers(self, place: int = 0) -> list[tuple[float, RunEntry]]:
        """The field's numbers, with their runs, of the runs that count; there is at least one."""
        column = self.column(place)
        contenders = find_contenders(self.runs)
        found = [(value, run) for run in contenders if (value := column.number(run)) is not None]
        if not found:
            raise failure(self.values[place].column, f"no run has a number in {column.key!r}.")
        return found

    def show(self, value: float) -> Shown:
        """A number of the first field, as its kind is written."""
        if self.column(0).kind == "duration":
            return Shown(format_duration(value))
        return self.format.show(value)

    def best(self, *, worst: bool = False) -> tuple[float, RunEntry]:
        """The best number of the field, by its direction, and its run: the first of equals."""
        column, found = self.column(0), self.numbers()
        if column.direction is None:
            raise failure(
                self.values[0].column,
                f"it isn't known whether lower or higher is better for {column.key!r}. "
                "Use min or max.",
            )
        choose = max if (column.direction == "up") != worst else min
        return choose(found, key=lambda pair: pair[0])


@dataclass(frozen=True, slots=True)
class Function:
    """A function of inline values: what it takes before its options, and how it is worked out."""

    usage: str
    evaluate: Callable[[_Asked], Shown]
    needs: int = 1
    takes: int = 1
    options: tuple[str, ...] = ("runs", "digits", "decimals", "percent")


def evaluate_expression(text: str, source: Source) -> Shown:
    """The value of the text between ``{{`` and ``}}``; raises `ReportMistake` with the column."""
    call = parse_expression(text)
    function = FUNCTIONS.get(call.function)
    if function is None:
        like = nearest(call.function, FUNCTIONS)
        hint = f"Did you mean {like}?" if like else f"There are {', '.join(FUNCTIONS)}."
        raise failure(call.column, f"there is no function {shorten(call.function)!r}. {hint}")
    return function.evaluate(_ask(call, function, source))


def _ask(call: Call, function: Function, source: Source) -> _Asked:
    values = [one for one in call.arguments if one.keyword is None]
    options = _read_options(call, function)
    if len(values) > function.takes and "runs" in function.options and "runs" not in options:
        options["runs"] = values.pop(function.takes)
    if not function.needs <= len(values) <= function.takes:
        raise failure(call.column, f"{call.function} is called as {function.usage}.")
    filtered = options.get("runs")
    runs = _choose(filtered, source) if filtered else source.library.runs
    return _Asked(call, source, tuple(values), tuple(runs), options, _read_format(options))


def _read_options(call: Call, function: Function) -> dict[str, Argument]:
    options: dict[str, Argument] = {}
    for one in call.arguments:
        if one.keyword is None:
            if options:
                raise failure(one.column, "a value stands after an option; put it before.")
        elif one.keyword not in function.options:
            like = nearest(one.keyword, function.options)
            hint = f"Did you mean {like}?" if like else f"It takes {_list(function.options)}."
            reason = f"{call.function} has no option {shorten(one.keyword)!r}. {hint}"
            raise failure(one.column, reason)
        elif one.keyword in options:
            raise failure(one.column, f"the option {one.keyword!r} is given twice.")
        else:
            options[one.keyword] = one
    return options


def _list(options: Sequence[str]) -> str:
    return ", ".join(options) or "none"


def _read_format(options: dict[str, Argument]) -> Format:
    digits, decimals = (_read_count(options.get(name)) for name in ("digits", "decimals"))
    if digits is not None and decimals is not None:
        raise failure(options["decimals"].column, "give digits or decimals, not both.")
    percent = options.get("percent")
    if percent is not None and not isinstance(percent.value, bool):
        raise failure(percent.column, "percent is true or false.")
    return Format(digits, decimals, bool(percent and percent.value))


def _read_count(option: Argument | None) -> int | None:
    if option is None:
        return None
    least = 1 if option.keyword == "digits" else 0
    value = option.value
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_DIGITS:
        reason = f"{option.keyword} is a whole number from {least} to {MAX_DIGITS}."
        raise failure(option.column, reason)
    return value


def _choose(argument: Argument, source: Source) -> list[RunEntry]:
    text = _read_text(argument, "a filter")
    try:
        runs = source.choose(text)
    except InvalidFilter as error:
        raise failure(argument.column, str(error)) from None
    if not runs:
        raise failure(argument.column, f"no run matches {shorten(text)!r}.")
    return runs


def _read_text(argument: Argument, what: str) -> str:
    if not isinstance(argument.value, str):
        raise failure(argument.column, f"expected {what} in quotes.")
    return argument.value


def _find_column(argument: Argument, source: Source, runs: Sequence[RunEntry]) -> Column:
    if not isinstance(argument.value, Name):
        raise failure(argument.column, "expected a field such as metrics.loss, without quotes.")
    try:
        return find_column(argument.value.text, source, runs)
    except UnknownName as error:
        name = argument.value.text
        same = next((one for one in error.known if one.partition(".")[2] == name), None)
        like = same or nearest(name, error.known) or nearest(name.partition(".")[2], error.known)
        hint = f" Did you mean {like}?" if like else ""
        said = str(error)
        raise failure(argument.column, f"{said[:1].lower()}{said[1:]}.{hint}") from None


def _reduce(reduce: Callable[[list[float]], float]) -> Callable[[_Asked], Shown]:
    return lambda asked: asked.show(reduce([value for value, _ in asked.numbers()]))


def _std(asked: _Asked) -> Shown:
    values = [value for value, _ in asked.numbers()]
    if len(values) < 2:
        raise failure(asked.call.column, "std needs two runs with a number, and one has one.")
    return asked.show(statistics.stdev(values))


def _count(asked: _Asked) -> Shown:
    if not asked.values:
        return Shown(format_count(len(asked.runs)))
    if isinstance(asked.values[0].value, str):  # count("filter")
        return Shown(format_count(len(_choose(asked.values[0], asked.source))))
    column = asked.column(0)
    return Shown(format_count(sum(column.read(run) is not None for run in asked.runs)))


def _best_run(asked: _Asked) -> Shown:
    return _name(asked.best()[1])


def _name(run: RunEntry) -> Shown:
    return Shown(run.record.name, href=run_page(run.id))


def _best_value(asked: _Asked) -> Shown:
    return _value_of(asked, asked.best()[1])


def _value(asked: _Asked) -> Shown:
    return _value_of(asked, _run_of(asked))


def _value_of(asked: _Asked, run: RunEntry) -> Shown:
    column = _find_column(asked.values[1], asked.source, [run])
    if column.kind == "number" and (number := column.number(run)) is not None:
        return asked.format.show(number)
    text, full = column.text(run)
    if not text:
        raise failure(asked.values[1].column, f"{run.record.name!r} has no {column.key!r}.")
    return Shown(text, full)


def _run_of(asked: _Asked) -> RunEntry:
    argument = asked.values[0]
    try:
        return find_run(_read_text(argument, "a run's id"), asked.source.library)
    except ReportMistake as error:
        raise failure(argument.column, str(error)) from None


def _experiment(asked: _Asked) -> Shown:
    argument = asked.values[0]
    try:
        found = find_experiment(_read_text(argument, "a name"), asked.source.library)
    except ReportMistake as error:
        raise failure(argument.column, str(error)) from None
    return Shown(found.name, href=experiment_page(found.id))


def _change(asked: _Asked) -> Shown:
    base = asked.options.get("base")
    if base is None:
        raise failure(asked.call.column, f"change needs base: {FUNCTIONS['change'].usage}.")
    others = tuple(_choose(base, asked.source))
    before = _Asked(asked.call, asked.source, asked.values, others, {}, asked.format).best()[0]
    change = relative_change(asked.best()[0], before)
    if change is None:
        raise failure(base.column, f"there is no change relative to {format_number(before)}.")
    shape = Format(asked.format.digits, asked.format.decimals, percent=True)
    return shape.show(change, signed=True)


def _duration(asked: _Asked) -> Shown:
    known = [run.record.duration for run in asked.runs if run.record.duration is not None]
    if not known:
        raise failure(asked.call.column, "none of the runs has ended.")
    return Shown(format_duration(sum(known)))


def _last_activity(asked: _Asked) -> Shown:
    moments = [run.record.end_time or run.record.start_time for run in asked.runs]
    if not moments:
        raise failure(asked.call.column, "there are no runs.")
    return Shown(format_date(max(moments)), iso=format_iso(max(moments)))


_CHOSEN: Final = ("runs",)

FUNCTIONS: Final[dict[str, Function]] = {
    "best": Function("best(FIELD)", lambda asked: asked.show(asked.best()[0])),
    "worst": Function("worst(FIELD)", lambda asked: asked.show(asked.best(worst=True)[0])),
    "mean": Function("mean(FIELD)", _reduce(statistics.fmean)),
    "std": Function("std(FIELD)", _std),
    "median": Function("median(FIELD)", _reduce(statistics.median)),
    "min": Function("min(FIELD)", _reduce(min)),
    "max": Function("max(FIELD)", _reduce(max)),
    "count": Function("count() or count(FIELD)", _count, needs=0, options=_CHOSEN),
    "change": Function(
        'change(METRIC, base="filter")',
        _change,
        options=("runs", "base", "digits", "decimals"),
    ),
    "best_run": Function("best_run(METRIC)", _best_run, options=_CHOSEN),
    "best_value": Function("best_value(METRIC, FIELD)", _best_value, needs=2, takes=2),
    "value": Function(
        'value("RUN", FIELD)',
        _value,
        needs=2,
        takes=2,
        options=("digits", "decimals", "percent"),
    ),
    "run": Function('run("RUN")', lambda asked: _name(_run_of(asked)), options=()),
    "experiment": Function('experiment("NAME")', _experiment, options=()),
    "duration": Function("duration()", _duration, needs=0, takes=0, options=_CHOSEN),
    "last_activity": Function("last_activity()", _last_activity, needs=0, takes=0, options=_CHOSEN),
}
"""Every function there is; each has an example in the README's table."""
