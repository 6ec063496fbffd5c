"""Sound, film and PDF, told by how a file begins and not by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from runfolio.analysis.numbers import count_noun

_PAGES: Final = re.compile(rb"/Type\s*/Pages\b[^>]{0,400}?/Count\s+(\d{1,6})")
_PAGES_FIRST: Final = re.compile(rb"/Count\s+(\d{1,6})[^>]{0,400}?/Type\s*/Pages\b")
_LINEARIZED: Final = re.compile(rb"/Linearized\b[^>]{0,200}?/N\s+(\d{1,6})")
_VERSION: Final = re.compile(rb"%PDF-(\d\.\d)")


@dataclass(frozen=True, slots=True)
class Medium:
    """What a file is to a player or viewer, and the ending a copy of it may safely keep."""

    kind: Literal["audio", "video", "pdf"]
    media_type: str
    suffix: str


_WAV: Final = Medium("audio", "audio/wav", "wav")
_MP3: Final = Medium("audio", "audio/mpeg", "mp3")
_FLAC: Final = Medium("audio", "audio/flac", "flac")
_AAC: Final = Medium("audio", "audio/aac", "aac")
_OGG: Final = Medium("audio", "audio/ogg", "ogg")
_OGV: Final = Medium("video", "video/ogg", "ogv")
_M4A: Final = Medium("audio", "audio/mp4", "m4a")
_MP4: Final = Medium("video", "video/mp4", "mp4")
_MOV: Final = Medium("video", "video/quicktime", "mov")
_WEBM: Final = Medium("video", "video/webm", "webm")
_PDF: Final = Medium("pdf", "application/pdf", "pdf")


def find_medium(head: bytes, *, suffix: str) -> Medium | None:
    """The medium that `head` begins, or None; only where it doesn't tell does `suffix` help."""
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return _WAV
    if head.startswith(b"fLaC"):
        return _FLAC
    if head.startswith(b"OggS"):
        return _OGV if b"theora" in head[:256] else _OGG
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        sound = brand == b"M4A " or suffix == ".m4a"
        return _M4A if sound else _MOV if brand == b"qt  " else _MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return _WEBM
    if head.startswith(b"%PDF-"):
        return _PDF
    if head.startswith(b"ID3") or (suffix == ".mp3" and _is_frame(head)):
        return _MP3
    return _AAC if suffix == ".aac" and _is_frame(head) else None


def _is_frame(head: bytes) -> bool:
    """Whether an MPEG audio frame begins here: eleven set bits."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0


def describe_pdf(content: bytes) -> str:
    """What a PDF says of itself where it says it plainly: "PDF 1.4, 12 pages"."""
    version = _VERSION.match(content)
    counts = [*_PAGES.findall(content), *_PAGES_FIRST.findall(content)]
    counts += _LINEARIZED.findall(content[:2000])
    pages = max(map(int, counts), default=0)
    facts = [f"PDF {version[1].decode()}" if version else "PDF"]
    facts += [count_noun(pages, "page")] if pages else []
    return ", ".join(facts)
