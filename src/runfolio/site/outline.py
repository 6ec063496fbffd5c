"""A JSON document as an outline to fold: containers with what they hold, values as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from runfolio.site.controls import show_controls

MAX_NODES: Final = 1500
MAX_CHILDREN: Final = 200
MAX_DEPTH: Final = 24
_LINE: Final = 72
_MAX_VALUE: Final = 2000
_OPEN: Final = 12  # containers of at most so many entries begin unfolded


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document under its `key`; `text` is the value, or how much it holds.

    `kind` is "string", "number", "word" (true, false, null) or "container".
    """

    key: str | None
    kind: str
    text: str
    children: tuple[Node, ...] = ()
    unfolded: bool = False
    more: int = 0


def outline(document: Any) -> Node | None:
    """The outline of parsed JSON; None when it is too large or too deep to be read as one."""
    budget = iter(range(MAX_NODES))
    try:
        return _node(None, document, budget, 0)
    except StopIteration:
        return None


def _node(key: str | None, value: Any, budget: Iterator[int], depth: int) -> Node:
    next(budget)
    if isinstance(value, dict | list) and value:
        short = _one_line(value) if isinstance(value, list) else None
        return Node(key, "list", short) if short else _container(key, value, budget, depth)
    kind = "string" if isinstance(value, str) else "number"
    if value is None or isinstance(value, bool | dict | list):
        kind = "word"
    return Node(key, kind, _text(value))


def _container(key: str | None, value: Any, budget: Iterator[int], depth: int) -> Node:
    if depth >= MAX_DEPTH:
        raise StopIteration
    entries: Iterator[tuple[str | None, Any]]
    if isinstance(value, dict):
        entries = ((show_controls(name), one) for name, one in value.items())
    else:
        entries = ((str(place), one) for place, one in enumerate(value))
    # A list, since a generator would make an error of the StopIteration of an empty budget.
    shown = [_node(name, one, budget, depth + 1) for name, one in _first(entries, MAX_CHILDREN)]
    children = tuple(shown)
    noun = ("key" if isinstance(value, dict) else "item") + ("" if len(value) == 1 else "s")
    unfolded = depth == 0 or (depth < 3 and len(value) <= _OPEN)
    return Node(
        key, "container", f"{len(value):,} {noun}", children, unfolded, len(value) - len(children)
    )


def _first(entries: Iterator[Any], count: int) -> list[Any]:
    return list(islice(entries, count))


def _one_line(values: list[Any]) -> str | None:
    """A list of plain values that fits on a line."""
    if len(values) > _LINE or any(isinstance(one, dict | list) for one in values):
        return None
    text = _text(values)
    return text if len(text) <= _LINE else None


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return show_controls(text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…")
