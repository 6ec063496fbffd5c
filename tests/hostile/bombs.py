"""Files of a few bytes that claim to be, or would become, gigabytes."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from runfolio.schema import arrow_schema
from runfolio.store.layout import TablesFolder
from runfolio.store.manifest import describe_file, encode_manifest, read_manifest

HUGE: Final = 1 << 31


def repeated(text: str, rows: int) -> pa.DictionaryArray:
    """One text that so many rows refer to."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


def parquet(table: pa.Table, **options: Any) -> bytes:
    """A Parquet file with one dictionary for each column, however large."""
    target = io.BytesIO()
    pq.write_table(
        table, target, **{"compression": "zstd", "dictionary_pagesize_limit": 1 << 30} | options
    )
    return target.getvalue()


def params_bomb(run_id: str, rows: int = 2000, size: int = 1 << 20) -> bytes:
    """A table of parameters whose one text of `size` letters stands in all of its rows."""
    columns = {
        "run_id": repeated(run_id, rows),
        "key": pa.array([f"p{number:05}" for number in range(rows)]),
        "kind": repeated("string", rows),
        "text": repeated("x" * size, rows),
        "number": pa.array([None] * rows, pa.float64()),
    }
    schema = arrow_schema("params")
    fields = [pa.field(name, columns[name].type) for name in schema.names]
    return parquet(
        pa.table([columns[name] for name in schema.names], schema=pa.schema(fields)),
        store_schema=False,
    )


def replace_table(folder: TablesFolder, table: str, content: bytes) -> None:
    """Give a sealed run another file for one of its tables, with a manifest that vouches for it."""
    manifest = read_manifest(folder.manifest)
    name = manifest.file_of(table)
    assert name is not None
    (folder.tables / name).write_bytes(content)
    files = manifest.files | {name: describe_file(content)}
    folder.manifest.write_bytes(encode_manifest(replace(manifest, files=files, overview=None)))


def png(width: int, height: int) -> bytes:
    """A PNG whose header claims so many pixels, with rows of zeros packed to almost nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1 << 20), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def npy(shape: str, dtype: str = "'<f8'") -> bytes:
    """The start of an ``.npy`` file of some shape, with a few values."""
    head = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}}}".encode()
    head += b" " * (63 - (len(head) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(160)


def npz(size: int) -> bytes:
    """An archive of one array of `size` zeros, packed to a thousandth."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.npy", "w") as member,
    ):
        member.write(npy(f"({size},)", "'|u1'"))
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return target.getvalue()


def artifact_names() -> frozenset[str]:
    """The names of all artifacts."""
    return frozenset(_MAKERS)


def artifacts(but: frozenset[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
    """Small artifacts by name, each of which would take far more memory than it should."""
    for name, make in _MAKERS.items():
        if name not in but:
            yield name, make()


def _one_text() -> bytes:
    return parquet(pa.table({"text": repeated("x" * (8 << 20), 300)}))


def _one_page() -> bytes:
    return parquet(pa.table({"text": ["x" * (80 << 20)]}), use_dictionary=False)


def _one_list() -> bytes:
    numbers = pa.array([5] * 20_000_000)
    lists = pa.ListArray.from_arrays(pa.array([0, len(numbers)], pa.int32()), numbers)
    return parquet(pa.table({"list": lists}))


def _nested() -> bytes:
    deep: pa.Array = pa.array([1])
    for _ in range(60):
        deep = pa.StructArray.from_arrays([deep], ["inner"])
    return parquet(pa.table({"deep": deep}))


def _wide() -> bytes:
    table = pa.table({f"c{number}": [1] for number in range(21_000)})
    return parquet(table, store_schema=False, write_statistics=False)


def _fields() -> str:
    return "[" + ", ".join(f"('f{number}', '<f8', (1000,1000))" for number in range(40)) + "]"


_MAKERS: Final[dict[str, Callable[[], bytes]]] = {
    "text.parquet": _one_text,
    "page.parquet": _one_page,
    "list.parquet": _one_list,
    "deep.parquet": _nested,
    "wide.parquet": _wide,
    "footer.parquet": lambda: b"PAR1" + bytes(100) + struct.pack("<I", HUGE) + b"PAR1",
    "wide.png": lambda: png(HUGE - 1, HUGE - 1),
    "long.png": lambda: png(1, 100_000_001),
    "wide.gif": lambda: b"GIF89a" + struct.pack("<HH", 0xFFFF, 0xFFFF) + bytes(20),
    "wide.jpg": lambda: b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(20),
    "wide.webp": lambda: b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + b"\xff\x3f\0" * 2,
    "shape.npy": lambda: npy("(1000000000, 1000000000)"),
    "types.npy": lambda: npy("(3,)", _fields()),
    "zeros.npz": lambda: npz(256 << 20),
    "zeros.csv.gz": lambda: gzip.compress(bytes(256 << 20)),
    "line.csv": lambda: b"a,b\n" + b"x" * 5_000_000,
    "fields.csv": lambda: b"," * 2_000_000 + b"\n" + b"1," * 1_000_000,
    "quote.csv": lambda: b'a,b\n"' + b"\n" * 3_000_000,
    "deep.json": lambda: b"[" * 100_000,
    "digits.json": lambda: b'{"n": ' + b"9" * 100_000 + b"}",
    "keys.json": lambda: json.dumps({f"k{number}": number for number in range(9000)}).encode(),
    "head.safetensors": lambda: struct.pack("<Q", 1 << 62) + b"{}" + bytes(100),
    "head.gguf": lambda: b"GGUF" + struct.pack("<IQQ", 3, 1 << 62, 1 << 62) + bytes(100),
    "count.pdf": lambda: b"%PDF-1.7\n/Type /Pages /Count 99999999" + b"/Type/Pages " * 50_000,
    "deep.html": lambda: b"<div>" * 100_000,
    "deep.svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 20_000,
    "deep.md": lambda: b"> " * 20_000 + b"\n" + b"[" * 20_000 + b"*a " * 20_000,
    "film.mp4": lambda: b"\0\0\0\x20ftypisom" + struct.pack(">I", HUGE) + bytes(100),
    "deep.ipynb": lambda: b'{"nbformat": 4, "cells": ' + b"[" * 50_000,
}
