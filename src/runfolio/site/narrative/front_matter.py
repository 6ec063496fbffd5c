"""What a report says of itself before its text: title, authors, date, abstract, order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import nearest
from runfolio.site.narrative.settings import read_settings, show_value

MAX_TITLE: Final = 300
MAX_AUTHORS: Final = 200
MAX_ABSTRACT: Final = 5000

KEYS: Final = ("title", "authors", "author", "date", "abstract", "description", "order")
"""What is understood; other keys, which other tools may want, are left alone."""

_Value = TypeVar("_Value")
_FENCE: Final = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_OPEN: Final = re.compile(rf"---[ \t]*\n(?:{'|'.join(KEYS)})[ \t]*:[ \t]")
_KEY: Final = re.compile(r"""["']?([A-Za-z_][\w-]*)["']?[ \t]*:(.*)""")
_BLOCK_TEXT: Final = re.compile(r"\s*[|>][+-]?\d?\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a report."""

    name: str
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a report's text, and the line of the file (from 1) in which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is said before the text; `order` is where the report stands among others."""

    title: str | None = None
    authors: tuple[Author, ...] = ()
    date: date | None = None
    abstract: Passage | None = None
    order: float | None = None
    mistakes: tuple[ReportMistake, ...] = field(default=(), compare=False)
    """What can't be read, each with its line of the file; the rest counts."""


def split_front_matter(text: str) -> tuple[FrontMatter, Passage]:
    """Tell what is said before the text from the text itself."""
    fenced = _FENCE.match(text)
    if fenced is None:
        return FrontMatter(mistakes=_find_open(text)), Passage(text, 1)
    body = Passage(text[fenced.end() :], text.count("\n", 0, fenced.end()) + 1)
    return _read(fenced[1]), body


def _find_open(text: str) -> tuple[ReportMistake, ...]:
    """What is wrong where the front matter has no end."""
    if not _OPEN.match(text):
        return ()
    return (
        ReportMistake("The front matter has no end: put --- on a line of its own after it.", 1),
    )


def _read(block: str) -> FrontMatter:
    try:
        values = read_settings(block, what="The front matter", example="title: …", before=1)
    except ReportMistake as mistake:
        return FrontMatter(mistakes=(mistake,))
    return _Reader(values, _find_lines(block)).read()


def _find_lines(block: str) -> dict[str, tuple[int, str]]:
    """The line of the file in which each key stands, and what follows it there."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(block.split("\n"), start=2):
        key = _KEY.match(line)
        if key is not None:
            found.setdefault(key[1], (number, key[2]))
    return found


class _Reader:
    """Reads the values one by one; each that can't be read is a mistake of its own."""

    def __init__(self, values: dict[Any, Any], lines: dict[str, tuple[int, str]]) -> None:
        self._values = values
        self._lines = lines
        self._mistakes: list[ReportMistake] = []

    def read(self) -> FrontMatter:
        self._check_keys()
        return FrontMatter(
            title=self._read("title", _read_title),
            authors=self._read("authors", _read_authors, other="author") or (),
            date=self._read("date", _read_date),
            abstract=self._read_abstract(),
            order=self._read("order", _read_order),
            mistakes=tuple(sorted(self._mistakes, key=lambda one: one.line or 0)),
        )

    def _read(
        self, key: str, read: Callable[[Any], _Value | None], *, other: str | None = None
    ) -> _Value | None:
        used = key if other is None or key in self._values else other
        value = self._values.get(used)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            self._mistakes.append(ReportMistake(f"{used!r} {error}", self._line(used)))
            return None

    def _line(self, key: str) -> int:
        return self._lines.get(key, (1, ""))[0]

    def _check_keys(self) -> None:
        for key in map(str, self._values):
            like = nearest(key, KEYS) if key not in KEYS else None
            if like is not None:
                message = f"{key!r} is not known in the front matter. Did you mean {like!r}?"
                self._mistakes.append(ReportMistake(message, self._line(key)))

    def _read_abstract(self) -> Passage | None:
        key = "abstract" if "abstract" in self._values else "description"
        text = self._read(key, _read_abstract)
        if not text:
            return None
        line, rest = self._lines.get(key, (1, ""))
        return Passage(text, line + 1 if _BLOCK_TEXT.fullmatch(rest) else line)


def _read_title(value: Any) -> str | None:
    if isinstance(value, dict | list):
        raise ValueError(f"is one text, not {show_value(value)}. Put it in quotes.")
    title = " ".join(str(value).split())
    if len(title) > MAX_TITLE:
        raise ValueError(f"has {len(title):,} characters; {MAX_TITLE} are shown at most.")
    return title or None


def _read_abstract(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is a text, not {show_value(value)}.")
    if len(value) > MAX_ABSTRACT:
        raise ValueError(f"has {len(value):,} characters; {MAX_ABSTRACT:,} are shown at most.")
    return value.strip("\n")


def _read_authors(value: Any) -> tuple[Author, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MAX_AUTHORS:
        raise ValueError(f"has {len(listed)} entries; {MAX_AUTHORS} are shown at most.")
    return tuple(_authors(listed))


def _authors(listed: list[Any]) -> Iterator[Author]:
    for one in listed:
        name = one.get("name") if isinstance(one, dict) else one
        if not isinstance(name, str) or not name.strip():
            raise ValueError(
                f"is a list of names, or of name and affiliation, not {show_value(one)}."
            )
        place = one.get("affiliation") if isinstance(one, dict) else None
        if isinstance(place, list):
            place = "; ".join(map(str, place))
        yield Author(name.strip(), None if place is None else str(place))


def _read_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"is a date such as 2026-11-23, not {show_value(value)}.") from None


def _read_order(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(f"is a number, not {show_value(value)}.")
    return float(value)
