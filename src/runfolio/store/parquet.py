"""Parquet files of the store, how they are written and read: the owner of `pyarrow.parquet`."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from runfolio.errors import StoreDamaged
from runfolio.schema import FILLED, arrow_schema
from runfolio.store.files import Stamp, open_plain, stamp_of
from runfolio.store.footers import RowGroup, read_row_groups
from runfolio.store.held import release_pages
from runfolio.store.unpacking import (
    MAX_SWELLING,
    MAX_TOGETHER,
    MAX_UNPACKED,
    check_columns,
    check_size,
    decode,
    decoded_size,
    find_places,
    text_columns,
    weigh,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ENCODINGS = {
    "metrics": {
        "step": "DELTA_BINARY_PACKED",
        "time": "DELTA_BINARY_PACKED",
        "value": "BYTE_STREAM_SPLIT",
    }
}

_FEW_ROWS = 16
"""Below this many rows plain pages are both smaller and twice as fast to read."""

_BUFFERED_ROWS = 1 << 18
"""Rows that are gathered for a row group of a pack."""

_MANY_PARTS = 256
"""Parts of a pack that are copied into one: each by itself takes a kilobyte a column."""

_ROWS_TOGETHER = 1 << 17
"""Rows of a row group, which bounds the memory that writing takes."""


def encode_table(table: pa.Table, name: str | None = None) -> bytes:
    """The bytes of a Parquet file with page checksums; `name` is a store table or None."""
    buffer = io.BytesIO()
    with TableWriter(buffer, table.schema, name, few=table.num_rows < _FEW_ROWS) as writer:
        writer.write(table)
    return buffer.getvalue()


class TableWriter:
    """Writes one Parquet file with page checksums, in as many parts as the caller likes."""

    def __init__(
        self, target: io.BytesIO | Path, schema: pa.Schema, name: str | None, *, few: bool = False
    ) -> None:
        import pyarrow.parquet as pq

        options: dict[str, Any] = {"compression": "zstd"}
        encodings = _ENCODINGS.get(name or "")
        if few:
            options = {"compression": "none", "use_dictionary": False, "write_statistics": False}
        elif encodings:
            options["column_encoding"] = encodings
            options["use_dictionary"] = [c for c in schema.names if c not in encodings]
        options |= {"write_page_checksum": True, "store_schema": name is None}
        self._name = name
        # Arrow itself opens no path that isn't UTF-8.
        self._file = target.open("wb") if isinstance(target, Path) else None
        self._writer = pq.ParquetWriter(self._file or target, schema, **options)

    def write(self, table: pa.Table, *, rows_together: int = _ROWS_TOGETHER) -> None:
        """Add rows, in row groups of at most `rows_together`."""
        self._writer.write_table(table, row_group_size=rows_together)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        if self._name is not None:
            self._writer.add_key_value_metadata(arrow_schema(self._name).metadata)
        self._writer.close()
        if self._file is not None:
            self._file.close()


class PartsWriter:
    """Writes a large Parquet file from many small parts, a row group of whole parts at a time.

    `bounds` are the first and last run id of each row group.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._writer = TableWriter(path, arrow_schema(name), name)
        self._parts: list[pa.Table] = []
        self._copied: list[pa.Table] = []
        self._rows = 0
        self.bounds: list[list[str]] = []

    def add(self, part: pa.Table) -> None:
        """Take the rows of the next run."""
        if part.num_rows == 0:
            return
        self._parts.append(part)
        self._rows += part.num_rows
        if self._rows >= _BUFFERED_ROWS:
            self._flush()
        elif len(self._parts) >= _MANY_PARTS:
            self._copied.append(_as_one(self._parts))
            self._parts = []

    def _flush(self) -> None:
        table = _as_one([*self._copied, *self._parts])
        self._copied, self._parts, self._rows = [], [], 0
        for start in range(0, table.num_rows, _BUFFERED_ROWS):
            group = table.slice(start, _BUFFERED_ROWS)
            self._writer.write(group, rows_together=_BUFFERED_ROWS)
            self.bounds.append([group["run_id"][0].as_py(), group["run_id"][-1].as_py()])

    def close(self) -> None:
        """Write what is left and end the file."""
        try:
            if self._rows:
                self._flush()
        finally:
            self._writer.__exit__()


