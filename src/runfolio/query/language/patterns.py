"""LIKE and ILIKE, exactly as MLflow matches them and in bounded time.

``%`` stands for any characters and ``_`` for one, neither for a line break, and nothing escapes
them. MLflow turns a pattern into a regular expression, from which three oddities follow that are
kept: a text may end in one more line break than the pattern, after a final ``%`` anything may
follow, line breaks too, and ILIKE ignores case as `re.IGNORECASE` does.

A plain translation backtracks: a pattern of many ``%`` would take longer than anyone waits. Each
``%`` may take the shortest text that works, for a later start never helps what comes after (a
stretch with a line break fits in one place only), so an atomic group forbids trying again.
That leaves text length times pattern length, which `_Automaton` divides by the bits of a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from itertools import accumulate
from typing import Final

LONG: Final = 200
"""Characters from which on a pattern is matched by an automaton."""


def compile_like(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """A function that tells whether a text matches the pattern of a LIKE, or of an ILIKE."""
    if len(pattern) > LONG:
        return _Automaton(pattern, ignore_case=ignore_case).matches
    flags = re.IGNORECASE if ignore_case else 0
    match = re.compile(_expression(pattern), flags).match
    return lambda text: match(text) is not None


def _expression(pattern: str) -> str:
    first, *others = (_stretch(part) for part in pattern.split("%"))
    if not others:
        return first + "$"
    *middle, last = others
    between = "".join(f"(?>.*?{part})" for part in middle if part)
    return first + between + (f".*{last}$" if last else "")


def _stretch(text: str) -> str:
    return re.escape(text).replace("_", ".")


class _Automaton:
    """A pattern as a machine whose states are the bits of one integer, stepped per character.

    Bit i is set while the first i characters of the pattern (without ``%``) may have been read.
    """

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self._fold = fold if ignore_case else str
        characters = pattern.replace("%", "")
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, character in enumerate(characters):
            places["_" if character == "_" else self._fold(character)].append(place)
        bits = {one: _bits(found, len(characters)) for one, found in places.items()}
        self._any = bits.pop("_", 0)
        self._steps = bits
        self._loops = _bits(_percent_places(pattern), len(characters) + 1)
        self._open = pattern.endswith("%")
        self._end = 1 << len(characters)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        state, last = 1, len(text) - 1
        for place, character in enumerate(text):
            if state & self._end and (self._open or (place == last and character == "\n")):
                return True
            step, stay = self._steps.get(self._fold(character), 0), 0
            if character != "\n":
                step, stay = step | self._any, state & self._loops
            state = ((state & step) << 1) | stay
            if not state:
                return False
        return bool(state & self._end)


def fold(character: str) -> str:
    """What two characters have in common that are the same but for case."""
    return character.lower()[0].upper()


def _percent_places(pattern: str) -> list[int]:
    """How many characters stand before each ``%``, not counting ``%`` itself."""
    places = accumulate(character != "%" for character in pattern)
    return [place for place, one in zip(places, pattern, strict=True) if one == "%"]


def _bits(places: list[int], length: int) -> int:
    """The integer with exactly these of `length` bits set, made in linear time."""
    digits = bytearray(b"0") * (length or 1)
    for place in places:
        digits[length - 1 - place] = ord("1")
    return int(digits, 2)
