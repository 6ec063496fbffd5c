"""Pictures without what cameras and programs write beside the pixels: authors, places, paths."""

from __future__ import annotations

from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT")
_PNG_MORE: Final = (b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT")
_JPEG: Final = b"\xff\xd8"
_JPEG_KEPT: Final = (0xE0, 0xEE)
"""JFIF's density and Adobe's colours; every other application segment and comment goes."""

_JPEG_DATA: Final = 0xDA


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture that `strip_picture` knows."""
    return head.startswith((_PNG, _JPEG))


def strip_picture(data: bytes) -> bytes | None:
    """A PNG or JPEG with only what its pixels need, or None where it is broken."""
    return _strip_png(data) if data.startswith(_PNG) else _strip_jpeg(data)


def _strip_png(data: bytes) -> bytes | None:
    parts, place = [_PNG], len(_PNG)
    while place + 12 <= len(data):
        size = int.from_bytes(data[place : place + 4])
        kind, end = data[place + 4 : place + 8], place + 12 + size
        if end > len(data):
            return None
        if kind in _PNG_KEPT or kind in _PNG_MORE:
            parts.append(data[place:end])
        if kind == b"IEND":
            return b"".join(parts)
        place = end
    return None


def _strip_jpeg(data: bytes) -> bytes | None:
    parts, place = [_JPEG], len(_JPEG)
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == _JPEG_DATA:
            end = data.rfind(b"\xff\xd9")
            return b"".join([*parts, data[place : end + 2]]) if end > place else None
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _JPEG_KEPT:
            parts.append(data[place:end])
        place = end
    return None
