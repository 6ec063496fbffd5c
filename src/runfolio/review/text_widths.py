"""How wide a text is in the fonts of badges, without having a font."""

from __future__ import annotations

import math
import unicodedata
from typing import Final

# Hundredths of the size that letters of DejaVu Sans take; those of Verdana differ by little.
_WIDTHS: Final = {
    letter: width
    for width, letters in {
        27: "'",
        28: "ijl",
        29: "IJ",
        32: " ,.·",
        34: "/:;\\|",
        35: "f",
        36: "-",
        39: "()[]t",
        40: "!",
        41: "r",
        46: '"',
        50: "*_`–",
        52: "sz",
        53: "?",
        55: "c",
        56: "L",
        58: "Fk",
        59: "vxy",
        60: "P",
        61: "TYao",
        62: "e",
        63: "ESbdghnpqu",
        64: "$0123456789{}",
        66: "K",
        68: "AV",
        69: "BRXZ",
        70: "C",
        73: "U",
        75: "HN",
        77: "DG▲▼",
        78: "&",
        79: "OQ",
        82: "w",
        84: "#+<=>^~−±×∞",
        86: "M",
        95: "%",
        97: "m",
        99: "W",
        100: "@—…",
    }.items()
    for letter in letters
}
_OTHERS: Final = 68
_WIDE: Final = 104


def measure_text(text: str, *, size: int) -> int:
    """The width of a text in pixels, rounded up."""
    return math.ceil(sum(map(_width, text)) * size / 100)


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _WIDTHS.get(letter, _OTHERS)
