"""Very many numbers as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_ALIKE: Final = re.compile(r"(?:-?(?:0\.0{0,3}[1-9][0-9]*|[1-9][0-9]*\.[0-9]+)(?:\n|\Z))+")
"""Lines with fractions that Arrow and Python write alike: neither with an exponent."""

_AT_ONCE: Final = 100
"""So many texts are looked at together, as most are alike."""


def float_texts(values: Sequence[float]) -> list[str]:
    """Each number as `repr` writes it.

    Arrow finds the same digits several times faster, but writes an exponent at other sizes and no
    ``.0``.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: list[str] = pc.cast(pa.array(values, pa.float64()), pa.string()).to_pylist()
    for place in find_others(_ALIKE, texts):
        texts[place] = repr(values[place])
    return texts


def find_others(lines: re.Pattern[str], texts: Sequence[str]) -> Iterator[int]:
    """The places of the texts, each of one line, that are not as a pattern of `lines` has them."""
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        if not lines.fullmatch("\n".join(some)):
            yield from (start + n for n, text in enumerate(some) if not lines.fullmatch(text))
