"""Columns of numbers as short text, four letters a number, for the shards of runs.

A column is one of

- a list of its numbers, those that are not finite as text: every digit is there;
- ``{"from": a, "by": b, "count": n, "digits": d}``: the numbers ``(a + b i) / 10^d``;
- ``{"from": a, "text": t, "digits": d}``: the numbers ``(a + c) / 10^d`` for each code ``c``;
- ``{"text": t, "digits": d}``: numbers of six digits. The first bit of a code ``c`` is the sign,
  the next three how many more digits stand behind the point, the other twenty the digits as a whole
  number ``w``: ``± w / 10^(d + more)``.

``digits`` may be negative and is left out where it is 0. The text is Base64 of three bytes a code,
highest first. The three highest codes are NaN, infinity and minus infinity. Whole numbers divided
by powers of ten are rounded once, so 0.1 comes back as 0.1.

What `templates/assets/js/site/packed.js` reads is written here; ``tests/vectors/packed.json`` holds
both together.
"""

from __future__ import annotations

import math
from binascii import b2a_base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.site.numbers import plain_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SHORTEST: Final = 8
"""Columns of fewer numbers stay lists."""

RELATIVE_ERROR: Final = 1e-5
"""What a number may be off by, as a share of it; zero stays zero."""

NAN, INFINITY, MINUS_INFINITY = 0xFFFFFF, 0xFFFFFE, 0xFFFFFD

_LARGEST_CODE: Final = 16_000_000
_LARGEST: Final = 1e15
_SMALLEST: Final = 1e-15
"""The largest number of a column that is packed lies between these."""

_MOST_DIGITS: Final = 22
"""Powers of ten up to this one are exact as numbers of the browser."""

_MOST_MORE: Final = 7
_MORE_UNIT: Final = 1 << 20
_SIGN_UNIT: Final = 1 << 23
_LETTERS: Final = 4
_SHORT_STEP: Final = 1000
"""Lists of steps below this are no longer than their text."""

_TENS: Final = 10.0 ** np.arange(_MOST_MORE + 1)


def pack_rows(rows: Floats) -> list[Any]:
    """Columns of one length, the rows of a matrix, each number with about six digits or more."""
    if rows.shape[1] < SHORTEST:
        return [list_numbers(row) for row in rows]
    low, high = rows.min(axis=1).tolist(), rows.max(axis=1).tolist()
    filled, whole = rows, all(map(math.isfinite, low + high))
    if not whole:
        filled = _fill_gaps(rows)
        low, high = filled.min(axis=1).tolist(), filled.max(axis=1).tolist()
    ways = list(map(_choose_way, low, high, _find_least(filled, low, high)))
    packed: dict[int, Any] = {}
    for pack in (_pack_even, _pack_six):
        places = [place for place, (way, _) in enumerate(ways) if way is pack]
        if places:
            digits = [ways[place][1] for place in places]
            gaps = None if whole else rows[places]
            packed.update(zip(places, pack(filled[places], digits, gaps), strict=True))
    return [
        packed[place] if place in packed else list_numbers(row) for place, row in enumerate(rows)
    ]


def pack_steps(steps: Ints) -> Any:
    """Steps as they are: the first and the distance where that is always the same, or all."""
    return _pack_whole(steps, 0) or steps.tolist()