def _as_one(parts: Sequence[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(parts).combine_chunks()


def read_parquet(path: Path) -> pa.Table:
    """Read any Parquet file, checking its page checksums; raise `StoreDamaged` if it is none."""
    return _parse(path, path)[0]


def read_parquet_head(
    path: Path, rows: int, *, columns: int | None = None
) -> tuple[pa.Table, int, int]:
    """The first rows and columns of any Parquet file, and how many of each it has.

    No more of it is unpacked. Raises `StoreDamaged` if it is none, or if that takes too much.
    """
    import pyarrow as pa

    with _opened(path, path) as file:
        check_columns(path, file.metadata.num_columns)
        schema = file.schema_arrow
        few = columns is None or len(schema) <= columns
        names = None if few else list(dict.fromkeys(schema.names[:columns]))
        read, size, groups = _look_into(file, path)
        places = find_places(file.metadata, schema.names, names)
        weight = weigh(groups, file.schema, read, size=size, places=places, rows=rows)
        check_size(path, weight.sure, MAX_UNPACKED)
        texts = text_columns(file.metadata, places)
    with _opened(path, path, read_dictionary=texts) as file:
        batches: list[pa.RecordBatch] = []
        for batch in file.iter_batches(batch_size=rows, columns=names, use_threads=False):
            batches.append(batch)
            if sum(one.num_rows for one in batches) >= rows:
                break
        head = pa.Table.from_batches(batches, None if batches else schema).slice(0, rows)
        check_size(path, decoded_size(head), MAX_UNPACKED)
        return decode(head), file.metadata.num_rows, len(schema)


def _parse(
    path: Path,
    content: Path | bytes,
    name: str | None = None,
    columns: Sequence[str] | None = None,
) -> tuple[pa.Table, int]:
    """The table, and how many bytes it takes at most."""
    with _opened(path, content) as file:
        if name is not None:
            _check_columns(path, file.schema_arrow, name)
        check_columns(path, file.metadata.num_columns)
        read, size, groups = _look_into(file, content)
        places = find_places(file.metadata, file.schema_arrow.names, columns)
        weight = weigh(groups, file.schema, read, size=size, places=places, flat=name is not None)
        check_size(path, weight.sure, weight.limit)
        if not weight.may_swell:
            table = file.read(columns, use_threads=False)
            return _filled(path, table, name), weight.likely
        texts = text_columns(file.metadata, places)
    with _opened(path, content, read_dictionary=texts) as file:
        table = file.read(columns, use_threads=False)
        size = decoded_size(table)
        check_size(path, size, weight.limit)
        return _filled(path, decode(table), name), size


@contextmanager
def _opened(
    path: Path, content: Path | bytes, *, read_dictionary: Sequence[str] = ()
) -> Iterator[pq.ParquetFile]:
    """A Parquet file whose pages are checked; `StoreDamaged` for whatever is wrong with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    options: dict[str, Any] = {"read_dictionary": [*read_dictionary]} if read_dictionary else {}
    source: Any = pa.BufferReader(content) if isinstance(content, bytes) else content
    try:
        with ExitStack() as stack:
            if isinstance(content, Path) and not _is_utf8(content):
                source = stack.enter_context(content.open("rb"))
            yield stack.enter_context(
                pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=False, **options)
            )
    except (OSError, ValueError, MemoryError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _is_utf8(path: Path) -> bool:
    """Whether Arrow itself can open a path."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _look_into(
    file: pq.ParquetFile, content: Path | bytes
) -> tuple[Callable[[int, int], bytes], int, tuple[RowGroup, ...]]:
    """What reads a file, its size and its row groups; raises `ValueError` for a damaged one."""
    read, footer = _reading(content), file.metadata.serialized_size
    if isinstance(content, bytes):
        size = len(content)
        groups = read_row_groups(read, size, footer)
    else:
        found = content.stat()
        size = found.st_size
        groups = _read_known_groups(content, stamp_of(found), footer)
    if sum(chunk.size for group in groups for chunk in group.columns) > size:
        raise ValueError("its columns claim more bytes than it has")  # of which some many times
    if len(groups) != file.num_row_groups:
        raise ValueError("it tells two numbers of row groups")
    return read, size, groups


@lru_cache(maxsize=16)
def _read_known_groups(path: Path, stamp: Stamp, footer: int) -> tuple[RowGroup, ...]:
    """The row groups of a file, which is read from many times while its `stamp` is the same."""
    return read_row_groups(_reading(path), stamp[0], footer)


def _reading(content: Path | bytes) -> Callable[[int, int], bytes]:
    """A function that gives the bytes of a file from a place on."""
    if isinstance(content, bytes):
        return lambda start, size: content[start : start + max(size, 0)]

    def read(start: int, size: int) -> bytes:
        with content.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(start)
            return file.read(max(0, min(size, end - start)))

    return read


class TableReader:
    """Gathers the rows of one store table from many small files, in the order they are given."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._plain = _plain_schema(name)
        self._parts: list[pa.Table] = []
        self._empty: set[bytes] = set()
        self._unpacked, self._limit = 0, MAX_TOGETHER

    def add(self, path: Path, content: bytes) -> None:
        """Take the rows of one file; raise `StoreDamaged` when it can't be read as this table."""
        # One at a time: for small files, Arrow's data sets and threads cost more than they save.
        if content in self._empty:
            return
        part, most = _parse(path, content, self._name)
        grant = MAX_SWELLING * len(content)
        size = most if most <= grant else part.nbytes
        check_size(path, self._unpacked + size, self._limit + grant)
        self._limit += grant
        self._unpacked += size
        if part.num_rows:
            self._parts.append(part)
        else:
            self._empty.add(content)

    def read(self) -> pa.Table:
        """All rows so far."""
        import pyarrow as pa

        parts = [pa.Table.from_batches([], self._plain), *self._parts]
        return pa.concat_tables(parts).cast(arrow_schema(self._name))


def read_table(
    path: Path, content: bytes, name: str, *, columns: Sequence[str] | None = None
) -> pa.Table:
    """One file of a store table, or some of its columns.

    Raises `StoreDamaged` when it can't be read or is another table's.
    """
    return _parse(path, content, name, columns)[0]


@cache
def _plain_schema(name: str) -> pa.Schema:
    return arrow_schema(name).remove_metadata()


def _check_columns(path: Path, schema: pa.Schema, name: str) -> None:
    """Raise `StoreDamaged` unless `schema` is that of the store table `name`."""
    if not schema.equals(_plain_schema(name)):
        raise StoreDamaged(f"{str(path)!r} hasn't the columns of a {name} table.", str(path))


def _filled(path: Path, table: pa.Table, name: str | None) -> pa.Table:
    """The table; raises `StoreDamaged` where a row lacks what every row of a store table has."""
    wanted = () if name is None else FILLED[name]
    for one, column in zip(table.schema.names, table.columns, strict=True):
        if one in wanted and column.null_count:
            raise StoreDamaged(f"{str(path)!r} has rows without {one!r}.", str(path))
    return table


def read_groups(
    path: Path,
    name: str,
    *,
    columns: Sequence[str] | None = None,
    rows: tuple[str, str] | None = None,
    numbers: Collection[int] | None = None,
) -> Iterator[tuple[int, pa.Table | None]]:
    """The row groups of a large file of a store table, by number; None for a damaged one.

    `rows` = (column, text) leaves out groups whose statistics say that the text is not in them,
    `numbers` those that are not among them.
    Raises `StoreDamaged` when the file as a whole can't be read.
    """
    import pyarrow as pa

    try:
        open_plain(path, within=path.parents[1]).close()
    except OSError as error:
        raise StoreDamaged(f"{str(path)!r} can't be read: {error.strerror}.", str(path)) from error
    with _opened(path, path) as file:
        _check_columns(path, file.schema_arrow, name)
        read, size, groups = _look_into(file, path)
        places = find_places(file.metadata, file.schema_arrow.names, columns)
        for number, group in enumerate(groups):
            if rows is not None and not _may_hold(group, *rows):
                continue
            if numbers is not None and number not in numbers:
                continue
            try:
                weight = weigh([group], file.schema, read, size=size, places=places, flat=True)
                check_size(path, weight.sure, weight.limit)
                if weight.may_swell:
                    texts = text_columns(file.metadata, places)
                    table = _read_swelling(path, number, columns, texts, weight.limit)
                else:
                    table = file.read_row_group(number, columns, use_threads=False)
                yield number, _filled(path, table, name)
            except (OSError, ValueError, MemoryError, StoreDamaged, pa.ArrowException):
                yield number, None


def _read_swelling(
    path: Path, number: int, columns: Sequence[str] | None, texts: Sequence[str], limit: int
) -> pa.Table:
    """A row group whose `texts` stay references until it is known how much they take."""
    with _opened(path, path, read_dictionary=texts) as file:
        table = file.read_row_group(number, columns, use_threads=False)
    check_size(path, decoded_size(table), limit)
    return decode(table)


def _may_hold(group: RowGroup, column: str, text: str) -> bool:
    for chunk in group.columns:
        if chunk.path == column.encode() and chunk.least is not None and chunk.most is not None:
            return chunk.least <= text.encode() <= chunk.most
    return True


def _unreadable(path: Path, error: Exception) -> StoreDamaged:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return StoreDamaged(f"{str(path)!r} is no readable Parquet file: {reason}", str(path))


def release_memory() -> None:
    """Give the memory that reading took and no longer needs back to the system."""
    import pyarrow as pa

    release_pages()
    pa.default_memory_pool().release_unused()
