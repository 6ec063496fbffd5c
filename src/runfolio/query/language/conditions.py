"""Conditions on one metric, such as ``metrics.loss rises > 1%`` or ``metrics.acc < 0.9``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from runfolio.errors import InvalidRule
from runfolio.query.language.fields import read_field
from runfolio.query.language.grammar import parse_tree
from runfolio.query.language.mistakes import Mistake, shorten
from runfolio.query.language.syntax import Field

if TYPE_CHECKING:
    from lark import Token

    from runfolio.query.language.parsing import Branch

Move = Literal["rises", "drops", "changes"]

_COMPARATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
_MOVES: Final = ("RISES", "DROPS", "CHANGES")


@dataclass(frozen=True, slots=True)
class Condition:
    """How far a metric moves from a baseline, or without a `move` how large it is.

    With `percent` the `number` is in per cent of the baseline's size.
    """

    text: str
    field: Field
    move: Move | None
    operator: str
    number: float
    percent: bool


def parse_condition(text: str) -> Condition:
    """Read a condition; raises `InvalidRule` with the column and what was expected there."""
    try:
        return _read(text)
    except Mistake as mistake:
        sentence = mistake.sentence(f"The rule {shorten(text)!r}")
        raise InvalidRule(sentence, mistake.column) from None


def _read(text: str) -> Condition:
    name, *others = parse_tree(text, "rule").children
    (field_token,) = cast("list[Token]", cast("Branch", name).children)
    tokens = {token.type: token for token in cast("list[Token]", others)}
    move = next((kind.lower() for kind in _MOVES if kind in tokens), None)
    return Condition(
        text=text,
        field=_read_metric(field_token),
        move=cast("Move | None", move),
        operator=_read_operator(tokens["COMPARATOR"], move),
        number=_read_number(tokens["NUMBER"], move),
        percent=_read_percent(tokens.get("PERCENT"), move),
    )


def _read_metric(token: Token) -> Field:
    field = read_field(token) if token.type == "PATH" else None
    if field is None or field.entity != "metric":
        hint = f"Write metrics.{token}." if token.type == "WORD" else ""
        raise Mistake(token.start_pos or 0, token, "a metric such as metrics.loss", hint)
    return field


def _read_operator(token: Token, move: str | None) -> str:
    allowed = _COMPARATORS if move is None else (">", ">=")
    if token not in allowed:
        expected = f"one of {', '.join(allowed)}" if move is None else f"> or >= after {move}"
        hint = "" if move is None else "Say which way by the word: rises, drops or changes."
        raise Mistake(token.start_pos or 0, token, expected, hint)
    return str(token)


def _read_number(token: Token, move: str | None) -> float:
    number = float(token)
    if move is not None and number < 0:
        hint = "Say which way by the word: rises, drops or changes."
        raise Mistake(token.start_pos or 0, token, f"how far it {move}, from 0 on", hint)
    return number


def _read_percent(token: Token | None, move: str | None) -> bool:
    if token is not None and move is None:
        hint = "Per cent are of the baseline: write rises, drops or changes before the sign."
        raise Mistake(token.start_pos or 0, token, "the end", hint)
    return token is not None
