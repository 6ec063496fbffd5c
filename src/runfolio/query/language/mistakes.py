"""What is wrong with a filter, in words: where, what stands there, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

COMPARISON: Final = "a comparison such as metrics.loss < 0.1"
OPERATOR: Final = "an operator: =, !=, <, <=, >, >=, LIKE, IN, BETWEEN, CONTAINS or IS NULL"
VALUE: Final = "a number or a quoted text"

_QUOTES: Final = ("'", '"', "`")
_SHOWN: Final = 40
"""Characters of the filter that a message shows at most."""
_LONGEST_HINT: Final = 300


class Mistake(Exception):  # noqa: N818
    """A place in a text that can't be read; becomes an `InvalidFilter` or an `InvalidOrder`."""

    def __init__(self, place: int, found: str, expected: str, hint: str = "") -> None:
        super().__init__(place, found, expected, hint)
        self.column = place + 1
        self._found = str(found)
        self._expected = expected
        self._hint = hint

    def sentence(self, what: str) -> str:
        """The mistake as one line about a `what`."""
        found = repr(shorten(self._found)) if self._found else "the end"
        said = f"{what} fails at column {self.column}: found {found}, expected {self._expected}."
        # A hint may quote the filter, and a message stays one line that can be read at a glance.
        shown = self._hint.isprintable() and len(self._hint) <= _LONGEST_HINT
        return f"{said} {self._hint}".rstrip() if shown else said


def shorten(text: str) -> str:
    """The text, cut where it is too long to be shown whole."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word most like `word`, or None when none is."""
    if len(word) > _SHOWN:
        return None
    by_small = {one.lower(): one for one in known}
    found = get_close_matches(word.lower(), by_small, n=1, cutoff=0.7)
    return by_small[found[0]] if found else None


def unreadable(text: str, place: int, expected: Collection[str], start: str) -> Mistake:
    """The mistake at a place where the grammar allows only the terminals in `expected`."""
    if re.compile(r"\.['\"`]").match(text, place):
        place += 1
    found = _word_at(text, place)
    if _is_unclosed(found):
        hint = "A quote inside a text is written twice."
        return Mistake(place, found, f"a closing {found[0]}", hint)
    if start == "order":
        return Mistake(place, found, _describe_order(expected), _order_hint(found))
    if start == "rule":
        return Mistake(place, found, _describe_rule(expected))
    situation = _situation(expected)
    return Mistake(place, found, _describe(situation, expected), _hint(situation, found))


def _is_unclosed(found: str) -> bool:
    return found[:1] in _QUOTES and (len(found) == 1 or found[-1] != found[0])


def _word_at(text: str, place: int) -> str:
    """What to show of the text at a place: a word, a run of signs, or what stands in quotes."""
    found = _WORD.match(text, place)
    return found[0] if found else ""


_WORD: Final = re.compile(r"(?s:(['\"`]).*?(?:\1|\Z))|\w[\w.]*|\.|[^\w\s.'\"`]+")


def _situation(expected: Collection[str]) -> str:
    """What a reader would say comes next, told by one terminal that only fits there."""
    signs = ("COMPARATOR", "NUMBER", "NULL", "LIKE", "OR", "PATH", "COMMA")
    return next((sign for sign in signs if sign in expected), next(iter(sorted(expected)), "$END"))


def _describe(situation: str, expected: Collection[str]) -> str:
    if situation in ("OR", "COMMA", "RPAR", "$END"):
        return _describe_end(situation, expected)
    return {
        "COMPARATOR": OPERATOR,
        "NUMBER": VALUE,
        "NULL": "NULL or NOT NULL" if "NOT" in expected else "NULL",
        "LIKE": "LIKE, ILIKE, CONTAINS, IN or BETWEEN after NOT",
        "PATH": COMPARISON,
        "LPAR": "a list in parentheses such as ('a', 'b')",
        "AND": "AND and the upper bound",
    }.get(situation, VALUE)


def _describe_end(situation: str, expected: Collection[str]) -> str:
    if situation == "COMMA":
        return "a comma or ) in the list"
    if situation == "OR":
        return "AND, OR or the end"
    return "AND, OR or )" if "RPAR" in expected else "AND, OR or the end"


def _describe_order(expected: Collection[str]) -> str:
    # The lexer's states are shared: after a field it also allows what a filter goes on with.
    if "DESC" in expected:
        return "ASC, DESC or the end"
    return "a field such as metrics.loss" if "PATH" in expected else "the end"


def _describe_rule(expected: Collection[str]) -> str:
    if "RISES" in expected:
        return "rises, drops, changes, or one of =, !=, <, <=, >, >="
    if "COMPARATOR" in expected:
        return "> or >= and how far"
    if "NUMBER" in expected:
        return "a number"
    if "PERCENT" in expected:
        return "% or the end"
    return "a metric such as metrics.loss" if "PATH" in expected else "the end"


def _order_hint(found: str) -> str:
    if found[:1] in _QUOTES:
        return _quote_hint("COMPARATOR", found)
    if found.upper() == "NULLS":
        return "Missing values come last in any case."
    if found.startswith("-"):
        return "Write DESC after the field."
    return "Make each clause a text of its own." if found.startswith(",") else ""


def _hint(situation: str, found: str) -> str:
    if found[:1] in _QUOTES:
        return _quote_hint(situation, found)
    if situation == "NUMBER":
        return _value_hint(found)
    if situation == "PATH" and found[:1].isdigit():
        return "Write the field first and the value after the operator."
    if situation == "COMPARATOR" and re.match(r"\w", found):
        return "A name with spaces stands in backticks."
    return next((hint for start, hint in _SLIPS if found.startswith(start)), "")


_SLIPS: Final = (
    ("&", "Write AND."),
    ("|", "Write OR."),
    ("!", "Write NOT."),
    (";", "Leave the semicolon out."),
    (",", "Join comparisons with AND or OR."),
    (")", "There is no ( before it."),
    (".", "A name follows its dot at once, in backticks where it has spaces."),
    ("-", "Put a name with such signs in backticks."),
)


def _quote_hint(situation: str, found: str) -> str:
    if situation == "PATH" and found[0] == "'":
        return "Write the field first and the value after the operator."
    if situation == "NUMBER":
        return "A text stands in ' or \" quotes; backticks are for names."
    if situation == "COMPARATOR":
        return "Put the whole name in backticks."
    return ""


def _value_hint(found: str) -> str:
    if found.upper() == "NULL":
        return "Write IS NULL or IS NOT NULL."
    if found.lower() == "nan":
        return "NaN equals nothing; NOT metrics.loss <= inf finds it, and runs without the metric."
    if found.startswith("("):
        return "Write IN before a list."
    return f"Put a text in quotes: '{shorten(found)}'." if re.match(r"[^\W\d]", found) else ""
