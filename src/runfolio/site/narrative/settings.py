"""What a report's front matter and its blocks have in common: lines of YAML."""

from __future__ import annotations

import re
import reprlib
from typing import Any, Final

from runfolio.documents import parse_yaml
from runfolio.errors import ReportMistake

_LINE: Final = re.compile(r"line (\d+): (.*)", re.DOTALL)
_HINTS: Final = (
    ("'\\t'", "Indent with blanks, not with a tab."),
    ("end of stream", "A quote or a bracket isn't closed."),
    ("expected ',' or", "A bracket isn't closed, or a comma is missing."),
)
_SHORT: Final = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring = 2, 60
_HINT: Final = "Texts with a colon or a bracket in them stand in quotes."


def read_settings(text: str, *, what: str, example: str, before: int = 0) -> dict[Any, Any]:
    """The values of some lines of YAML, none for an empty text.

    Raises `ReportMistake` with the line, which counts from 1 and the `before` that come before.
    """
    try:
        values = parse_yaml(text)
    except ValueError as error:
        found = _LINE.fullmatch(str(error))
        if found is None:  # a value that means nothing, such as a date of no calendar
            raise ReportMistake(f"{what} is no YAML: {error}.", 1) from None
        message = f"{what} is no YAML: {found[2]}. {_find_hint(found[2])}"
        raise ReportMistake(message, int(found[1]) + before) from None
    if values is not None and not isinstance(values, dict):
        message = f"{what} has lines such as '{example}', and none is here."
        raise ReportMistake(message, 1 + before)
    return values or {}


def _find_hint(reason: str) -> str:
    return next((hint for sign, hint in _HINTS if sign in reason), _HINT)


def show_value(value: object) -> str:
    """A value as it is told in a mistake: like `repr`, but never long."""
    return _SHORT.repr(value)
