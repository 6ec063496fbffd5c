"""The records of an event file: each framed by its length and two checksums.

Format: TensorFlow's ``lib/io/record_writer.h``: a length of 8 bytes, its masked CRC32C, the data,
and the masked CRC32C of the data, all little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

import numpy as np

from runfolio.sources.tensorboard.checksums import (
    Bytes,
    Checksums,
    Numbers,
    masked_checksum,
    masked_checksums,
)

BLOCK: Final = 8 << 20
MAX_RECORD: Final = 1 << 30
_HEADER: Final = struct.Struct("<QI")
_FRAME: Final = 16


@dataclass(frozen=True, slots=True)
class Block:
    """Records that lie side by side, whole and checked.

    `position` is where `data` begins in the file; `damage` says why no record follows these.
    """

    data: Bytes
    position: int
    starts: Numbers
    lengths: Numbers
    damage: str | None = None

    def record(self, index: int) -> bytes:
        """The content of one record."""
        start = int(self.starts[index])
        return self.data[start : start + int(self.lengths[index])].tobytes()

    def place(self, index: int) -> int:
        """Where the content of a record begins in the file."""
        return self.position + int(self.starts[index])


def read_blocks(file: BinaryIO, *, size: int = BLOCK) -> Iterator[Block]:
    """The records of a file, about `size` bytes at a time, up to its end or the first damage."""
    rest, position, wanted = b"", 0, 0
    while True:
        fresh = file.read(max(size, wanted))
        data = rest + fresh
        starts, lengths, end = _cut(data)
        rest = data[end:]
        damage, wanted = _examine(rest, position + end, ended=not fresh)
        whole = np.frombuffer(data, np.uint8)
        block = _checked(Block(whole, position, starts, lengths, damage))
        if len(block.starts) or block.damage:
            yield block
        if block.damage or not fresh:
            return
        position += end


def _cut(data: bytes) -> tuple[Numbers, Numbers, int]:
    """Where the whole records' contents start, their lengths, and where the last record ends."""
    starts, lengths, position, end = [], [], 0, len(data)
    read_length = struct.Struct("<Q").unpack_from
    while position + _FRAME <= end:
        (length,) = read_length(data, position)
        after = position + _FRAME + length
        if after > end:
            break
        starts.append(position + _HEADER.size)
        lengths.append(length)
        position = after
    return np.array(starts, np.int64), np.array(lengths, np.int64), position


def _examine(rest: bytes, position: int, *, ended: bool) -> tuple[str | None, int]:
    """What is wrong with a record that isn't whole, and how many bytes of it are missing."""
    missing = 0
    if len(rest) >= _HEADER.size:
        length, checksum = _HEADER.unpack_from(rest)
        if masked_checksum(rest[:8]) != checksum:
            return _wrong(position), 0
        if length > MAX_RECORD:
            return f"the record at byte {position:,} has {length:,} bytes, too many to read", 0
        missing = length + _FRAME - len(rest)
    if rest and ended:
        return f"the last record, at byte {position:,}, is cut short", 0
    return None, missing


def _checked(block: Block) -> Block:
    """The block up to the first record whose checksum is wrong."""
    data, starts, lengths = block.data, block.starts, block.lengths
    sizes, which = np.unique(lengths, return_inverse=True)
    encoded, places = sizes.astype("<u8").view(np.uint8), np.arange(len(sizes)) * 8
    expected = masked_checksums(encoded, places, np.full(len(sizes), 8))[which]
    right = (_stored(data, starts - 4) == expected) & (
        _stored(data, starts + lengths) == masked_checksums(data, starts, lengths)
    )
    if right.all():
        return block
    first = int(np.argmin(right))
    damage = _wrong(block.place(first) - _HEADER.size)
    return replace(block, starts=starts[:first], lengths=lengths[:first], damage=damage)


def _stored(data: Bytes, places: Numbers) -> Checksums:
    if not len(places):
        return np.zeros(0, np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(data, 4)
    return np.ascontiguousarray(windows[places]).view("<u4").ravel()


def _wrong(position: int) -> str:
    return f"the record at byte {position:,} has a wrong checksum; what follows it is left out"
