"""Which process logs a run, and which of its runs it is: by these a repetition is recognised."""

from __future__ import annotations

import os
import threading
from typing import NamedTuple

_lock = threading.Lock()
_process = ""
_pid = -1
_count = 0


class ProcessPlace(NamedTuple):
    """A name for the process, 16 hexadecimal digits, and the number of the run in it, from 0."""

    process: str
    number: int


def next_place() -> ProcessPlace:
    """The place of the run that starts now; a forked child is a process of its own."""
    global _process, _pid, _count
    with _lock:
        if os.getpid() != _pid:
            _process, _pid, _count = os.urandom(8).hex(), os.getpid(), 0
        place = ProcessPlace(_process, _count)
        _count += 1
        return place
