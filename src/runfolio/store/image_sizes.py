"""What kind of picture a file holds and its size in pixels, from its first bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_JPEG_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class ImageHead:
    """A picture's media type, and its width and height when the first bytes tell."""

    media_type: str
    size: tuple[int, int] | None


def read_image_head(head: bytes) -> ImageHead | None:
    """Recognise a PNG, JPEG, GIF or WebP picture by its first bytes; None for anything else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageHead("image/png", _png_size(head))
    if head.startswith(b"\xff\xd8\xff"):
        return ImageHead("image/jpeg", _jpeg_size(head))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return ImageHead("image/gif", _unpack("<HH", head, 6))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageHead("image/webp", _webp_size(head))
    return None


def _unpack(form: str, head: bytes, offset: int) -> tuple[int, int] | None:
    if len(head) < offset + struct.calcsize(form):
        return None
    first, second = struct.unpack_from(form, head, offset)
    return first, second


def _png_size(head: bytes) -> tuple[int, int] | None:
    return _unpack(">II", head, 16) if head[12:16] == b"IHDR" else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame header, ISO/IEC 10918-1 annex B."""
    place = 2
    while place + 4 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _JPEG_BARE:
            place += 2
        elif marker in _JPEG_SIZES:
            size = _unpack(">HH", head, place + 5)
            return size and (size[1], size[0])
        else:
            length = int.from_bytes(head[place + 2 : place + 4], "big")
            place += 2 + max(length, 2)
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    """The three forms of RFC 9649: lossy, lossless and extended."""
    form = head[12:16]
    if form == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        size = _unpack("<HH", head, 26)
        return size and (size[0] & 0x3FFF, size[1] & 0x3FFF)
    if form == b"VP8L" and head[20:21] == b"\x2f" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8X" and len(head) >= 30:
        width, height = (int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    return None
