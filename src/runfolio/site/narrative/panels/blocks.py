"""The text of a panel's block: YAML with a closed set of options, and the line of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import nearest
from runfolio.site.narrative.settings import read_settings, show_value

COMMON: Final = ("runs", "experiment", "title", "caption")
"""Options that every kind of panel has."""

MAX_BLOCK: Final = 20_000
"""Characters of a block, at most."""

MAX_NAMES: Final = 24
"""Names in the list of an option, at most."""

_KEY: Final = re.compile(r"""( *)(["']?)([^\s"':#]+)\2 *:(?:\s|$)""")


@dataclass(frozen=True, slots=True)
class Block:
    """What a block asks for; `lines` tells where each of its options stands, from 1."""

    kind: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def mistake(self, key: str, message: str) -> ReportMistake:
        """A mistake in the value of an option."""
        return ReportMistake(message, self.lines.get(key, 1))

    def text(self, key: str, default: str = "") -> str:
        """A text; a number counts as the text it is written as."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.mistake(
                key, f"{key!r} is a text, not {show_value(value)}. Put it in quotes."
            )
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text alone; empty where there is none."""
        value = self.values.get(key)
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        if not all(
            isinstance(one, str | int | float) and not isinstance(one, bool) for one in listed
        ):
            raise self.mistake(
                key, f"{key!r} is a list of names such as [a, b], not {show_value(value)}."
            )
        if len(listed) > MAX_NAMES:
            raise self.mistake(key, f"{key!r} takes at most {MAX_NAMES} names, not {len(listed)}.")
        return tuple(dict.fromkeys(map(str, listed)))

    def flag(self, key: str) -> bool:
        """Whether an option is switched on."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.mistake(key, f"{key!r} is true or false, not {show_value(value)}.")

    def whole(self, key: str, default: int, *, least: int = 1, most: int) -> int:
        """A whole number within limits."""
        value = self.values.get(key)
        if value is None:
            return default
        if type(value) is int and least <= value <= most:
            return value
        raise self.mistake(
            key, f"{key!r} is a whole number from {least} to {most}, not {show_value(value)}."
        )

    def number(self, key: str, *, least: float, most: float) -> float | None:
        """A number within limits, or None."""
        value = self.values.get(key)
        if value is None:
            return None
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and least <= value <= most
        ):
            return float(value)
        raise self.mistake(
            key, f"{key!r} is a number from {least} to {most}, not {show_value(value)}."
        )

    def choice(self, key: str, words: Collection[str], default: str) -> str:
        """One of some words."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, str) and value in words:
            return value
        listed = ", ".join(words)
        raise self.mistake(
            key, f"{key!r} is one of {listed}, not {show_value(value)}.{guess(value, words)}"
        )


def read_block(text: str, kinds: Mapping[str, Collection[str]]) -> Block:
    """Read a block; `kinds` names the options of each kind besides `COMMON`.

    Raises `ReportMistake`.
    """
    if len(text) > MAX_BLOCK:
        raise ReportMistake(f"A block has at most {MAX_BLOCK:,} characters, not {len(text):,}.", 1)
    read = read_settings(text, what="The block", example="chart: curves")
    values, lines = {str(key): value for key, value in read.items()}, _find_lines(text)
    kind = values.pop("chart", None)
    if kind is None:
        raise ReportMistake(f"'chart' is missing. Choose from {', '.join(kinds)}.", 1)
    if not isinstance(kind, str) or kind not in kinds:
        listed = ", ".join(kinds)
        message = f"Unknown chart {show_value(kind)}.{guess(kind, kinds)} Choose from {listed}."
        raise ReportMistake(message, lines.get("chart", 1))
    block = Block(kind, values, lines)
    known = (*COMMON, *kinds[kind])
    for key in values:
        if key not in known:
            listed = ", ".join(sorted(known))
            message = f"Unknown option {key!r} of {kind}.{guess(key, known)} It takes {listed}."
            raise block.mistake(key, message)
    return block


def guess(word: object, known: Collection[str]) -> str:
    """ " Did you mean 'x'?", where a known word is like this one; else nothing."""
    found = nearest(word, known) if isinstance(word, str) else None
    return f" Did you mean {found!r}?" if found is not None else ""


def _find_lines(text: str) -> dict[str, int]:
    """The line of each option, from 1; raises `ReportMistake` for one that is given twice."""
    lines: dict[str, int] = {}
    indent: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        found = _KEY.match(line)
        if found is None or (indent is not None and found[1] != indent):
            continue
        indent, key = found[1], found[3]
        if key in lines:
            raise ReportMistake(f"{key!r} is given twice.", number)
        lines[key] = number
    return lines
