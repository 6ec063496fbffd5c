"""Very many numbers as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_ALIKE: Final = re.compile(r"(?:-?(?:0\.0{0,3}[1-9][0-9]*|[1-9][0-9]*\.[0-9]+)(?:\n|\Z))*")
"""Lines with fractions that Arrow and Python write alike: neither with an exponent."""


def float_texts(values: Sequence[float]) -> list[str]:
    """Each number as `repr` writes it.

    Arrow finds the same digits several times faster, but writes an exponent at other sizes and no
    ``.0``.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: list[str] = pc.cast(pa.array(values, pa.float64()), pa.string()).to_pylist()
    if _ALIKE.fullmatch("\n".join(texts)):
        return texts
    return [
        text if _ALIKE.fullmatch(text) else repr(value)
        for text, value in zip(texts, values, strict=True)
    ]
