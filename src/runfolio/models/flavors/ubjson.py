"""Whether a UBJSON file is whole: XGBoost reads past the end of one that is cut, and may crash.

The format is that of https://ubjson.org, as XGBoost writes it.
"""

from __future__ import annotations

from typing import Final

_SIZES: Final = {
    **dict.fromkeys("TFZN", 0),
    **dict.fromkeys("iUC", 1),
    "I": 2,
    **dict.fromkeys("ld", 4),
    **dict.fromkeys("LD", 8),
}
"""Bytes of a value by the letter of its type."""

_DEEPEST: Final = 100
"""Arrays and objects in each other at most; a model of XGBoost's has some ten."""

_LENGTHS: Final = "iUIlL"
"""The types of whole numbers that a length can have."""


def check_ubjson(content: bytes) -> None:
    """Raise `ValueError` where a UBJSON file is cut, goes on after its end, or is none."""
    end = _value(content, 1, _letter(content, 0))
    if end != len(content):
        raise ValueError("it goes on after its end")


def _value(content: bytes, at: int, kind: str, depth: int = 0) -> int:
    """The place behind a value of a type, whose content begins at `at`."""
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if kind in _SIZES:
        return _step(content, at, _SIZES[kind])
    if kind in "SH":
        return _text(content, at)
    if kind in "[{":
        return _container(content, at, depth, is_object=kind == "{")
    raise ValueError(f"it has the unknown type {kind!r} at byte {at - 1}")


def _container(content: bytes, at: int, depth: int, *, is_object: bool) -> int:
    """The place behind an array or object: of one type, of a said length, or with an end."""
    kind, count = None, None
    if _letter(content, at) == "$":
        kind, at = _letter(content, at + 1), at + 2
    if _letter(content, at) == "#":
        count, at = _length(content, at + 1)
    elif kind is not None:
        raise ValueError(f"it has a type without a length at byte {at}")
    if count is not None and kind in _SIZES and not is_object:
        return _step(content, at, count * _SIZES[kind])
    while count != 0:
        if count is None and _letter(content, at) in "]}":
            return at + 1
        if is_object:
            at = _text(content, at)
        inner, at = (kind, at) if kind else (_letter(content, at), at + 1)
        at = _value(content, at, inner, depth + 1)
        count = None if count is None else count - 1
    return at


def _text(content: bytes, at: int) -> int:
    length, at = _length(content, at)
    return _step(content, at, length)


def _length(content: bytes, at: int) -> tuple[int, int]:
    """A length and the place behind it."""
    kind = _letter(content, at)
    if kind not in _LENGTHS:
        raise ValueError(f"it has a length of the type {kind!r} at byte {at}")
    end = _step(content, at + 1, _SIZES[kind])
    length = int.from_bytes(content[at + 1 : end], "big", signed=kind != "U")
    if length < 0:
        raise ValueError(f"it has a negative length at byte {at}")
    return length, end


def _step(content: bytes, at: int, size: int) -> int:
    if at + size > len(content):
        raise ValueError("it is cut")
    return at + size


def _letter(content: bytes, at: int) -> str:
    return chr(content[_step(content, at, 1) - 1])
