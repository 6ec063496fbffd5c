"""What `runfolio.site.packed` writes, read again, as the browser does it."""

from __future__ import annotations

import base64
from fractions import Fraction
from typing import Any

from runfolio.site.packed import INFINITY, MINUS_INFINITY, NAN

SPECIAL = {NAN: float("nan"), INFINITY: float("inf"), MINUS_INFINITY: float("-inf")}


def unpack(column: Any) -> list[float]:
    """The numbers of a column."""
    if isinstance(column, list):
        return [float(one) for one in column]
    digits = column.get("digits", 0)
    if "text" not in column:
        start, by = column["from"], column["by"]
        return [_shift(start + by * place, digits) for place in range(column["count"])]
    content = base64.b64decode(column["text"], validate=True)
    codes = [int.from_bytes(content[at : at + 3], "big") for at in range(0, len(content), 3)]
    return [SPECIAL.get(code, _number(column, code, digits)) for code in codes]


def _number(column: Any, code: int, digits: int) -> float:
    if "from" in column:
        return _shift(column["from"] + code, digits)
    size = _shift(code & 0xFFFFF, digits + (code >> 20 & 7))
    return -size if code >> 23 else size


def _shift(whole: int, digits: int) -> float:
    return float(whole / Fraction(10) ** digits)
