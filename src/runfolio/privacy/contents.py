"""What is in artifacts, masked: texts of any kind, JSON and notebooks, and tables in Parquet.

Pictures lose what is written beside their pixels. What is no text can't be looked into, such as
models and archives: it is named, and stays as it is.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import StoreDamaged
from runfolio.privacy.delimited import DELIMITERS, mask_columns
from runfolio.privacy.documents import write_json
from runfolio.privacy.masks import Hit, Masks, Report, at_line, style_of
from runfolio.privacy.pictures import is_picture, strip_picture
from runfolio.store import read_parquet
from runfolio.store.files import open_plain, refuse_file
from runfolio.store.parquet import encode_table

if TYPE_CHECKING:
    import pyarrow as pa

MAX_BYTES: Final = 64 << 20
"""Larger files are not looked into; of texts only so much is shown where they are masked."""

UNREADABLE: Final = "no text"
_PARQUET: Final = b"PAR1"
_HEAD: Final = 1 << 16
MAX_JSON: Final = 16 << 20
_CUT: Final = "\n[cut: the rest was too long to be looked into]\n"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DOCUMENTS: Final = (".json", ".ipynb", ".geojson", ".jsonl", ".ndjson")
_INDENT: Final = re.compile(r"[\[{]\n?( *)\S")


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file: what was found, and its content masked, or None where nothing changes.

    `unread` says why it was not looked into, if it was not.
    """

    hits: tuple[Hit, ...] = ()
    data: bytes | None = None
    unread: str | None = None


def is_plain_file(file: Path, folder: Path) -> bool:
    """Whether this is a file of the run itself, and no link to elsewhere."""
    return refuse_file(file, folder) is None


def mask_file(file: Path, path: str, masks: Masks) -> Content:
    """What is in a file that was logged as `path`, and what it is after masking."""
    try:
        with open_plain(file) as opened:
            size = os.fstat(opened.fileno()).st_size
            head = opened.read(_HEAD)
            if head.startswith(_PARQUET):
                return _mask_parquet(file, size, masks)
            if _encoding(head) is None and not is_picture(head):
                return Content(unread=UNREADABLE)
            data = head + opened.read(MAX_BYTES - len(head))
    except OSError as error:
        return Content(unread=error.strerror or UNREADABLE)
    return mask_bytes(data, path, masks, cut=size > MAX_BYTES)


def mask_bytes(data: bytes, path: str, masks: Masks, *, cut: bool = False) -> Content:
    """What a text is after masking, given as its bytes; `cut` says that there is more of it."""
    if is_picture(data):
        return _strip(data)
    encoding = _encoding(data[:_HEAD])
    if encoding is None:
        return Content(unread=UNREADABLE)
    hits: list[Hit] = []
    changed = data
    if encoding == "utf-16":  # the mark may lie, and who reads the file need not believe it
        changed = _mask_encoded(changed, "utf-8", path, masks, hits.append)
    more = _CUT if cut else ""
    changed = _mask_encoded(changed, encoding, path, masks, hits.append, more=more)
    unread = "longer than what is looked into" if cut else None
    return Content(tuple(hits), None if changed == data else changed, unread)


def _mask_encoded(
    data: bytes, encoding: str, path: str, masks: Masks, report: Report, *, more: str = ""
) -> bytes:
    """A text in an encoding after masking, with `more` behind it; else it stays byte by byte."""
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    text = data.decode(encoding, errors)
    masked = _mask_text(text, path, masks, report) + more
    return data if masked == text else masked.encode(encoding, errors)


def _strip(data: bytes) -> Content:
    """A picture without what is written beside its pixels, which themselves stay."""
    stripped = strip_picture(data)
    if stripped is None:
        return Content(unread="a broken picture")
    return Content(data=None if stripped == data else stripped)


def _encoding(head: bytes) -> str | None:
    """How a text that begins so is encoded, or None where it is none.

    What comes later doesn't count: a page shows the beginning in any case.
    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is not None:
        return marked
    return None if b"\0" in head else "utf-8"


def _mask_text(text: str, path: str, masks: Masks, report: Report | None) -> str:
    masked, suffix = masks.mask(text, style=style_of(path), report=report), _suffix(path)
    if suffix in _DOCUMENTS and len(masked) <= MAX_JSON:
        return _mask_document(masked, path, masks, report)
    if suffix in DELIMITERS:
        return mask_columns(masked, DELIMITERS[suffix], masks, report)
    return masked


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _mask_document(text: str, path: str, masks: Masks, report: Report | None) -> str:
    """JSON masked value by value, so that no way of writing a text in it hides it."""
    found = _INDENT.match(text)
    indent = len(found[1]) if found and "\n" in found[0] else None
    try:
        document = json.loads(text)
        changed = masks.mask_json(document, style=style_of(path), report=report)
        if changed == document:
            return text
        return write_json(changed, indent=indent) + ("\n" if text.endswith("\n") else "")
    except ValueError:
        return _mask_lines(text, masks, report)
    except RecursionError:
        return text


def _mask_lines(text: str, masks: Masks, report: Report | None) -> str:
    """JSON Lines: a document a line."""
    if not text.startswith(("{", "[")) or "\n" not in text:
        return text
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        try:
            document = json.loads(line)
            changed = masks.mask_json(document, report=at_line(report, number))
        except (ValueError, RecursionError):
            continue
        if changed != document:
            lines[number] = write_json(changed) + "\n"
    return "".join(lines)


def _mask_parquet(file: Path, size: int, masks: Masks) -> Content:
    import pyarrow as pa

    if size > MAX_BYTES:
        return Content(unread="a table too large to be looked into")
    try:
        table = read_parquet(file)
    except (StoreDamaged, pa.ArrowException):
        return Content(unread=UNREADABLE)
    hits: list[Hit] = []
    changed = _mask_table(table, masks, hits.append)
    return Content(tuple(hits), None if changed is table else encode_table(changed))


def _mask_table(table: pa.Table, masks: Masks, report: Report) -> pa.Table:
    import pyarrow as pa

    changed = table
    for number, field in enumerate(table.schema):
        column = _mask_column(table.column(number), field.name, masks, report)
        name = masks.mask(field.name, report=report)
        if column is not None or name != field.name:
            kept = table.column(number) if column is None else column
            changed = changed.set_column(number, pa.field(name, kept.type, field.nullable), kept)
    metadata = table.schema.metadata or {}
    described = {key: _mask_raw(value, masks, report) for key, value in metadata.items()}
    return changed if described == metadata else changed.replace_schema_metadata(described)


def _mask_raw(value: bytes, masks: Masks, report: Report) -> bytes:
    text = value.decode("utf-8", "surrogateescape")
    return masks.mask(text, report=report).encode("utf-8", "surrogateescape")


def _mask_column(
    column: pa.ChunkedArray, name: str, masks: Masks, report: Report
) -> pa.ChunkedArray | pa.Array | None:
    """A column with its texts masked, or None where nothing changes."""
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_nested(kind) or _is_text(kind)):
        return None
    if pa.types.is_nested(kind):
        values = column.to_pylist()
        changed = [masks.mask_json(one, name=name, report=report) for one in values]
        return None if changed == values else _nested(changed, kind)
    texts = [one for one in column.unique().to_pylist() if one is not None]
    masked = {one: masks.mask(one, name=name, report=report) for one in texts}
    if all(old == new for old, new in masked.items()):
        return None
    return pa.array([masked.get(one) for one in column.to_pylist()], kind)


def _nested(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Nested values; as JSON where a mask stands in the place of a number."""
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except pa.ArrowException:
        return pa.array([json.dumps(one, default=str) for one in values], pa.string())


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
