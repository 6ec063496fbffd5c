"""Texts of a picture, held to the width that the picture was laid out for.

Where none of a picture's fonts is installed, another one takes its place, and wider letters would
reach beyond the picture's edge, which cuts them off.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_ARIAL: Final = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft\u00a0",
    333: "()-r`·",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz\u2002↑↓",
    549: "±≤≥",
    556: "#$0123456789?L_abdeghnopqu–",
    584: "+<=>~−×",
    611: "FTZßø",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "…→—",
    1015: "@",
}
"""Letters by their width in thousandths of the font's size."""

_WIDTHS: Final = {letter: width for width, letters in _ARIAL.items() for letter in letters}
_BOLD: Final = 1.07  # how much wider bold letters are
_SHORT: Final = 4  # letters that do no harm in any font
_TEXT: Final = re.compile(r'<text( (?>[^<>]*?font-size="([\d.]+)px")[^<>]*)>([^<]+)</text>')
_HEAVY: Final = re.compile(r'font-weight="(?:bold|[6-9]00)"')


def fit_texts(svg: str) -> str:
    """The picture with a length for each text whose letters are known."""
    return _TEXT.sub(_fit, svg)


def _fit(found: re.Match[str]) -> str:
    attributes, size, content = found.groups()
    width = measure(html.unescape(content))
    if width is None or len(content) <= _SHORT:
        return found[0]
    length = width * float(size) * (_BOLD if _HEAVY.search(attributes) else 1)
    fitted = f' textLength="{length:.0f}" lengthAdjust="spacingAndGlyphs"'
    return f"<text{attributes}{fitted}>{content}</text>"


def measure(text: str) -> float | None:
    """How wide a text is in Arial, in units of the font's size; None for letters unknown here."""
    plain = [unicodedata.normalize("NFKD", letter)[0] for letter in text]
    widths = [
        _WIDTHS.get(letter, _WIDTHS.get(base)) for letter, base in zip(text, plain, strict=True)
    ]
    known = [width for width in widths if width is not None]
    return sum(known) / 1000 if len(known) == len(widths) else None
