"""What panels show of runs: parameters, metrics, tags and attributes, named as in filters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from runfolio.query.language.rules import ENTITIES, SYNONYMS
from runfolio.query.language.syntax import AGGREGATES
from runfolio.site.columns import as_number, attribute_of, is_number
from runfolio.site.library import RunEntry
from runfolio.site.narrative.choosing import Source
from runfolio.site.numbers import format_duration
from runfolio.site.pages import ARROWS, STATUS_WORDS, show_moment, show_number

Kind = Literal["number", "category", "time", "duration"]

_ATTRIBUTES: Final[dict[str, Kind]] = {
    "run_name": "category",
    "run_id": "category",
    "experiment": "category",
    "status": "category",
    "start_time": "time",
    "end_time": "time",
    "duration": "duration",
    "user_id": "category",
    "host": "category",
    "source": "category",
    "git_commit": "category",
    "git_branch": "category",
    "git_dirty": "category",
    "note": "category",
}
_SHORT: Final = {**SYNONYMS, "run": "run_name", "start": "start_time", "end": "end_time"}
_TITLES: Final = {"run_name": "run", "run_id": "id", "start_time": "start", "end_time": "end"}


@dataclass(frozen=True, slots=True)
class Column:
    """Something that runs have a value of: numbers, microseconds since 1970, seconds, or texts."""

    key: str
    title: str
    kind: Kind
    direction: str | None
    read: Callable[[RunEntry], Any]

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers that can be drawn along an axis."""
        return self.kind in ("number", "duration")

    @property
    def label(self) -> str:
        """The title, with the arrow of the better direction."""
        arrow = ARROWS.get(self.direction or "")
        return f"{self.title} {arrow}" if arrow else self.title

    def number(self, run: RunEntry) -> float | None:
        """A run's value where it is a finite number."""
        value = self.read(run)
        if not is_number(value):
            return None
        number = float(as_number(value))
        return number if math.isfinite(number) else None

    def text(self, run: RunEntry) -> tuple[str, str | None]:
        """A run's value as shown, and in full where that is more; empty where there is none."""
        value = self.read(run)
        if value is None:
            return "", None
        if self.kind == "duration":
            return format_duration(value), None
        if self.kind == "time":
            moment = show_moment(value)
            return (moment.text, None) if moment else ("", None)
        if self.kind == "number" and is_number(value):
            shown = show_number(value)
            return shown.text, shown.full
        return str(value), None


class UnknownName(ValueError):  # noqa: N818
    """No run has a thing of that name; `known` are the names there are."""

    def __init__(self, message: str, known: Sequence[str]) -> None:
        super().__init__(message)
        self.known = known


def find_column(name: str, source: Source, runs: Sequence[RunEntry]) -> Column:
    """The column of a name such as ``params.alpha`` or ``status``; raises `UnknownName`."""
    word, dot, rest = name.partition(".")
    entity = ENTITIES.get(word) if dot else None
    key = _unquote(rest)
    if entity == "metric":
        return find_metric(key, source, runs)
    if entity == "param":
        return _find_param(key, runs)
    if entity == "tag":
        _check(key, {one for run in runs for one in run.record.tags}, "tag", "tags")
        return Column(f"tags.{key}", key, "category", None, lambda run: run.record.tags.get(key))
    asked = key if entity else name
    attribute = _SHORT.get(asked, asked)
    if entity in (None, "attribute") and attribute in _ATTRIBUTES:
        title = _TITLES.get(attribute, attribute.replace("_", " "))
        reader = _attribute_reader(attribute)
        return Column(f"attributes.{attribute}", title, _ATTRIBUTES[attribute], None, reader)
    raise UnknownName(f"No run has {name!r}", (*_named(runs), *_ATTRIBUTES))


def find_metric(name: str, source: Source, runs: Sequence[RunEntry]) -> Column:
    """A metric's last value, or for ``loss.min`` another aggregate; raises `UnknownName`."""
    known = {one for run in runs for one in run.summaries}
    key, aggregate = name, "last"
    if name not in known:
        key = _unquote(name.partition(".")[2]) if ENTITIES.get(name.partition(".")[0]) else name
        stem, dot, last = key.rpartition(".")
        if key not in known and dot and last in AGGREGATES and _unquote(stem) in known:
            key, aggregate = _unquote(stem), last
    _check(key, known, "metric", "metrics")
    direction = source.direction(key, runs)
    title = key if aggregate == "last" else f"{key} ({aggregate})"
    whole = f"metrics.{key}" if aggregate == "last" else f"metrics.{key}.{aggregate}"
    shown = None if aggregate == "count" else direction
    return Column(whole, title, "number", shown, _metric_reader(key, aggregate, direction))


def _find_param(key: str, runs: Sequence[RunEntry]) -> Column:
    _check(key, {one for run in runs for one in run.record.params}, "parameter", "params")
    held = [run.record.params[key] for run in runs if run.record.params.get(key) is not None]
    if held and all(map(is_number, held)):
        return Column(f"params.{key}", key, "number", None, lambda run: run.record.params.get(key))
    return Column(
        f"params.{key}", key, "category", None, lambda run: run.record.param_texts.get(key)
    )


def _metric_reader(
    key: str, aggregate: str, direction: str | None
) -> Callable[[RunEntry], float | None]:
    def read(run: RunEntry) -> float | None:
        summary = run.summaries.get(key)
        if summary is None:
            return None
        if aggregate == "best":
            return summary.best(direction)[0]
        value: float | None = getattr(summary, aggregate)
        return value

    return read


def _attribute_reader(name: str) -> Callable[[RunEntry], Any]:
    own: dict[str, Callable[[RunEntry], Any]] = {
        "run_name": lambda run: run.record.name,
        "run_id": lambda run: run.id,
        "experiment": lambda run: run.record.experiment,
        "status": lambda run: STATUS_WORDS.get(run.record.status, run.record.status.lower()),
        "start_time": lambda run: run.record.start_time,
        "end_time": lambda run: run.record.end_time,
        "duration": lambda run: run.record.duration,
        "note": lambda run: run.record.note,
    }
    return own[name] if name in own else lambda run: attribute_of(run, name)


def _check(key: str, known: set[str], noun: str, area: str) -> None:
    if key not in known:
        names = [f"{area}.{one}" for one in sorted(known)] if area != "metrics" else sorted(known)
        raise UnknownName(f"None of these runs has the {noun} {key!r}", names)


def _named(runs: Sequence[RunEntry]) -> Iterator[str]:
    yield from sorted({f"params.{one}" for run in runs for one in run.record.params})
    yield from sorted({f"metrics.{one}" for run in runs for one in run.summaries})
    yield from sorted({f"tags.{one}" for run in runs for one in run.record.tags})


def _unquote(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "`'\""
    return name[1:-1] if quoted else name
