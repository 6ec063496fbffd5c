"""How large the pages of a Parquet file become, told by the headers that stand before them.

A file's footer says it too, but a hostile one says it wrongly. The headers are what the reader
goes by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runfolio.store.thrift import Wanted, read_struct, whole_number

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


def read_page_sizes(chunk: bytes) -> Iterator[PageSize]:
    """The pages of one column chunk; raises `ValueError` where that is none."""
    place = 0
    while place < len(chunk):
        fields, place = read_struct(chunk, place, _WANTED)
        kind, unpacked, packed = (whole_number(fields, one) for one in (_TYPE, _UNPACKED, _PACKED))
        described = next((fields[one] for one in _DATA_HEADERS if one in fields), None)
        values = whole_number(described, _VALUES) if isinstance(described, dict) else 0
        if min(unpacked, packed, values) < 0:
            raise ValueError("a page has a negative size")
        yield PageSize(unpacked, values, kind == _DICTIONARY)
        place += packed
