"""The columns of an experiment's runs table: which there are, what they hold, which show first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeGuard

from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.pages import DIRECTION_WORDS, metric_label
from runfolio.site.run_table import EntryTable, RunTable

if TYPE_CHECKING:
    from runfolio.site.library import ExperimentEntry, RunEntry

SHOWN_PARAMS: Final = 8
SHOWN_METRICS: Final = 5
_LARGEST_BITS: Final = 1023

Kind = Literal["number", "text", "time", "duration", "status"]
Group = Literal["Run", "Parameters", "Metrics", "Tags", "System"]

ATTRIBUTES: Final[tuple[tuple[str, Kind], ...]] = (
    ("end_time", "time"),
    ("user_id", "text"),
    ("host", "text"),
    ("source", "text"),
    ("git_commit", "text"),
    ("git_branch", "text"),
    ("git_dirty", "text"),
    ("note", "text"),
)
"""Attributes that a column is made of where a run has one, named as filters name them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the runs table; `shown` is whether it is there before anyone chooses."""

    key: str
    title: str
    name: str
    hint: str
    group: Group
    kind: Kind
    direction: str | None
    constant: bool
    shown: bool

    @property
    def numeric(self) -> bool:
        """Whether its values stand right-aligned."""
        return self.kind in ("number", "duration")


def make_columns(
    entry: ExperimentEntry, varying: Sequence[str], constants: Sequence[str]
) -> tuple[Column, ...]:
    """All columns of an experiment, in the order they show.

    `varying` are the parameters that differ between runs, in their order, and `constants` the rest.
    """
    metrics = [
        _metric_column(entry, key, shown=place < SHOWN_METRICS)
        for place, key in enumerate(entry.metrics)
    ]
    params = [
        _param_column(entry, key, varying=place < len(varying), place=place)
        for place, key in enumerate((*varying, *constants))
    ]
    return (
        _attribute("name", "text", "name of the run", shown=True),
        _attribute("status", "status", "how the run ended", shown=True),
        *metrics[:1],
        *params,
        *metrics[1:],
        _attribute("duration", "duration", "from start to end", shown=True),
        _attribute("start", "time", "start, UTC", shown=True, title="started"),
        *_tag_columns(entry),
        *(_attribute(*one) for one in ATTRIBUTES if _has_attribute(entry, one[0])),
        *_system_columns(entry),
    )


def _attribute(
    name: str, kind: Kind, hint: str = "", *, shown: bool = False, title: str = ""
) -> Column:
    title = title or name.replace("_", " ")
    return Column(f"attributes.{name}", title, name, hint or title, "Run", kind, None, False, shown)


def _metric_column(entry: ExperimentEntry, key: str, *, shown: bool) -> Column:
    direction = entry.direction(key)
    words = f", {DIRECTION_WORDS[direction]}" if direction else ""
    return Column(
        key=f"metrics.{key}",
        title=metric_label(entry, key),
        name=key,
        hint=f"last value of {key}{words}",
        group="Metrics",
        kind="number",
        direction=direction,
        constant=False,
        shown=shown,
    )


def _param_column(entry: ExperimentEntry, key: str, *, varying: bool, place: int) -> Column:
    return Column(
        key=f"params.{key}",
        title=key,
        name=key,
        hint=f"parameter {key}" + ("" if varying else ", the same in all runs"),
        group="Parameters",
        kind="number" if _is_numeric(entry, key) else "text",
        direction=None,
        constant=not varying,
        shown=varying and place < SHOWN_PARAMS,
    )


def _is_numeric(entry: ExperimentEntry, key: str) -> bool:
    typed = entry.table.typed_array(key)
    if typed is not None:
        return bool(typed.type != "string")
    kinds = set(map(type, entry.table.param_values(key))) - {NoneType}
    return bool(kinds) and kinds <= {int, float}


def is_number(value: object) -> TypeGuard[float]:
    """Whether a parameter's value is a number, which a bool is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_number(value: float) -> float:
    """A number as a browser holds it: an integer of hundreds of digits is infinite there."""
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        return math.inf if value > 0 else -math.inf
    return value


def _tag_columns(entry: ExperimentEntry) -> list[Column]:
    return [
        Column(f"tags.{key}", key, key, f"tag {key}", "Tags", "text", None, same, False)
        for key in entry.table.tag_keys
        for same in [len(set(entry.table.tags(key))) == 1]
    ]


def _system_columns(entry: ExperimentEntry) -> list[Column]:
    keys = [key for key in entry.table.metric_keys if key.startswith(SYSTEM_PREFIX)]
    return [
        Column(
            key=f"metrics.{key}",
            title=key.removeprefix(SYSTEM_PREFIX),
            name=key,
            hint=f"last value of {key}",
            group="System",
            kind="number",
            direction=None,
            constant=False,
            shown=False,
        )
        for key in keys
    ]


def _has_attribute(entry: ExperimentEntry, name: str) -> bool:
    return any(value is not None for value in attributes_of(entry.table, name))


def attributes_of(table: RunTable, name: str) -> list[Any]:
    """An attribute of all runs by the name of its column; times in microseconds since 1970."""
    if name in ("name", "status", "duration", "end_time", "note"):
        return table.own(name)
    if name == "start":
        return table.own("start_time")
    return [getattr(facts, "user" if name == "user_id" else name) for facts in table.facts]


def attribute_of(run: RunEntry, name: str) -> Any:
    """A run's attribute by the name of its column; times in microseconds since 1970."""
    return attributes_of(EntryTable([run]), name)[0]
