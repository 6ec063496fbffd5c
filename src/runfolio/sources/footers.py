"""The footers of Parquet files, by which they are told apart without reading them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MAX_FOOTER: Final = 16 << 20
"""Bytes of a footer that are read at most."""

_END: Final = 8
"""Bytes at the end: the footer's length, and what marks the file as Parquet."""


def read_footer(path: Path) -> bytes:
    """The footer, which holds the names of the columns; empty where the file is no Parquet."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _END))
            end = file.read(_END)
            length = int.from_bytes(end[:4], "little")
            if end[4:] != b"PAR1" or length > min(size - _END, MAX_FOOTER):
                return b""
            file.seek(size - _END - length)
            return file.read(length)
    except OSError:
        return b""
