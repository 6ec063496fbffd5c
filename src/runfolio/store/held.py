"""Large tables in files without a name rather than in memory, where only what is looked at lies.

The system reads their pages when they are needed, and takes them back when memory is short. Where
files need a name, as on Windows, they lose it with the last table that lies in them.
"""

from __future__ import annotations

import mmap
import tempfile
import threading
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

HELD_FROM: Final = 16 << 20
"""Tables of fewer bytes stay in memory."""

MOST_HELD: Final = 48
"""So many tables lie in files at a time: each keeps one open, and a process may have few."""

_views: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
_lock = threading.Lock()


def hold(table: pa.Table) -> pa.Table:
    """The same table, in a file if it is large; in memory where no file can be had."""
    import pyarrow as pa

    if table.nbytes < HELD_FROM or len(_views) >= MOST_HELD:
        return table
    with suppress(OSError), tempfile.TemporaryFile(prefix="runfolio-") as file:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        file.flush()
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with _lock:
            _views.add(view)
        return pa.ipc.open_file(pa.py_buffer(view)).read_all()
    return table


def release_pages() -> None:
    """Let go of what was looked at; it is read again when it is asked for."""
    if hasattr(mmap, "MADV_DONTNEED"):
        with _lock:
            views = list(_views)
        for view in views:
            view.madvise(mmap.MADV_DONTNEED)
