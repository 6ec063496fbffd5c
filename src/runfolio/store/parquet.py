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


# The footers of so many files are held in memory together while they are read.
_FILES_AT_ONCE = 200


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
        writer.write_table(table)
        if name is not None:
            writer.add_key_value_metadata(arrow_schema(name).metadata)
    return buffer.getvalue()


def read_parquet(path: Path) -> pa.Table:
    """Read any Parquet file, checking its page checksums; raise `StoreDamaged` if it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read()
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StoreDamaged(f"{str(path)!r} is no readable Parquet file: {reason}") from error


def read_tables(paths: Sequence[Path], name: str) -> pa.Table:
    """Read many files of one store table into one table, in the order of `paths`.

    Raises `StoreDamaged` when any of them can't be read or holds other columns.
    """
    import pyarrow as pa

    schema = arrow_schema(name)
    parts = [
        _read_some(paths[start : start + _FILES_AT_ONCE], name, schema.remove_metadata())
        for start in range(0, len(paths), _FILES_AT_ONCE)
    ]
    return pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in parts)])


def _read_some(paths: Sequence[Path], name: str, plain: pa.Schema) -> pa.Table:
    import pyarrow as pa
    import pyarrow.dataset as ds

    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    kind = ds.ParquetFileFormat(default_fragment_scan_options=options)
    try:
        source = ds.dataset([str(path) for path in paths], schema=plain, format=kind)
        for fragment in source.get_fragments():
            if not fragment.physical_schema.equals(plain):
                raise StoreDamaged(f"{fragment.path!r} hasn't the columns of a {name} table.")
        return source.to_table()
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(f"A {name} table can't be read: {error}") from error