def pack_times(times: Ints) -> Any:
    """Times in microseconds as seconds: to the millisecond, of long runs as closely as is short."""
    for digits in (3, 2, 1, 0):
        unit = 10 ** (6 - digits)
        found = _pack_whole((times + unit // 2) // unit, digits)
        if found is not None:
            return found
    return (times / 1e6).round(3).tolist()


def list_numbers(row: Floats) -> list[Any]:
    """A column with every digit."""
    numbers: list[Any] = row.tolist()
    return numbers if np.isfinite(row).all() else [plain_number(one) for one in numbers]


def _fill_gaps(rows: Floats) -> Floats:
    """The rows with their first finite number, or 0, in place of what is not finite."""
    known = np.isfinite(rows)
    firsts = rows[np.arange(len(rows)), known.argmax(axis=1)]
    return np.where(known, rows, np.where(np.isfinite(firsts), firsts, 0.0)[:, None])


def _find_least(rows: Floats, low: list[float], high: list[float]) -> list[float]:
    """The smallest size of a number of each row that is not 0; infinity where all are."""
    sides = list(zip(low, high, strict=True))
    if all(first > 0 or last < 0 for first, last in sides):
        return [max(first, -last) for first, last in sides]
    sizes = np.abs(rows)
    least: list[float] = sizes.min(axis=1, where=sizes > 0, initial=math.inf).tolist()
    return least


def _choose_way(low: float, high: float, least: float) -> tuple[_Pack | None, int]:
    """What packs the numbers of a range closely enough, and with which digits."""
    largest = max(-low, high)
    if largest == 0:
        return _pack_even, 0
    if not _SMALLEST <= largest <= _LARGEST:
        return None, 0
    digits = min(_power(_LARGEST / largest), _MOST_DIGITS)
    if high > low:
        digits = min(digits, _power(_LARGEST_CODE / (high - low)))
    if _is_close(digits, least):
        return _pack_even, digits
    digits = 5 - _power(largest)
    finest = digits + _MOST_MORE
    return (_pack_six if finest <= _MOST_DIGITS and _is_close(finest, least) else None), digits


def _power(number: float) -> int:
    return math.floor(math.log10(number))


def _is_close(digits: int, least: float) -> bool:
    """Whether numbers of so many digits behind the point are close to those they stand for."""
    return 0.5 * 10.0**-digits <= RELATIVE_ERROR * least


def _pack_even(rows: Floats, digits: list[int], gaps: Floats | None) -> list[Any]:
    """Numbers of equal distances; `gaps` are the rows with what is not finite."""
    codes = np.rint(rows * np.array([[10.0**one] for one in digits]))
    first = codes.min(axis=1)
    same = _distances(codes) if gaps is None else [None] * len(rows)
    texts = _encode(codes - first[:, None], gaps)
    count = rows.shape[1]
    return [
        {"from": int(start), "text": text} | _told(one)
        if by is None
        else {"from": int(row[0]), "by": by, "count": count} | _told(one)
        for row, start, by, text, one in zip(codes, first, same, texts, digits, strict=True)
    ]


def _pack_six(rows: Floats, digits: list[int], gaps: Floats | None) -> list[Any]:
    """Numbers of six digits each; `gaps` are the rows with what is not finite."""
    sizes = np.abs(rows)
    behind = np.array([[float(one)] for one in digits])
    powers = np.floor(np.log10(np.maximum(sizes, _SMALLEST / 1e15)))
    more = np.clip(5 - behind - powers, 0, _MOST_MORE)
    codes = np.rint(sizes * 10.0**behind * _TENS[more.astype(np.intp)])
    codes += more * _MORE_UNIT + (rows < 0) * float(_SIGN_UNIT)
    texts = _encode(codes, gaps)
    return [{"text": text} | _told(one) for text, one in zip(texts, digits, strict=True)]


_Pack = Callable[["Floats", list[int], "Floats | None"], list[Any]]


def _pack_whole(numbers: Ints, digits: int) -> dict[str, Any] | None:
    """Whole numbers as they are, or None where a list is shorter or codes are too few."""
    if len(numbers) < SHORTEST:
        return None
    by = _distance(numbers)
    if by is not None:
        return {"from": int(numbers[0]), "by": by, "count": len(numbers)} | _told(digits)
    first, last = int(numbers.min()), int(numbers.max())
    if last - first > _LARGEST_CODE or (digits == 0 and first >= 0 and last < _SHORT_STEP):
        return None
    [text] = _encode((numbers - first)[None], None)
    return {"from": first, "text": text} | _told(digits)


def _distances(rows: Floats) -> list[int | None]:
    """The distance of each row; most rows are told by their ends to have none."""
    spans = (rows[:, 1] - rows[:, 0]) * (rows.shape[1] - 1)
    likely = spans == rows[:, -1] - rows[:, 0]
    return [_distance(row) if may else None for row, may in zip(rows, likely, strict=True)]


def _distance(numbers: Floats | Ints) -> int | None:
    """How far numbers are from one to the next, where that is always the same."""
    by = int(numbers[1]) - int(numbers[0])
    if int(numbers[-1]) - int(numbers[0]) != by * (len(numbers) - 1):
        return None
    return by if (numbers[1:] - numbers[:-1] == by).all() else None


def _told(digits: int) -> dict[str, int]:
    return {"digits": digits} if digits else {}


def _encode(codes: Floats | Ints, gaps: Floats | None) -> list[str]:
    """The rows of codes as text."""
    if gaps is not None:
        codes[np.isnan(gaps)] = NAN
        codes[gaps == np.inf] = INFINITY
        codes[gaps == -np.inf] = MINUS_INFINITY
    content = np.empty((*codes.shape, 3), np.uint8)
    whole = codes.astype(np.uint32)
    for place in range(3):
        content[..., place] = whole >> 8 * (2 - place)
    text = b2a_base64(content.tobytes(), newline=False).decode()
    width = _LETTERS * codes.shape[1]
    return [text[start : start + width] for start in range(0, len(text), width)]
