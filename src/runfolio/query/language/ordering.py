"""The order of runs, as MLflow sorts them.

Each clause is a field and ASC (which may be left out) or DESC. Either way numbers come first,
then NaN, and missing values last. Ties are broken by the next clause, then by the later start,
then by the lesser run id. Texts are ordered by code point. Parameters logged as numbers are
ordered as numbers, all others as text; under one name numbers come before texts, and after them
in descending order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runfolio.errors import InvalidOrder
from runfolio.query.language.columns import resolve
from runfolio.query.language.fields import read_field
from runfolio.query.language.grammar import parse_tree
from runfolio.query.language.mistakes import Mistake, shorten
from runfolio.query.language.rules import kind_of
from runfolio.query.language.syntax import Field

if TYPE_CHECKING:
    from lark import Token
    from numpy.typing import NDArray

    from runfolio.query.language.columns import RunColumns

_NAN, _MISSING = 2, 3
"""Numbers and texts, 0 and 1 or the other way round, come before these."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """A field that runs are ordered by."""

    field: Field
    descending: bool = False


_LAST_KEYS = (
    OrderKey(Field("attribute", "start_time"), descending=True),
    OrderKey(Field("attribute", "run_id")),
)


def parse_order(order_by: Sequence[str]) -> tuple[OrderKey, ...]:
    """What clauses such as ``metrics.loss DESC`` order by; raises `InvalidOrder`."""
    return tuple(map(_parse_clause, order_by))


def order_runs(keys: Sequence[OrderKey], columns: RunColumns) -> NDArray[np.int64]:
    """The places of all runs in the order asked for."""
    criteria = [one for key in (*keys, *_LAST_KEYS) for one in _criteria(key, columns)]
    return np.lexsort(criteria[::-1]).astype(np.int64, copy=False)


def _parse_clause(clause: str) -> OrderKey:
    try:
        field, *direction = _tokens(clause)
        return OrderKey(_orderable(field), bool(direction) and direction[0].type == "DESC")
    except Mistake as mistake:
        raise InvalidOrder(
            mistake.sentence(f"The order {shorten(clause)!r}"), mistake.column
        ) from None


def _tokens(clause: str) -> list[Token]:
    return list(parse_tree(clause, "order").scan_values(lambda _: True))


def _orderable(token: Token) -> Field:
    field = read_field(token)
    if field.entity == "dataset":
        expected = "metrics, params, tags or attributes"
        raise Mistake(token.start_pos or 0, token, expected, "A run may have many data sets.")
    return field


def _criteria(key: OrderKey, columns: RunColumns) -> tuple[NDArray[np.generic], ...]:
    """What to compare runs by, first things first: the group, the number, the rank of the text."""
    field = resolve(key.field, columns)
    group = np.full(columns.count, _MISSING, np.int8)
    numbers, ranks = np.zeros(columns.count), np.zeros(columns.count, np.int64)
    if kind_of(field) in ("text", "param"):
        texts = columns.text(field).tolist()
        ranked = {text: rank for rank, text in enumerate(sorted(set(texts) - {None}))}
        ranks = np.fromiter((ranked.get(text, -1) for text in texts), np.int64, len(texts))
        group[ranks >= 0] = 0 if key.descending else 1
    if kind_of(field) != "text":
        values, present = columns.numbers(field)
        nan = np.isnan(values)
        numbers = np.where(present & ~nan, values, 0.0)
        group[present] = np.where(nan, _NAN, 1 if key.descending else 0)[present]
        ranks[present] = 0
    return (group, -numbers, -ranks) if key.descending else (group, numbers, ranks)
