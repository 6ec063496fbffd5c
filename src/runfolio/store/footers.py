"""What the footer of a Parquet file says of its row groups and columns.

Arrow tells it as well, but ends the whole process where a footer contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from runfolio.store.thrift import Struct, Wanted, read_struct, structure, structures, whole_number

TEXT: Final = 6
"""The physical type of texts and bytes."""

UNCOMPRESSED: Final = 0
_END: Final = 8
"""Bytes behind the footer: its length, and what marks the file as Parquet."""


_NONE: Final[Wanted] = {}
_COLUMN: Final[Wanted] = {
    **dict.fromkeys((1, 3, 4, 5, 7, 9, 11), _NONE),
    12: {5: _NONE, 6: _NONE},
}
_WANTED: Final[Wanted] = {4: {1: {3: _COLUMN}, 3: _NONE}}


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """A column of one row group: `size` bytes of the file from `start` on.

    `least` and `most` are the ends of its values as it stores them, where it tells them.
    """

    physical_type: int
    codec: int
    path: bytes
    values: int
    size: int
    start: int
    least: bytes | None
    most: bytes | None


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Some rows, column by column."""

    rows: int
    columns: tuple[ColumnChunk, ...]


def read_row_groups(
    read: Callable[[int, int], bytes], size: int, length: int
) -> tuple[RowGroup, ...]:
    """The row groups of a file of `size` bytes whose footer has `length`.

    `read` gives the bytes of the file from a place on, as many as are asked for. Raises
    `ValueError` where the footer is damaged.
    """
    footer, _ = read_struct(read(size - _END - length, length), 0, _WANTED)
    return tuple(_read_group(one) for one in structures(footer, 4))


def _read_group(said: Struct) -> RowGroup:
    columns = tuple(_read_chunk(structure(one, 3)) for one in structures(said, 1))
    return RowGroup(whole_number(said, 3), columns)


def _read_chunk(said: Struct) -> ColumnChunk:
    data, dictionary = whole_number(said, 9), whole_number(said, 11, 0)
    ends = said.get(12)
    least, most = (ends.get(6), ends.get(5)) if isinstance(ends, dict) else (None, None)
    path = said.get(3)
    chunk = ColumnChunk(
        physical_type=whole_number(said, 1),
        codec=whole_number(said, 4),
        path=b".".join(map(_as_bytes, path)) if isinstance(path, list) else b"",
        values=whole_number(said, 5),
        size=whole_number(said, 7),
        start=min(data, dictionary) if dictionary > 0 else data,
        least=least if isinstance(least, bytes) else None,
        most=most if isinstance(most, bytes) else None,
    )
    if min(chunk.values, chunk.size, chunk.start) < 0:
        raise ValueError("a column has a negative size")
    return chunk


def _as_bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("the name of a column is none")
    return value
