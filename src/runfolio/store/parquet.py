"""Parquet files of the store, how they are written and read: the owner of `pyarrow.parquet`."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from runfolio.errors import StoreDamaged
from runfolio.schema import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

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
        self._writer = pq.ParquetWriter(target, schema, **options)

    def write(self, table: pa.Table, *, rows_together: int = _ROWS_TOGETHER) -> None:
        """Add rows, in row groups of at most `rows_together`."""
        self._writer.write_table(table, row_group_size=rows_together)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        if self._name is not None:
            self._writer.add_key_value_metadata(arrow_schema(self._name).metadata)
        self._writer.close()


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
    return _parse(path, path)


def read_parquet_head(path: Path, rows: int) -> tuple[pa.Table, int]:
    """The first rows of any Parquet file, and how many it has; no more of it is unpacked.

    Raises `StoreDamaged` if it is none.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            batches: list[pa.RecordBatch] = []
            for batch in file.iter_batches(batch_size=rows, use_threads=False):
                batches.append(batch)
                if sum(one.num_rows for one in batches) >= rows:
                    break
            head = pa.Table.from_batches(batches, file.schema_arrow).slice(0, rows)
            return head, file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _parse(
    path: Path,
    content: Path | bytes,
    name: str | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(content) if isinstance(content, bytes) else content
    try:
        with pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=False) as file:
            if name is not None:
                _check_columns(path, file.schema_arrow, name)
            return file.read(columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


class TableReader:
    """Gathers the rows of one store table from many small files, in the order they are given."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._plain = arrow_schema(name).remove_metadata()
        self._parts: list[pa.Table] = []
        self._empty: set[bytes] = set()

    def add(self, path: Path, content: bytes) -> None:
        """Take the rows of one file; raise `StoreDamaged` when it can't be read as this table."""
        # One at a time: for small files, Arrow's data sets and threads cost more than they save.
        if content in self._empty:
            return
        part = _parse(path, content, self._name)
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
    return _parse(path, content, name, columns)


def _check_columns(path: Path, schema: pa.Schema, name: str) -> None:
    """Raise `StoreDamaged` unless `schema` is that of the store table `name`."""
    if not schema.equals(arrow_schema(name).remove_metadata()):
        raise StoreDamaged(f"{str(path)!r} hasn't the columns of a {name} table.", str(path))


def read_groups(
    path: Path,
    name: str,
    *,
    columns: Sequence[str] | None = None,
    rows: tuple[str, str] | None = None,
) -> Iterator[tuple[int, pa.Table | None]]:
    """The row groups of a large file of a store table, by number; None for a damaged one.

    `rows` = (column, text) leaves out groups whose statistics say that the text is not in them.
    Raises `StoreDamaged` when the file as a whole can't be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            _check_columns(path, file.schema_arrow, name)
            for number in range(file.num_row_groups):
                if rows is not None and not _may_hold(file.metadata.row_group(number), *rows):
                    continue
                try:
                    yield number, file.read_row_group(number, columns, use_threads=False)
                except (OSError, pa.ArrowException):
                    yield number, None
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _may_hold(group: Any, column: str, text: str) -> bool:
    for number in range(group.num_columns):
        described = group.column(number)
        if described.path_in_schema == column and described.statistics is not None:
            return bool(described.statistics.min <= text <= described.statistics.max)
    return True


def _unreadable(path: Path, error: Exception) -> StoreDamaged:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return StoreDamaged(f"{str(path)!r} is no readable Parquet file: {reason}", str(path))
