"""The language of inline values: one call such as ``best(metrics.rmse, runs="…", digits=3)``.

It is read by hand, and nothing in it is executed: a function of a closed set, names of fields,
quoted texts, numbers, true and false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import shorten

MAX_EXPRESSION: Final = 2000
"""Characters of an expression at most."""

_CALL: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*\(", re.ASCII)
_KEYWORD: Final = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_PIECE: Final = re.compile(r"""'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|[^,()'"`]""")
_TRUTH: Final = {"true": True, "false": False}
_QUOTES: Final = ("'", '"')


@dataclass(frozen=True, slots=True)
class Name:
    """A field that is named and not quoted, such as ``metrics.rmse``."""

    text: str


Value = Name | str | int | bool


@dataclass(frozen=True, slots=True)
class Argument:
    """What stands between two commas; `column` (from 1) is where, `keyword` what precedes it."""

    value: Value
    column: int
    keyword: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function's name with what it is called with."""

    function: str
    column: int
    arguments: tuple[Argument, ...]


def failure(column: int, reason: str) -> ReportMistake:
    """What is wrong with an expression, and in which of its columns."""
    return ReportMistake(f"The expression fails at column {column}: {reason}")


def parse_expression(text: str) -> Call:
    """Read an expression, what stands between ``{{`` and ``}}``; raises `ReportMistake`."""
    if len(text) > MAX_EXPRESSION:
        raise failure(MAX_EXPRESSION, f"it has {len(text):,} characters, too many to be read.")
    called = _CALL.match(text)
    if called is None:
        start = len(text) - len(text.lstrip()) + 1
        found = repr(shorten(text.strip())) if text.strip() else "nothing"
        raise failure(start, f"found {found}, expected a call such as best(metrics.loss).")
    arguments, place = _read_arguments(text, called.end())
    if text[place:].strip():
        rest = text[place:]
        column = place + len(rest) - len(rest.lstrip()) + 1
        raise failure(column, f"found {shorten(rest.strip())!r} after the closing parenthesis.")
    return Call(called[1], called.start(1) + 1, arguments)


def _read_arguments(text: str, place: int) -> tuple[tuple[Argument, ...], int]:
    """The arguments from a place on, and where what follows their parenthesis begins."""
    arguments: list[Argument] = []
    while True:
        start, place = place, _find_end(text, place)
        piece = text[start:place]
        last = text[place] == ")"
        if piece.strip():
            arguments.append(_read_argument(piece, start))
        elif not last or arguments:
            raise failure(place + 1, f"found {text[place]!r}, expected an argument before it.")
        place += 1
        if last:
            return tuple(arguments), place


def _find_end(text: str, place: int) -> int:
    """Where the comma or parenthesis stands that ends an argument."""
    while place < len(text) and text[place] not in ",)":
        piece = _PIECE.match(text, place)
        if piece is None:
            sign = text[place]
            wanted = "a comma or )" if sign == "(" else f"a closing {sign}"
            raise failure(place + 1, f"found {shorten(text[place:])!r}, expected {wanted}.")
        place = piece.end()
    if place == len(text):
        raise failure(place + 1, "found the end, expected a comma or ).")
    return place


def _read_argument(piece: str, start: int) -> Argument:
    column = start + len(piece) - len(piece.lstrip()) + 1
    text = piece.strip()
    keyword = _KEYWORD.match(text)
    if keyword is None:
        return Argument(_read_value(text, column), column)
    value_column = column + keyword.end()
    return Argument(_read_value(text[keyword.end() :], value_column), column, keyword[1])


def _read_value(text: str, column: int) -> Value:
    if not text:
        raise failure(column, "a value is missing after the =.")
    if text[0] in _QUOTES:
        quoted = _PIECE.fullmatch(text)
        if quoted is None:
            raise failure(column, f"found {shorten(text)!r}, expected one quoted text.")
        return text[1:-1].replace(text[0] * 2, text[0])
    if _NUMBER.fullmatch(text):
        return int(text)
    return _TRUTH[text] if text in _TRUTH else Name(text)
