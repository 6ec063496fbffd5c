"""A small reader of protocol buffers' wire format: fields by number, values as they are written.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Value = int | bytes

_SIXTY_FOUR, _LENGTH, _THIRTY_TWO = 1, 2, 5


def read_fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message as (number, value), in the order they are written.

    A varint is an int of 64 bits without sign, fixed ones and length-delimited ones are bytes.
    Raises `ValueError` where `data` is no message.
    """
    offset, end = 0, len(data)
    while offset < end:
        tag, offset = read_varint(data, offset)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("a field has the number 0")
        if kind == 0:
            value, offset = read_varint(data, offset)
            yield number, value
            continue
        if kind == _LENGTH:
            size, offset = read_varint(data, offset)
        elif kind == _SIXTY_FOUR:
            size = 8
        elif kind == _THIRTY_TWO:
            size = 4
        else:
            raise ValueError(f"a field has the unknown wire type {kind}")
        if offset + size > end:
            raise ValueError("a field is longer than its message")
        yield number, data[offset : offset + size]
        offset += size


def read_varint(data: bytes, offset: int) -> tuple[int, int]:
    """The varint at `offset` and where it ends; raises `ValueError` for one that has no end."""
    value = shift = 0
    for place in range(offset, min(offset + 10, len(data))):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place + 1
        shift += 7
    raise ValueError("a number has no end")


class Message:
    """The fields of one message by number; the last one counts where a field is not repeated."""

    __slots__ = ("_fields",)

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[Value]] = {}
        for number, value in read_fields(data):
            self._fields.setdefault(number, []).append(value)

    def __contains__(self, number: int) -> bool:
        return number in self._fields

    def all(self, number: int) -> list[bytes]:
        """All values of a repeated field of messages, bytes or texts."""
        return [value for value in self._fields.get(number, []) if isinstance(value, bytes)]

    def messages(self, number: int) -> list[Message]:
        """All values of a repeated field of messages."""
        return [Message(value) for value in self.all(number)]

    def content(self, number: int) -> bytes:
        """The bytes of a field, empty where it is not there."""
        found = self.all(number)
        return found[-1] if found else b""

    def text(self, number: int) -> str:
        """The text of a field, with marks for what is no UTF-8."""
        return self.content(number).decode(errors="replace")

    def message(self, number: int) -> Message:
        """The message in a field, an empty one where it is not there."""
        return Message(self.content(number))

    def whole(self, number: int) -> int:
        """The signed 64-bit integer of a varint field, 0 where it is not there."""
        found = [value for value in self._fields.get(number, []) if isinstance(value, int)]
        value = found[-1] if found else 0
        return value - (1 << 64) if value >> 63 else value

    def double(self, number: int) -> float:
        """The number of a field of 8 bytes (double) or 4 bytes (float), 0 where it is not there."""
        found = self.content(number)
        if len(found) not in (0, 4, 8):
            raise ValueError("a number has the wrong length")
        return float(struct.unpack({4: "<f", 8: "<d"}[len(found)], found)[0]) if found else 0.0
