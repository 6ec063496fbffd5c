"""How large the pages of a Parquet file become, told by the headers that stand before them.

A file's footer says it too, but a hostile one says it wrongly. The headers are what the reader
goes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from runfolio.store.thrift import Struct, Wanted, read_struct, whole_number

NEAR: Final = 1024
"""So many bytes are read at a header, and where it is longer so many times more:"""

_FURTHER: Final = 16

_DICTIONARY: Final = 2
_TYPE: Final = 1
_UNPACKED: Final = 2
_PACKED: Final = 3
_DATA_HEADERS: Final = (5, 8)  # of version 1 and 2, whose first field counts the values
_VALUES: Final = 1
_NONE: Final[Wanted] = {}
_WANTED: Final[Wanted] = {
    **dict.fromkeys((_TYPE, _UNPACKED, _PACKED), _NONE),
    **{one: {_VALUES: _NONE} for one in _DATA_HEADERS},
}


@dataclass(frozen=True, slots=True)
class PageSize:
    """One page: its bytes in memory, its values, and whether others refer to these."""

    unpacked: int
    values: int
    dictionary: bool


def read_page_sizes(read: Callable[[int, int], bytes], start: int, size: int) -> Iterator[PageSize]:
    """The pages of the column chunk that begins at `start`; `ValueError` where that is none.

    `read` gives the bytes of the file from a place on, as many as are asked for or there are. What
    the pages hold isn't read, but for what lies near a header.
    """
    place, end = start, start + size
    first, near = start, b""
    while place < end:
        first, near, fields, behind = _read_header(read, place, end, first, near)
        kind, unpacked, packed = (whole_number(fields, one) for one in (_TYPE, _UNPACKED, _PACKED))
        described = next((fields[one] for one in _DATA_HEADERS if one in fields), None)
        values = whole_number(described, _VALUES) if isinstance(described, dict) else 0
        if min(unpacked, packed, values) < 0:
            raise ValueError("a page has a negative size")
        yield PageSize(unpacked, values, kind == _DICTIONARY)
        place = first + behind + packed


def _read_header(
    read: Callable[[int, int], bytes], place: int, end: int, first: int, near: bytes
) -> tuple[int, bytes, Struct, int]:
    """The header at a place, from the bytes `near` it that begin at `first`, or more of them.

    Returns what was near it, the header, and where in the former it ends.
    """
    length = NEAR
    while True:
        try:
            return first, near, *read_struct(near, place - first, _WANTED)
        except ValueError:  # maybe as what was read ends there
            more = read(place, min(length, end - place))
            if len(more) <= max(first + len(near) - place, 0):
                raise
            first, near, length = place, more, length * _FURTHER
