"""Where text goes in a picture: how wide it is, how to shorten it, and how to keep it apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NARROW: Final = frozenset("fijlrt.,:;|!'()[]{} -")
_WIDE: Final = frozenset("mwMW@%—")
LETTER: Final = 6.6  # the mean width in pixels of a letter at 12 px in common interface fonts


def text_width(text: str) -> float:
    """About how many pixels a text takes at 12 px; rather too many than too few."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 4.2
    if letter in _WIDE or ord(letter) > 0x2E80:
        return 11.0
    return 8.4 if letter.isupper() else LETTER


def shorten_middle(text: str, width: float) -> str:
    """The text with its middle left out where it is wider than `width` pixels.

    Names of runs and parameters differ at both ends more often than in the middle.
    """
    if text_width(text) <= width:
        return text
    keep = len(text)
    while keep > 2:
        keep -= 1
        head = (keep + 1) // 2
        short = f"{text[:head].rstrip()}…{text[len(text) - (keep - head) :].lstrip()}"
        if text_width(short) <= width:
            return short
    return f"{text[:1]}…"


def thin_out(places: Sequence[float], *, gap: float) -> list[bool]:
    """Which places to label so that labels stay `gap` apart; the lowest always is."""
    kept = [False] * len(places)
    free = float("-inf")
    for index in sorted(range(len(places)), key=lambda index: places[index]):
        if places[index] >= free:
            kept[index], free = True, places[index] + gap
    return kept


def spread_apart(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart and, if they fit, within `low` to `high`, near where they were.

    Places that come too close share their middle: blocks of labels grow until none overlap.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    blocks: list[list[int]] = []
    starts: list[float] = []
    for index in order:
        blocks.append([index])
        starts.append(_block_start([index], places, gap, low, high))
        while len(blocks) > 1 and starts[-2] + gap * len(blocks[-2]) > starts[-1]:
            last = blocks.pop()
            starts.pop()
            blocks[-1] += last
            starts[-1] = _block_start(blocks[-1], places, gap, low, high)
    spread = list(places)
    for start, block in zip(starts, blocks, strict=True):
        for position, index in enumerate(block):
            spread[index] = start + gap * position
    return spread


def _block_start(
    block: Sequence[int], places: Sequence[float], gap: float, low: float, high: float
) -> float:
    wanted = [places[index] - gap * position for position, index in enumerate(block)]
    start = sum(wanted) / len(wanted)
    return max(low, min(start, high - gap * (len(block) - 1)))
