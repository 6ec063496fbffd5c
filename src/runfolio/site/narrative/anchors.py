"""A report's sections: their names in links, and how they lie in each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LONGEST: Final = 80
_TAKEN: Final = re.compile(r"main|contents|found.*|panel-\d+|fn\d+|fnref[\d-]+", re.ASCII)


class Anchors:
    """The names given so far: made of a heading's words, no two alike, none that the page uses."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, words: str) -> str:
        """A name for a section with these words in its heading."""
        stem = make_anchor(words) or "section"
        if _TAKEN.fullmatch(stem):
            stem = f"{stem}-section"
        number, name = 1, stem
        while name in self._names:
            number += 1
            name = f"{stem}-{number}"
        self._names.add(name)
        return name

    def reserve(self, name: str) -> None:
        """Say that the page has this name besides its sections."""
        self._names.add(name)


def make_anchor(words: str) -> str:
    """Lower-case words joined by hyphens, in any script; the same text gives the same name."""
    plain = unicodedata.normalize("NFKC", words).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:LONGEST].strip("-")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading in the table of contents, with those below it."""

    anchor: str
    text: str
    sections: tuple[Section, ...] = ()


DEEPEST: Final = 3
"""The lowest level of headings that the table of contents has."""


def nest_sections(headings: Sequence[tuple[int, str, str]]) -> tuple[Section, ...]:
    """The table of contents of headings, each with its level, anchor and text."""
    listed = [one for one in headings if one[0] <= DEEPEST]
    starts = [place for place, (level, _, _) in enumerate(listed) if level < DEEPEST]
    return tuple(
        Section(
            *listed[start][1:],
            sections=tuple(Section(*one[1:]) for one in listed[start + 1 : end]),
        )
        for start, end in pairwise([*starts, len(listed)])
    )
