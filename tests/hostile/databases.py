"""A journal beside a database of SQLite's that has a file removed when the database is opened."""

from __future__ import annotations

import os
import struct
from pathlib import Path

_MAGIC = bytes.fromhex("d9d505f920a163d7")
_PAGE = 4096


def name_another_journal(database: Path, path: Path) -> None:
    """Put a journal beside a database, as of a change to several that share the one at `path`.

    SQLite plays it back, which here changes nothing, and takes the shared one away, whatever it is.
    """
    name = os.fsencode(path)
    pages = database.stat().st_size // _PAGE
    head = _MAGIC + struct.pack(">5I", 0, 1, pages, 512, _PAGE)
    ending = struct.pack(">I", 1) + name + struct.pack(">II", len(name), sum(name)) + _MAGIC
    database.with_name(f"{database.name}-journal").write_bytes(head.ljust(512, b"\0") + ending)
