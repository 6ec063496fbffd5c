"""How much memory a Parquet file takes once it is unpacked, known before it is.

A few hundred bytes may stand for gigabytes: pages are compressed, one long text may be meant by a
million rows, and a run of equal numbers takes no more room than one. So the pages' headers are
asked first, and texts are read as references to their dictionary wherever writing them out could
take too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import StoreDamaged
from runfolio.store.footers import TEXT, UNCOMPRESSED, ColumnChunk, RowGroup
from runfolio.store.page_sizes import PageSize, read_page_sizes

if TYPE_CHECKING:
    import pyarrow as pa

MAX_UNPACKED: Final = 64 << 20
"""Bytes that any Parquet file may take once it is unpacked."""

MAX_SWELLING: Final = 256
"""Bytes for each byte of the file that it may take beyond these."""

MAX_TOGETHER: Final = 1 << 30
"""Bytes that one table of all runs may take, with as many more for each byte of their files."""

MAX_COLUMNS: Final = 20_000
"""Columns of a Parquet file at most, nested ones counted one by one."""

_WIDTH: Final = 8
"""Bytes of a number, or of a reference to a text."""


@dataclass(slots=True)
class Weight:
    """What a part of a file takes: `sure` in any case, `likely` with all texts written out.

    `packed` are the bytes that it has in the file.
    """

    sure: int = 0
    likely: int = 0
    packed: int = 0

    @property
    def limit(self) -> int:
        """How much is let through."""
        return MAX_UNPACKED + MAX_SWELLING * self.packed

    @property
    def may_swell(self) -> bool:
        """Whether texts have to be read as references first."""
        return self.likely > self.limit


def check_size(path: Path, size: int, limit: int) -> None:
    """Raise `StoreDamaged` for what takes more than it may."""
    if size > limit:
        raise StoreDamaged(
            f"{str(path)!r} unpacks to {size:,} bytes or more, of which {limit:,} are read at "
            "most. Look at it with other tools if you trust it.",
            str(path),
        )


def check_columns(path: Path, count: int) -> None:
    """Raise `StoreDamaged` for a file of more columns than can be read in good time."""
    if count > MAX_COLUMNS:
        raise StoreDamaged(
            f"{str(path)!r} has {count:,} columns, of which {MAX_COLUMNS:,} are read at most. "
            "Write it with fewer, such as one of lists.",
            str(path),
        )


def weigh(
    groups: Iterable[RowGroup],
    schema: Any,
    read: Callable[[int, int], bytes],
    *,
    size: int,
    places: Sequence[int],
    rows: int | None = None,
    flat: bool = False,
) -> Weight:
    """What the columns at some places take in row groups, or in no more than their first rows.

    `read` gives the bytes of the file from a place on, as many as are asked for; it has `size`.
    `flat` says that no column holds lists. Raises `ValueError` where the file is damaged.
    """
    weight = Weight()
    nested = [not flat and schema.column(one).max_repetition_level > 0 for one in places]
    for group in groups:
        if len(group.columns) != len(schema):
            raise ValueError("a row group lacks columns")
        for place, one in zip(places, nested, strict=True):
            _add(weight, group.columns[place], read, rows=rows, nested=one)
        if rows is not None and (rows := rows - group.rows) <= 0:
            break
    weight.packed = min(weight.packed, size)  # columns may claim the same bytes again and again
    return weight


def _add(
    weight: Weight,
    chunk: ColumnChunk,
    read: Callable[[int, int], bytes],
    *,
    rows: int | None,
    nested: bool,
) -> None:
    values = chunk.values
    if not values:  # then no page is read, whatever there is
        return
    if chunk.codec == UNCOMPRESSED and not nested:
        pages = longest = chunk.size
    else:
        found = read_page_sizes(read, chunk.start, chunk.size)
        pages, longest, held = _sum(found if nested or rows is None else _first(found, rows))
        values = held if nested else values
    if rows is not None and not nested:
        values = min(rows, values)
    weight.packed += chunk.size
    weight.sure += pages + values * _WIDTH
    weight.likely += pages + values * _WIDTH
    if chunk.physical_type == TEXT:
        weight.likely += values * longest


def find_places(metadata: Any, names: Sequence[str], wanted: Sequence[str] | None) -> Sequence[int]:
    """Where the wanted ones of a file's columns `names` are; a nested one has several places."""
    if wanted is None:
        return range(metadata.num_columns)
    if metadata.num_columns == len(names):  # none is nested
        chosen = frozenset(wanted)
        return [place for place, name in enumerate(names) if name in chosen]
    paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    return [
        place
        for place, path in enumerate(paths)
        if any(path == name or path.startswith(f"{name}.") for name in wanted)
    ]


def text_columns(metadata: Any, places: Iterable[int]) -> list[str]:
    """The paths of those columns that hold texts or bytes."""
    columns = map(metadata.schema.column, places)
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def _first(pages: Iterable[PageSize], rows: int) -> Iterator[PageSize]:
    """The pages that hold the first rows of a column with one value a row."""
    for page in pages:
        yield page
        rows -= page.values
        if rows <= 0:
            return


def _sum(pages: Iterable[PageSize]) -> tuple[int, int, int]:
    """The bytes of all pages, those of the largest dictionary, and the values."""
    total = longest = values = 0
    for page in pages:
        total += page.unpacked
        values += page.values
        if page.dictionary:
            longest = max(longest, page.unpacked)
    return total, longest, values


def decode(table: pa.Table) -> pa.Table:
    """The table with every reference to a dictionary replaced by what it means."""
    import pyarrow as pa

    return table.cast(pa.schema([field.with_type(_plain(field.type)) for field in table.schema]))


def decoded_size(table: pa.Table) -> int:
    """The bytes that `decode` gives, or a little more."""
    chunks = chain.from_iterable(column.chunks for column in table.columns)
    return sum(map(_decoded, chunks))


def _decoded(array: pa.Array) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        if not _is_text(kind.value_type):
            return len(array) * _WIDTH
        lengths = pc.binary_length(array.dictionary).take(array.indices)
        return len(array) * _WIDTH + (pc.sum(lengths).as_py() or 0)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        inner = [array.keys, array.items] if pa.types.is_map(kind) else [array.flatten()]
        return len(array) * _WIDTH + sum(map(_decoded, inner))
    if pa.types.is_struct(kind):
        return sum(map(_decoded, array.flatten()))
    return int(array.nbytes)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow.types as kinds

    return any(
        fits(kind)
        for fits in (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary)
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_plain(kind.value_type)))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_plain(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return kind
