"""The syntax tree of a filter as JSON, for other programs to evaluate.

The document is ``{"version": 1, "filter": NODE}``, where null instead of a node matches all runs.
A node is one of::

    {"op": "and", "nodes": [NODE, …]}     every one; at least two
    {"op": "or", "nodes": [NODE, …]}      any of them; at least two
    {"op": "not", "node": NODE}           the plain complement
    {"op": OPERATOR, "field": FIELD, "values": [VALUE, …]}

OPERATOR is =, !=, <, <=, >, >=, LIKE, ILIKE, CONTAINS, IN, BETWEEN (the last five also after
``NOT ``), IS NULL or IS NOT NULL, with one value, two for BETWEEN, none for NULL, any for IN.
FIELD is ``{"entity": "metric", "key": "loss"}`` with an entity of metric, param, tag, attribute
and dataset; a metric may also have an "aggregate", and then ``"quoted": true`` where no metric
named ``key.aggregate`` may be meant. VALUE is one of ``{"number": 0.1}`` (±"Infinity" as text),
``{"text": "cnn"}``, ``{"instant": µs since 1970}``, ``{"ago": µs before the search}`` and
``{"day": -1}`` (midnight UTC of the day before the search; 0 of its day, 1 of the next).
"""

from __future__ import annotations

import math
import sys
from typing import Any, Final

from runfolio.errors import InvalidFilter
from runfolio.query.language.rules import ENTITIES, fits, is_field
from runfolio.query.language.syntax import (
    AGGREGATES,
    MAX_DEPTH,
    Ago,
    And,
    Comparison,
    Day,
    Field,
    Instant,
    Node,
    Not,
    Or,
    Value,
)
from runfolio.schema import float_text

VERSION: Final = 1
_MAX_DEPTH: Final = 2 * MAX_DEPTH + 2
"""The deepest that a filter can be written: an OR and an AND in each parenthesis and around."""


def to_json(node: Node | None) -> dict[str, Any]:
    """The document of a syntax tree, made of what the `json` module writes."""
    return {"version": VERSION, "filter": None if node is None else _node_to_json(node)}


def from_json(document: Any) -> Node | None:
    """The syntax tree of a document; raises `InvalidFilter` for one that is not as described."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        version = document.get("version") if isinstance(document, dict) else document
        raise InvalidFilter(
            f"A filter as JSON must have version {VERSION}, this one has {version!r}. "
            "Write it with the same version of Runfolio."
        )
    node = document.get("filter")
    return None if node is None else _node_of_json(node, _MAX_DEPTH)


def _node_to_json(node: Node) -> dict[str, Any]:
    if isinstance(node, Comparison):
        return {
            "op": node.operator,
            "field": _field_to_json(node.field),
            "values": [_value_to_json(value) for value in node.values],
        }
    if isinstance(node, Not):
        return {"op": "not", "node": _node_to_json(node.node)}
    joined = "and" if isinstance(node, And) else "or"
    return {"op": joined, "nodes": [_node_to_json(one) for one in node.nodes]}


def _field_to_json(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"entity": field.entity, "key": field.key}
    if field.aggregate is not None:
        said["aggregate"] = field.aggregate
    return said | {"quoted": True} if field.quoted else said


def _value_to_json(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, Day):
        return {"day": value.offset}
    if isinstance(value, Ago):
        return {"ago": value.microseconds}
    if isinstance(value, Instant):
        return {"instant": _number_to_json(value.microseconds)}
    return {"number": _number_to_json(value)}


def _number_to_json(number: float) -> float | str:
    """JSON has no infinities, so they are told as text."""
    return number if math.isfinite(number) else float_text(number)


def _node_of_json(said: Any, depth: int) -> Node:
    match said:
        case {"op": "not", "node": node} if depth:
            return Not(_node_of_json(node, depth - 1))
        case {"op": "and" | "or" as joined, "nodes": [_, _, *_] as nodes} if depth:
            parts = tuple(_node_of_json(node, depth - 1) for node in nodes)
            return And(parts) if joined == "and" else Or(parts)
        case {"op": str(operator), "field": field, "values": [*values]}:
            read = tuple(_value_of_json(value) for value in values)
            comparison = Comparison(_field_of_json(field), operator, read)
            if fits(comparison):
                return comparison
    raise _damaged(said)


def _field_of_json(said: Any) -> Field:
    match said:
        case {"entity": str(entity), "key": str(key)} if entity in ENTITIES.values():
            aggregate, quoted = said.get("aggregate"), said.get("quoted", False)
            field = Field(ENTITIES[entity], key, aggregate, quoted)
            aggregated = entity == "metric" and aggregate in AGGREGATES and isinstance(quoted, bool)
            plain = aggregate is None and quoted is False
            if is_field(field) and (plain or aggregated):
                return field
    raise _damaged(said)


def _value_of_json(said: Any) -> Value:
    match said:
        case {"text": str(text)}:
            return text
        case {"day": -1 | 0 | 1 as offset}:
            return Day(int(offset))
        case {"ago": ago} if not isinstance(ago, str):
            return Ago(_number_of_json(ago))
        case {"instant": instant}:
            return Instant(_number_of_json(instant))
        case {"number": number}:
            return _number_of_json(number)
    raise _damaged(said)


def _number_of_json(said: Any) -> float:
    if said in ("Infinity", "-Infinity"):
        return float(said)
    if type(said) in (int, float) and abs(said) <= sys.float_info.max:
        return float(said)
    raise _damaged(said)


def _damaged(said: Any) -> InvalidFilter:
    shown = repr(said)
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return InvalidFilter(
        f"A filter as JSON holds {shown}, which is no part of a filter. "
        "Write it with the same version of Runfolio."
    )
