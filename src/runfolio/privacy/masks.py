"""Finding and masking what should not be published in texts: lines, values and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from runfolio.privacy.assignments import find_assigned, span_of
from runfolio.privacy.names import TELLING, Meaning, meaning_to_hide
from runfolio.privacy.people import (
    HOME_FOLDER,
    SUSPECT,
    SUSPECT_ORIGIN,
    find_people,
    name_in_home,
)
from runfolio.privacy.rules import LIKELY, Style, find_credentials, looks_random
from runfolio.privacy.spans import Span, join_spans, mask_spans
from runfolio.privacy.terms import Term, Terms
from runfolio.privacy.values import fits

_TELLING: Final = sorted({*TELLING, "contrase"})
_NUMBER: Final = re.compile(r"[-+\d.,eE\s]*")
_KEY_BEGINS: Final = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_ENDS: Final = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY")
_KEY_FRAME: Final = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours of a terminal, which end in a letter that is no part of the word behind it."""

_KEY_LINE: Final = re.compile(r"[A-Za-z0-9+/=]{4,}")
_KEY_LINES: Final = 200
_REMEMBERED: Final = 50_000
_SHORT: Final = 400
"""So many lines are remembered, up to this length: stores repeat themselves."""

_FILE_OF_DIFF: Final = re.compile(r"^(?:\+\+\+|---) [ab]/(?P<path>.*)")
_CODE: Final = re.compile(
    r"(?i)\.(?:py|pyi|ipynb|[cm]?[jt]sx?|java|c|cc|cpp|h|hpp|cu|go|rs|swift|scala|jl|r)$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: in which line of a text (from 1), the part, and the line masked.

    `field` is the name of the value that the text is.
    """

    line: int
    span: Span
    found: str
    shown: str
    field: str = ""


Report = Callable[[Hit], None]


def at_line(report: Report | None, above: int) -> Report | None:
    """A report on a part of a text that has so many lines above it."""
    if report is None:
        return None
    return lambda hit: report(replace(hit, line=hit.line + above))


def style_of(path: str) -> Style:
    """How a file of that name writes texts."""
    return "code" if _CODE.search(path) else "config"


@dataclass(slots=True)
class _PlaceInText:
    """How a text is written where it is read: in which style, and how far into a private key."""

    style: Style
    has_key: bool
    key_lines: int = 0
    ends: bool = False

    def enter(self, line: str) -> None:
        """Come to the next line."""
        if line.startswith(("+++ ", "--- ")) and (file := _FILE_OF_DIFF.match(line)):
            self.style = style_of(file["path"].strip())
        if self.has_key:
            left = 0 if self.ends else max(0, self.key_lines - 1)
            self.key_lines = _KEY_LINES if _KEY_BEGINS.search(line) else left
            self.ends = _KEY_ENDS.search(line) is not None


class Masks:
    """Masks texts by rules, and by what was learnt of a store."""

    def __init__(self, terms: Terms, *, anonymous: bool = False) -> None:
        self.terms = terms
        self.anonymous = anonymous
        self._known: dict[tuple[str, Style], tuple[Span, ...]] = {}

    def mask(
        self,
        text: str,
        *,
        name: str = "",
        style: Style = "config",
        report: Report | None = None,
    ) -> str:
        """The text with all that was found masked; `name` is that of a value, and may tell.

        `report` is called for each part that was found.
        """
        whole = self._judge(name, text)
        if whole is not None:
            if report is not None:
                report(Hit(1, whole, text, whole.mask, name))
            return whole.mask
        if not text or _NUMBER.fullmatch(text):
            return text
        terms, suspect = self.terms.within(text), _suspect(text, anonymous=self.anonymous)
        place = _PlaceInText(style, has_key="PRIVATE KEY" in text)
        lines = text.splitlines(keepends=True)
        for number, line in enumerate(lines):
            place.enter(line)
            plain = _ANSI.sub(_blank, line.rstrip("\r\n"))
            by_rules = self._find_by_rules(plain, place.style) if suspect.search(plain) else ()
            spans = _find_known(plain, by_rules, terms, in_key=place.key_lines > 0)
            if spans:
                lines[number] = mask_spans(line, spans)
                _report(report, Hit(number + 1, spans[0], line, lines[number].strip(), name), spans)
        return "".join(lines)

    def _judge(self, name: str, text: str) -> Span | None:
        """The whole value, where its name says what it is or it looks like a key by itself."""
        meaning = meaning_to_hide(name, anonymous=self.anonymous) if name else None
        if meaning and "\n" not in text and fits(meaning, name.rpartition(".")[2], text):
            return span_of(meaning, 0, len(text))
        return span_of("secret", 0, len(text)) if name and looks_random(text) else None

    def _find_by_rules(self, line: str, style: Style) -> tuple[Span, ...]:
        if (known := self._known.get((line, style))) is not None:
            return known
        found = (
            *find_credentials(line, style=style),
            *find_assigned(line, style=style, anonymous=self.anonymous),
            *find_people(line, anonymous=self.anonymous),
        )
        if len(line) <= _SHORT and len(self._known) < _REMEMBERED:
            self._known[line, style] = found
        return found

    def mask_json(
        self, value: Any, *, name: str = "", style: Style = "config", report: Report | None = None
    ) -> Any:
        """A document of JSON with its texts masked; names of fields tell what is beside them."""
        if isinstance(value, str):
            return self.mask(value, name=name, style=style, report=report)
        if isinstance(value, dict):
            return {
                self.mask(str(key), report=report): self.mask_json(
                    one, name=str(key), style=style, report=report
                )
                for key, one in value.items()
            }
        if isinstance(value, list):
            if _is_lines(value):
                masked = self.mask("".join(value), style=style, report=report)
                return masked.splitlines(keepends=True)
            names = ["", *map(_option_in, value)][: len(value)]
            return [
                self.mask_json(one, name=option or name, style=style, report=report)
                for one, option in zip(value, names, strict=True)
            ]
        if name and isinstance(value, int | float) and not isinstance(value, bool):
            text = json.dumps(value)
            masked = self.mask(text, name=name, report=report)
            return value if masked == text else masked
        return value


def _suspect(text: str, *, anonymous: bool) -> re.Pattern[str]:
    """What the lines of a text have that are looked at further; most lines of a log have not."""
    lower = text.lower()
    words = tuple(word for word in _TELLING if word in lower)
    return _compile_suspect(words, anonymous=anonymous)


@lru_cache(maxsize=1000)
def _compile_suspect(words: tuple[str, ...], *, anonymous: bool) -> re.Pattern[str]:
    names = (f"(?i:{word})" for word in words)
    return re.compile("|".join([SUSPECT_ORIGIN if anonymous else SUSPECT, *names, LIKELY]))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _find_known(
    line: str, by_rules: tuple[Span, ...], terms: list[Term], *, in_key: bool
) -> list[Span]:
    """What rules found in a line, with what is known and stands there, in order."""
    spans = [*by_rules, *(span for term in terms for span in term.find(line))]
    if in_key:
        body = _KEY_FRAME.sub(_blank, line)
        spans += [span_of("secret", *one.span()) for one in _KEY_LINE.finditer(body)]
    return join_spans(spans) if spans else spans


def _report(report: Report | None, line: Hit, spans: list[Span]) -> None:
    """Tell of each part of a line; `line` has the line whole as what was found."""
    if report is not None:
        for span in spans:
            report(replace(line, span=span, found=line.found[span.start : span.end]))


def _option_in(word: Any) -> str:
    """The option that a word of a command is, whose value follows."""
    is_option = isinstance(word, str) and word.startswith("-") and "=" not in word
    return word.lstrip("-") if is_option else ""


def _is_lines(value: list[Any]) -> bool:
    """Whether a list is a text line by line, as notebooks keep it."""
    return (
        len(value) > 1
        and all(isinstance(one, str) and one.endswith("\n") for one in value[:-1])
        and isinstance(value[-1], str)
    )


def learn_hit(masks: Masks, hit: Hit) -> None:
    """Seek what was found in other places too."""
    terms, meaning = masks.terms, _MEANING_OF_RULE.get(hit.span.rule)
    if masks.anonymous and hit.span.rule in _WITH_DOMAIN:
        terms.learn_domain(hit.found)
    if hit.span.severity == "secret":
        terms.learn("secret", hit.found)
    elif hit.span.rule == HOME_FOLDER:
        terms.learn("user", name_in_home(hit.found) or "")
    elif meaning is not None:
        terms.learn(meaning, hit.found)


_MEANING_OF_RULE: Final[dict[str, Meaning]] = {
    "user name": "user",
    "host name": "host",
    "git remote": "origin",
    "author": "author",
    "commit": "revision",
}
_WITH_DOMAIN: Final = ("host name", "e-mail address")
