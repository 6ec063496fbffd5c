"""CRC32C of many records at once, as TensorBoard's event files carry it, with NumPy.

Without its first and last inversion a CRC is linear: that of a record is the XOR of what each of
its bytes adds by its distance from the end, and zeros in front add nothing. So records of about
one size are laid side by side, aligned at their ends, and read column by column.

Sources: RFC 3720, appendix B.4, for the polynomial; TensorFlow's ``lib/hash/crc32c.h`` for the
masking.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Checksums = NDArray[np.uint32]

WIDTH: Final = 64
_POLYNOMIAL: Final = 0x82F63B78
_INVERTED: Final = 0xFFFF_FFFF
_BATCH: Final = 1 << 18
_PIECES: Final = _BATCH // WIDTH


def masked_checksum(data: bytes) -> int:
    """The masked CRC32C of one piece of data."""
    whole = np.frombuffer(data, np.uint8)
    return int(masked_checksums(whole, np.array([0]), np.array([len(data)]))[0])


def masked_checksums(data: Bytes, starts: Numbers, lengths: Numbers) -> Checksums:
    """The masked CRC32C of each part of `data`, given where the parts start and their lengths."""
    found = np.zeros(len(starts), np.uint32)
    if not len(starts):
        return found
    sizes, which = np.unique(lengths, return_inverse=True)
    widths = np.array([_padded(int(size)) for size in sizes])[which]
    before = np.concatenate([np.zeros(int(widths.max()), np.uint8), data])
    ends = starts + lengths + int(widths.max())
    for width in np.unique(widths).tolist():
        for rows in _batches(np.flatnonzero(widths == width), width):
            found[rows] = _linear(_aligned(before, ends[rows], lengths[rows], width))
    found ^= np.array([_of_zeros(int(size)) for size in sizes], np.uint32)[which]
    masked = ((found >> 15) | (found << 17)) + np.uint32(0xA282EAD8)
    return masked.astype(np.uint32)


def _padded(size: int) -> int:
    """The next of 64, 128, 256 … bytes, so that a few groups hold records of any length."""
    return WIDTH << max(0, (max(size, 1) - 1) // WIDTH).bit_length()


def _batches(rows: Numbers, width: int) -> Iterator[Numbers]:
    """Rows in parts that stay in a processor's cache."""
    count = max(1, _BATCH // width)
    for start in range(0, len(rows), count):
        yield rows[start : start + count]


def _aligned(data: Bytes, ends: Numbers, lengths: Numbers, width: int) -> Bytes:
    """The records as rows that end together, with zeros in front of the shorter ones."""
    rows: Bytes = np.lib.stride_tricks.sliding_window_view(data, width)[ends - width]
    fronts = width - lengths
    if len(rows) < width:
        for row, front in zip(rows, fronts.tolist(), strict=True):
            row[:front] = 0
    else:
        rows[np.arange(width) < fronts[:, None]] = 0
    return rows


def _linear(rows: Bytes) -> Checksums:
    """The checksum of each row without the inversions."""
    pieces = rows.reshape(-1, WIDTH)
    parts = (pieces[start : start + _PIECES] for start in range(0, len(pieces), _PIECES))
    found = np.concatenate([_of_pieces(part) for part in parts]).reshape(len(rows), -1)
    power = WIDTH.bit_length() - 1
    while found.shape[1] > 1:
        found = _moved(found[:, 0::2], power) ^ found[:, 1::2]
        power += 1
    return found[:, 0]


def _of_pieces(pieces: Bytes) -> Checksums:
    """The linear checksums of pieces of `WIDTH` bytes."""
    columns = np.ascontiguousarray(pieces.T)
    found = np.zeros(len(pieces), np.uint32)
    for table, column in zip(_tables(), columns, strict=True):
        found ^= table.take(column)
    return found


@cache
def _tables() -> list[Checksums]:
    """What a byte adds in each column of `WIDTH`, the first column first."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = ((table >> 1) ^ (_POLYNOMIAL * (table & 1))).astype(np.uint32)
    tables = [table]
    while len(tables) < WIDTH:
        last = tables[-1]
        tables.append(table[last & 0xFF] ^ (last >> 8))
    return tables[::-1]


@cache
def _movers(power: int) -> Checksums:
    """Four tables, one for each byte of a checksum, that move it 2**`power` bytes forward."""
    if power == 0:
        places = np.arange(256, dtype=np.uint32)
        return np.stack([_tables()[-1], places, places << 8, places << 16])
    return _moved(_movers(power - 1), power - 1)


def _moved(checksums: Checksums, power: int) -> Checksums:
    """The linear checksums once 2**`power` zeros follow."""
    first, second, third, fourth = _movers(power)
    low = first[checksums & 0xFF] ^ second[(checksums >> 8) & 0xFF]
    found: Checksums = low ^ third[(checksums >> 16) & 0xFF] ^ fourth[checksums >> 24]
    return found


@lru_cache(maxsize=1 << 16)
def _of_zeros(length: int) -> int:
    """The checksum of `length` zeros, which is what the inversions add to any record."""
    state = np.array([_INVERTED], np.uint32)
    for power in range(length.bit_length()):
        if length >> power & 1:
            state = _moved(state, power)
    return int(state[0]) ^ _INVERTED
