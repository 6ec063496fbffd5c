"""Parquet files of the store, how they are written and read: the owner of `pyarrow.parquet`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

_ROWS_TOGETHER = 1 << 17
"""Rows of a row group, which bounds the memory that writing takes."""


def encode_table(table: pa.Table, name: str | None = None) -> bytes:
    """The bytes of a Parquet file with page checksums; `name` is a store table or None."""
    import pyarrow.parquet as pq

    options: dict[str, Any] = {"compression": "zstd"}
    encodings = _ENCODINGS.get(name or "")
    if table.num_rows < _FEW_ROWS:
        options = {"compression": "none", "use_dictionary": False, "write_statistics": False}
    elif encodings:
        options["column_encoding"] = encodings
        options["use_dictionary"] = [c for c in table.column_names if c not in encodings]
    buffer = io.BytesIO()
    options |= {"write_page_checksum": True, "store_schema": name is None}
    with pq.ParquetWriter(buffer, table.schema, **options) as writer:
        writer.write_table(table, row_group_size=_ROWS_TOGETHER)
        if name is not None:
            writer.add_key_value_metadata(arrow_schema(name).metadata)
    return buffer.getvalue()


def read_parquet(path: Path) -> pa.Table:
    """Read any Parquet file, checking its page checksums; raise `StoreDamaged` if it is none."""
    return _parse(path, path)


def _parse(path: Path, content: Path | bytes) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(content) if isinstance(content, bytes) else content
    try:
        with pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=False) as file:
            return file.read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StoreDamaged(f"{str(path)!r} is no readable Parquet file: {reason}") from error


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreDamaged(f"{str(path)!r} can't be read: {error.strerror}.") from error


def read_tables(paths: Sequence[Path], name: str) -> pa.Table:
    """Read many files of one store table into one table, in the order of `paths`.

    Raises `StoreDamaged` when any of them can't be read or holds other columns.
    """
    import pyarrow as pa

    schema = arrow_schema(name)
    plain = schema.remove_metadata()
    parts = [pa.Table.from_batches([], plain)]
    empty: set[bytes] = set()
    for path in paths:
        # One at a time: for small files, Arrow's data sets and threads cost more than they save.
        content = _read_bytes(path)
        if content in empty:
            continue
        part = _parse(path, content)
        if not part.schema.equals(plain):
            raise StoreDamaged(f"{str(path)!r} hasn't the columns of a {name} table.")
        if part.num_rows:
            parts.append(part)
        else:
            empty.add(content)
    return pa.concat_tables(parts).cast(schema)
