"""The values that W&B's runs log, sorted: numbers become points, media files, the rest texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from runfolio.documents import parse_json
from runfolio.schema import SECONDS, STEPS, SYSTEM_PREFIX, Series, as_text
from runfolio.sources.logged import MAX_DEPTH, Medium, as_tag, unnamed

_AGGREGATES: Final = frozenset(("min", "max", "mean", "best", "last", "first"))


@dataclass(slots=True)
class Values:
    """What a run logged, in log order; `start` (microseconds) is when it started, where known."""

    start: int | None = None
    points: dict[str, tuple[list[int], list[int], list[float]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    media: list[Medium] = field(default_factory=list)
    last_step: int = -1
    last_time: int | None = None
    _measured: int = 0

    def add_row(self, row: Mapping[str, Any], step: int | None = None) -> None:
        """Take one row of the history; what W&B adds to it says its step and time."""
        told = row.get("_step")
        if isinstance(told, int) and not isinstance(told, bool) and told in STEPS:
            step = told
        step = self.last_step + 1 if step is None else step
        time = self._time(row.get("_timestamp"), row.get("_runtime"))
        self.last_step = max(self.last_step, step) if step + 1 in STEPS else self.last_step
        for key, value in row.items():
            if not key.startswith("_"):
                self._add(key, value, step, time)

    def add_measured(self, values: Mapping[str, Any], time: int | None) -> None:
        """Take measurements of the machine, which are numbered by their order."""
        moment = time or self.last_time or self.start or 0
        self._note_time(moment)
        for key, value in values.items():
            name = as_text(key).removeprefix("system.")
            self._add_number(f"{SYSTEM_PREFIX}{name}", value, self._measured, moment)
        self._measured += 1

    def add_summary(self, summary: Mapping[str, Any]) -> None:
        """Take the values of the summary that the history doesn't have, at the last step."""
        known = {*self.points, *self.texts, *(one.key for one in self.media)}
        step, time = max(self.last_step, 0), self.last_time or self.start or 0
        for key, value in summary.items():
            if key.startswith("_") or _is_aggregate(key, value, known):
                continue
            aside = Values()
            aside._add(key, value, step, time)
            self._merge(aside, known)

    def _merge(self, other: Values, known: Iterable[str]) -> None:
        self.points |= {key: one for key, one in other.points.items() if key not in known}
        self.texts |= {key: one for key, one in other.texts.items() if key not in known}
        self.media += [one for one in other.media if one.key not in known]

    def series(self) -> list[Series]:
        """All points, metric by metric."""
        return [Series(key, *columns) for key, columns in self.points.items()]

    def _time(self, told: Any, runtime: Any) -> int:
        if is_time(told):
            time = round(told * 1e6)
        elif self.start is not None and is_time(runtime):
            time = self.start + round(runtime * 1e6)
        else:
            time = self.last_time or self.start or 0
        self._note_time(time)
        return time

    def _note_time(self, time: int) -> None:
        self.last_time = time if self.last_time is None else max(self.last_time, time)

    def _add(self, key: str, value: Any, step: int, time: int, depth: int = 0) -> None:
        if self._add_number(key, value, step, time) or value is None:
            return
        if isinstance(value, dict) and isinstance(value.get("_type"), str):
            self.media.append(Medium(key, step, time, value))
        elif isinstance(value, dict) and value and depth < MAX_DEPTH:
            for inner, one in value.items():
                self._add(f"{key}.{inner}", one, step, time, depth + 1)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for number, one in enumerate(value):
                if depth < MAX_DEPTH:
                    self._add(f"{key}/{number}", one, step, time, depth + 1)
        else:
            self.texts[key] = as_tag(value)

    def _add_number(self, key: str, value: Any, step: int, time: int) -> bool:
        """Take a number or bool as a point; whether it was one."""
        value = unnamed(value)
        if not isinstance(value, int | float) or (
            not isinstance(value, float) and abs(value) >= 2**1023
        ):
            return False
        if key not in self.points:
            self.points[key] = ([], [], [])
        steps, times, values = self.points[key]
        steps.append(step)
        times.append(time)
        values.append(float(value))
        return True


def is_time(seconds: Any) -> TypeGuard[float]:
    """Whether a value is a number of seconds that stands for a time or a span of time."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return False
    return math.isfinite(seconds) and SECONDS.start < seconds < SECONDS.stop


def _is_aggregate(key: str, value: Any, known: Iterable[str]) -> bool:
    """Whether a value only says of a metric what its points say, as `define_metric` asks for."""
    return key in known and isinstance(value, dict) and value.keys() <= _AGGREGATES


def read_value(text: bytes) -> Any:
    """A value as W&B writes it, in JSON; raises `ValueError`."""
    return parse_json(text.decode(errors="replace"))


def set_nested(row: dict[str, Any], path: list[str], value: Any) -> None:
    """Put a value where a path of keys leads, or under the joined keys where that is no dict."""
    inner: Any = row
    for key in path[:-1]:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else None
    if isinstance(inner, dict) and len(path) <= MAX_DEPTH:
        inner[path[-1]] = value
    else:
        row[".".join(path)] = value


def remove_nested(row: dict[str, Any], path: list[str]) -> None:
    """Remove what a path of keys leads to, if anything."""
    inner: Any = row
    for key in path[:-1]:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(path[-1], None)


def walk_config(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings of a run, without W&B's own and with nested ones under dotted keys."""
    for key, value in config.items():
        if key in ("_wandb", "wandb_version"):
            continue
        if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "desc"}:
            value = value["value"]
        yield from _flatten(str(key), value, 0)


def _flatten(key: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and depth < MAX_DEPTH:
        for inner, one in value.items():
            yield from _flatten(f"{key}.{inner}", one, depth + 1)
    else:
        yield key, value
