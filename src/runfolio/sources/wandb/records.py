"""The records of a ``.wandb`` file: cut into blocks as LevelDB's log is, each part with a checksum.

Format: https://github.com/google/leveldb/blob/main/doc/log_format.md, but after a header of 7
bytes, and with zlib's CRC-32 of type and data as checksum.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

HEADER: Final = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
MAGIC: Final = HEADER[:4]
BLOCK: Final = 32 << 10
MAX_RECORD: Final = 256 << 20
"""Bytes of a record that are read at most."""

FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
_PART: Final = struct.Struct("<IHB")


class RecordReader:
    """Reads the whole records of a file in order; `damage` says afterwards what is missing.

    A damaged part costs the rest of its block: reading goes on at the next one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._parts: list[bytes] | None = None
        self._lost = 0
        self._first_loss = ""
        self._resuming = False
        self._cut: str | None = None

    @property
    def damage(self) -> str | None:
        """What could not be read, in words that end a sentence without its dot."""
        more = f" and {self._lost - 1:,} more" if self._lost > 1 else ""
        reasons = [f"{self._first_loss}{more}; the next block is read again"] if self._lost else []
        return "; ".join(reasons + ([self._cut] if self._cut else [])) or None

    def read(self) -> Iterator[bytes]:
        """The content of each record; raises `ValueError` where the file is of another kind."""
        position = 0
        while block := self._file.read(BLOCK):
            start = 0
            if position == 0:
                start = self._check_header(block)
            yield from self._read_block(block, start, position)
            position += len(block)
        if self._parts is not None and self._cut is None:
            self._cut = f"the last record is cut short at byte {position:,}"

    def _check_header(self, block: bytes) -> int:
        if block[: len(HEADER)] == HEADER[: len(block)]:
            return len(HEADER)
        if block.startswith(MAGIC):
            raise ValueError(f"its version {block[4:7].hex()} is not known")
        raise ValueError("it doesn't begin as a file of W&B")

    def _read_block(self, block: bytes, offset: int, position: int) -> Iterator[bytes]:
        while offset + _PART.size <= len(block):
            checksum, length, kind = _PART.unpack_from(block, offset)
            end = offset + _PART.size + length
            if end > len(block):
                if len(block) < BLOCK and end <= BLOCK:
                    self._cut = f"the last record, at byte {position + offset:,}, is cut short"
                else:
                    self._lose(position + offset, "is longer than its block")
                self._parts = None
                return
            content = block[offset + _PART.size : end]
            if zlib.crc32(content, zlib.crc32(bytes((kind,)))) != checksum:
                self._lose(position + offset, "has a wrong checksum")
                return
            yield from self._join(kind, content, position + offset)
            offset = end
        if len(block) < BLOCK and any(block[offset:]):
            self._cut = f"the last record, at byte {position + offset:,}, is cut short"
            self._parts = None

    def _join(self, kind: int, content: bytes, position: int) -> Iterator[bytes]:
        if kind in (FULL, FIRST):
            if self._parts is not None:
                self._lose(position, "begins before the one before it has ended")
            self._resuming = False
            self._parts = [content] if kind == FIRST else None
            if kind == FULL:
                yield content
        elif kind not in (MIDDLE, LAST):
            self._lose(position, f"is of the unknown kind {kind}")
        elif self._parts is None:
            if not self._resuming:
                self._lose(position, "has no beginning")
        elif len(self._parts) * BLOCK > MAX_RECORD:
            self._lose(position, f"has more than {MAX_RECORD:,} bytes")
        else:
            self._parts.append(content)
            if kind == LAST:
                whole, self._parts = b"".join(self._parts), None
                yield whole

    def _lose(self, position: int, what: str) -> None:
        """Give up what was begun; the rest of a lost record in later blocks is no news."""
        self._lost += 1
        self._first_loss = self._first_loss or f"the record at byte {position:,} {what}"
        self._parts = None
        self._resuming = True
