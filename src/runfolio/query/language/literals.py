"""Values as they are written, read as what a field is compared with.

The words true and false stand for the texts 'true' and 'false', which is how a parameter that is
a bool and the attribute git_dirty are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from runfolio.query.language.columns import number_of_text
from runfolio.query.language.fields import unquote
from runfolio.query.language.mistakes import Mistake, shorten
from runfolio.query.language.rules import ORDERINGS, PATTERNS, kind_of
from runfolio.query.language.syntax import Field, Instant, Value
from runfolio.query.language.times import parse_duration, parse_time

if TYPE_CHECKING:
    from lark import Token

_TEXTS: Final = ("SINGLE", "DOUBLE")
_NUMBERS: Final = ("NUMBER", "INFINITY")


def read_values(field: Field, operator: str, tokens: Sequence[Token]) -> tuple[Value, ...]:
    """The values that tokens stand for beside a field; raises `Mistake` for a wrong type."""
    kind = kind_of(field)
    values = tuple(_READERS[kind](token) for token in tokens)
    if kind == "param":
        for value, token in zip(values, tokens, strict=True):
            _check_param(operator, value, values[0], token)
    return values


def _check_param(operator: str, value: Value, first: Value, token: Token) -> None:
    """Raise `Mistake` for a value that makes no sense beside a parameter."""
    if type(value) is not type(first):
        hint = "All values are numbers, or all are quoted texts."
        raise _mistake(token, "a value of the same type as the first", hint)
    if operator in PATTERNS and not isinstance(value, str):
        raise _mistake(token, f"a quoted text after {operator}", f"Write '{shorten(token)}'.")
    if operator in ORDERINGS and isinstance(value, str) and number_of_text(value) is not None:
        hint = f"Write {shorten(value)}; in quotes it would be compared letter by letter."
        raise _mistake(token, "a number without quotes", hint)


def _number(token: Token) -> Value:
    if token.type in _NUMBERS:
        return float(token)
    quoted = token.type in _TEXTS and number_of_text(unquote(token)) is not None
    hint = f"Write {shorten(unquote(token))} without quotes." if quoted else ""
    raise _mistake(token, "a number", hint)


def _text(token: Token) -> Value:
    if token.type == "TRUTH":
        return token.lower()
    if token.type in _TEXTS:
        return unquote(token)
    raise _mistake(token, "a quoted text", f"Write '{shorten(token)}'.")


def _param(token: Token) -> Value:
    return float(token) if token.type in _NUMBERS else _text(token)


def _time(token: Token) -> Value:
    if token.type in _NUMBERS:
        return Instant(float(token) * 1000)
    moment = parse_time(unquote(token)) if token.type in _TEXTS else None
    if moment is None:
        hint = "Write '2026-05-31', '2026-05-31 18:00', '7 days ago' or milliseconds since 1970."
        raise _mistake(token, "a time", hint)
    return moment


def _duration(token: Token) -> Value:
    if token.type in _NUMBERS:
        return float(token)
    seconds = parse_duration(unquote(token)) if token.type in _TEXTS else None
    if seconds is None:
        hint = "Write '10 min', '2h 30m' or a number of seconds without quotes."
        raise _mistake(token, "a duration", hint)
    return seconds


def _mistake(token: Token, expected: str, hint: str) -> Mistake:
    return Mistake(token.start_pos or 0, token, expected, hint)


_READERS = {
    "number": _number,
    "text": _text,
    "param": _param,
    "time": _time,
    "duration": _duration,
}
