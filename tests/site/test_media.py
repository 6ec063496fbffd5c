"""Sound, film and PDF are told by their content."""

from __future__ import annotations

import pytest

from runfolio.site.media import describe_pdf, find_medium


@pytest.mark.parametrize(
    ("head", "suffix", "found"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "", "audio/wav"),
        (b"fLaC\0\0\0", ".bin", "audio/flac"),
        (b"OggS" + b"\0" * 24 + b"\1vorbis", ".ogg", "audio/ogg"),
        (b"OggS" + b"\0" * 24 + b"\x80theora", ".ogg", "video/ogg"),
        (b"\0\0\0\x20ftypisom", ".mp4", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "", "audio/mp4"),
        (b"\0\0\0\x14ftypqt  ", ".mov", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\1\0\0\0\x42\x82\x84webm", "", "video/webm"),
        (b"ID3\4\0", "", "audio/mpeg"),
        (b"\xff\xfb\x90", ".mp3", "audio/mpeg"),
        (b"\xff\xf1\x50", ".aac", "audio/aac"),
        (b"%PDF-1.7\n", "", "application/pdf"),
    ],
)
def test_a_medium_is_known_by_how_it_begins(head: bytes, suffix: str, found: str) -> None:
    medium = find_medium(head, suffix=suffix)
    assert medium is not None
    assert medium.media_type == found
    assert medium.kind == found.partition("/")[0] or medium.kind == "pdf"


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"<html><script>", ".mp4"),
        (b"\xff\xfb\x90", ".bin"),
        (b"RIFF\0\0\0\0AVI ", ".avi"),
        (b"\x1a\x45\xdf\xa3matroska", ".mkv"),
        (b"", ".mp3"),
    ],
)
def test_a_name_alone_makes_no_medium(head: bytes, suffix: str) -> None:
    assert find_medium(head, suffix=suffix) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4 <</Type /Pages /Kids [1 0 R] /Count 12>>", "PDF 1.4, 12 pages"),
        (b"%PDF-1.5 <</Count 1 /Type/Pages>>", "PDF 1.5, 1 page"),
        (b"%PDF-1.6 <</Linearized 1 /L 9 /N 1234 >>", "PDF 1.6, 1,234 pages"),
        (b"%PDF-1.7 packed", "PDF 1.7"),
        (b"%PDF-x", "PDF"),
    ],
)
def test_what_a_pdf_says_of_itself(content: bytes, said: str) -> None:
    assert describe_pdf(content) == said
