"""The abstract syntax tree of a filter.

A filter is a tree of comparisons joined by `And`, `Or` and `Not`. What the text left open is
settled here: synonyms have become one name, keywords are upper case, durations are seconds,
and times are microseconds since 1970 or relative to the time of the search. So the tree can be
evaluated by anything that knows these few classes, and `document.py` writes it as JSON for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Entity = Literal["metric", "param", "tag", "attribute", "dataset"]

AGGREGATES: Final = ("last", "min", "max", "mean", "first", "count", "best")
"""What may be asked of a metric's points; `last` is meant where nothing is said."""


MAX_DEPTH: Final = 100
"""Parentheses and NOTs inside each other at most."""


@dataclass(frozen=True, slots=True)
class Field:
    """What is compared: a metric, parameter, tag, attribute, or a fact about data sets.

    A metric may have an `aggregate`. Unless its key was `quoted`, the field then means the metric
    whose whole name is ``key.aggregate`` wherever a run has logged one, as MLflow reads it.
    """

    entity: Entity
    key: str
    aggregate: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time, in microseconds since 1970 UTC."""

    microseconds: float


@dataclass(frozen=True, slots=True)
class Ago:
    """A time before the search, in microseconds."""

    microseconds: float


@dataclass(frozen=True, slots=True)
class Day:
    """Midnight UTC, `offset` days after the one that began the day of the search."""

    offset: int


Moment = Instant | Ago | Day
Value = float | str | Moment


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field against values: two for BETWEEN, none for IS NULL, any number for IN, else one.

    The operators are those of `rules.OPERATORS`.
    """

    field: Field
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """All runs but those of `node`, also where the field is missing."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """The runs that every one of `nodes` matches."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """The runs that at least one of `nodes` matches."""

    nodes: tuple[Node, ...]


Node = Comparison | Not | And | Or
