"""Sound inputs with something wrong: bits flipped, parts cut, doubled, moved, lengths that lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hypothesis import strategies as st

from tests.fuzz.target import Target, seeds_of

_NUMBERS: Final = (
    *(0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000),
    *(0xFFFFFFFF, 1 << 30, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1),
)
"""Lengths and counts at which readers go wrong."""

_TROUBLE: Final = (
    *(b"\0", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\u2028".encode()),
    *(b"\r", b"\n", b"\n\n", b"\t", b'"', b"'", b"`", b"\\", b"/", b"../", b"<", b">", b"&", b"%"),
    *(b"{", b"}", b"[", b"]", b"(", b")", b"[" * 2000, b"{" * 2000, b'{"a":' * 1500, b"-", b"."),
    *(b"NaN", b"Infinity", b"1e999", b"9" * 400, b"9" * 5000, b"-1", b"null", b"true", b"0"),
    *(b"__proto__", b"<script>", b"javascript:", "\u202e".encode(), "İ".encode(), b"\x1b["),
)

Draw = Callable[[st.SearchStrategy[int]], int]


@st.composite
def inputs(draw: Draw, target: Target) -> bytes:
    """A seed of the target after a few changes."""
    seeds = seeds_of(target)
    data = seeds[draw(st.integers(0, len(seeds) - 1))]
    words = (*target.words, *target.words, *_TROUBLE)
    for _ in range(draw(st.integers(0, 5))):
        change = _CHANGES[draw(st.integers(0, len(_CHANGES) - 1))]
        data = change(data, draw, seeds, words)
    return data


def _place(data: bytes, draw: Draw) -> int:
    return draw(st.integers(0, len(data)))


def _part(data: bytes, draw: Draw) -> tuple[int, int]:
    start = _place(data, draw)
    return start, min(len(data), start + draw(st.integers(1, 40)))


def _flip(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    if not data:
        return b"\x80"
    place = draw(st.integers(0, len(data) - 1))
    return data[:place] + bytes([data[place] ^ draw(st.integers(1, 255))]) + data[place + 1 :]


def _cut(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    return data[: _place(data, draw)]


def _remove(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    start, end = _part(data, draw)
    return data[:start] + data[end:]


def _double(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    start, end = _part(data, draw)
    return data[:end] + data[start:end] * draw(st.integers(1, 30)) + data[end:]


def _move(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    start, end = _part(data, draw)
    rest = data[:start] + data[end:]
    place = _place(rest, draw)
    return rest[:place] + data[start:end] + rest[place:]


def _insert(data: bytes, draw: Draw, _seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    place = _place(data, draw)
    return data[:place] + words[draw(st.integers(0, len(words) - 1))] + data[place:]


def _replace(data: bytes, draw: Draw, _seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    start, end = _part(data, draw)
    return data[:start] + words[draw(st.integers(0, len(words) - 1))] + data[end:]


def _splice(data: bytes, draw: Draw, seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    other = seeds[draw(st.integers(0, len(seeds) - 1))]
    return data[: _place(data, draw)] + other[_place(other, draw) :]


def _lie(data: bytes, draw: Draw, _seeds: Sequence[bytes], _words: Sequence[bytes]) -> bytes:
    """A number of 1, 2, 4 or 8 bytes, of either order, in place of what was there."""
    size = 1 << draw(st.integers(0, 3))
    number = _NUMBERS[draw(st.integers(0, len(_NUMBERS) - 1))] & ((1 << 8 * size) - 1)
    encoded = number.to_bytes(size, "big" if draw(st.integers(0, 1)) else "little")
    place = _place(data, draw)
    return data[:place] + encoded + data[place + size :]


_CHANGES: Final = (_flip, _cut, _remove, _double, _move, _insert, _replace, _splice, _lie)
