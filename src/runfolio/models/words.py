"""Words for messages about models: values cut short, names in a row, the name that was meant.

Whatever is shown stays on one line and moves no cursor: names and values are anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

_LISTED: Final = 8
_SHOWN: Final = 40
"""Characters of a value that are shown at most, unless more are asked for."""

_NAME: Final = 80
"""Characters of a name that are shown at most."""

_COMPARED: Final = 60
"""Characters of a name that are compared with others at most, which is slow work."""


def clean(text: str, most: int = 200) -> str:
    """A text on one line, cut where it is long; what is not printable is written as Python does."""
    line = " ".join(text[: 4 * most].split())
    shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def show(value: Any, most: int = _SHOWN) -> str:
    """A value as Python writes it, cut where it is long."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        value = item()
    return clean(repr(value), most)


def name_one(name: object) -> str:
    """A name in quotes, cut where it is long."""
    return show(name, _NAME)


def name_all(names: Iterable[object]) -> str:
    """Names as they stand in a sentence, the first few of many."""
    return list_some(map(name_one, names))


def list_some(texts: Iterable[str]) -> str:
    """Texts as they stand in a sentence, the first few of many."""
    known = list(texts)
    more = len(known) - _LISTED
    return ", ".join(known[:_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def count(number: int, noun: str) -> str:
    """A number of things, such as "1 column" and "2 columns"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is."""
    by_small = {one.lower(): one for one in known}
    found = get_close_matches(name.lower()[:_COMPARED], by_small, n=1, cutoff=0.7)
    return by_small[found[0]] if found else None
