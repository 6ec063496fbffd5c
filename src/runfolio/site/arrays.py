"""NumPy files by their headers: shape, type, order and a few values; nothing is ever unpickled.

The format is described in ``numpy.lib.format``.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Final

import numpy as np

from runfolio.site.cells import MAX_COLUMNS, MAX_ROWS, Cells
from runfolio.site.controls import show_controls
from runfolio.site.numbers import format_bytes, format_count, format_number

MAGIC: Final = b"\x93NUMPY"
ZIP_MAGIC: Final = b"PK\x03\x04"
MAX_MEMBERS: Final = 200
MAX_DIRECTORY: Final = 8 << 20
_MAX_HEADER: Final = 10_000
_HEAD: Final = 64 << 10
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END_OF_ZIP: Final = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class ArrayHead:
    """What the header of an ``.npy`` file says; the values begin at `offset`."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool
    offset: int

    @property
    def caption(self) -> str:
        """In words: "float32, 64 × 10, C order"."""
        return f"{self.type_name}, {self.shape_text}, {self.order} order"

    @property
    def type_name(self) -> str:
        """The type's name; of a record its fields."""
        return show_controls(str(self.dtype))[:200]

    @property
    def shape_text(self) -> str:
        """The lengths of the axes, "one value" without any."""
        return " × ".join(map(format_count, self.shape)) or "one value"

    @property
    def order(self) -> str:
        """Which axis lies together: the last ("C") or the first ("Fortran")."""
        return "Fortran" if self.fortran else "C"


def read_array_head(data: bytes) -> ArrayHead:
    """The header at the start of an ``.npy`` file. Raises ValueError for anything else."""
    stream = io.BytesIO(data)
    wide = np.lib.format.read_magic(stream) != (1, 0)
    read = np.lib.format.read_array_header_2_0 if wide else np.lib.format.read_array_header_1_0
    try:
        shape, fortran, dtype = read(stream, max_header_size=_MAX_HEADER)
    except (SyntaxError, TokenError, RecursionError, MemoryError, TypeError) as error:
        raise ValueError("its header is broken.") from error
    if any(length < 0 for length in shape):
        raise ValueError("its header gives a negative length.")
    return ArrayHead(tuple(shape), dtype, bool(fortran), stream.tell())


def read_values(head: ArrayHead, data: bytes) -> Cells | None:
    """The first values of an array of one or two axes; None for others and for what is no number.

    `data` is the start of the file.
    """
    if head.dtype.kind not in "biuf" or not 0 < len(head.shape) < 3 or not math.prod(head.shape):
        return None
    rows, columns = (*head.shape, 1)[:2]
    values = np.frombuffer(data[head.offset :], head.dtype, count=_available(head, data))
    shown: list[tuple[str, ...]] = []
    for row in range(min(rows, MAX_ROWS)):
        places = [
            column * rows + row if head.fortran else row * columns + column
            for column in range(min(columns, MAX_COLUMNS))
        ]
        if places[-1] >= len(values):
            break
        shown.append(tuple(_show(values[place]) for place in places))
    if not shown:
        return None
    names = tuple(map(str, range(min(columns, MAX_COLUMNS)))) if len(head.shape) > 1 else ("value",)
    return Cells(names, tuple(shown), (True,) * len(names), rows, columns)


def _available(head: ArrayHead, data: bytes) -> int:
    return min(math.prod(head.shape), (len(data) - head.offset) // head.dtype.itemsize)


def _show(value: np.generic) -> str:
    held = value.item()
    if isinstance(held, bool):
        return "true" if held else "false"
    return format_number(held) if isinstance(held, float) else str(held)


def list_arrays(path: Path) -> Cells:
    """The arrays of an ``.npz`` file with their shapes and types.

    Of each no more than its head is unpacked. Raises ValueError for a file that is none.
    """
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            rows = tuple(_describe(archive, one) for one in members[:MAX_MEMBERS])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, RuntimeError) as error:
        raise ValueError(f"the file is no readable .npz file: {error}.") from error
    columns = ("array", "shape", "type", "order", "size")
    return Cells(columns, rows, (False,) * len(columns), len(members), len(columns))


def _check_directory(path: Path) -> None:
    """Refuse a list of members too long to read: `zipfile` would hold all of it."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _HEAD - 22))
        tail = file.read()
    start = tail.rfind(_END_OF_ZIP)
    length = int.from_bytes(tail[start + 12 : start + 16], "little") if start >= 0 else 0
    if length > MAX_DIRECTORY:
        raise ValueError(f"its list of members takes {format_bytes(length)}.")


def _describe(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[str, ...]:
    name = show_controls(member.filename.removesuffix(".npy"))[:200]
    size = format_bytes(member.file_size)
    if member.compress_type not in _PACKED:
        return (name, "—", "packed as NumPy doesn't", "—", size)
    try:
        with archive.open(member) as file:
            head = read_array_head(file.read(_HEAD))
    except (ValueError, OSError, NotImplementedError, RuntimeError, zlib.error):
        return (name, "—", "no array", "—", size)
    return (name, head.shape_text, head.type_name, head.order, size)
