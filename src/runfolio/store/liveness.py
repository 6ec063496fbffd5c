"""Whether the process that writes a run is still there.

A journal's header records its writer as host, process id and the process's start time, because
process ids are used again. Of another host's processes only this can be known from here: while one
lives, it touches its journal at least every `HEARTBEAT` seconds.
"""

from __future__ import annotations

import os
import platform
import time
from functools import cache
from pathlib import Path
from typing import Any, Final

from runfolio.store.parts import last_written

HEARTBEAT: Final = 60.0
SILENCE: Final = 24 * 3600.0
"""After so many seconds without a sign of life a writer on another host counts as dead."""


def read_start_mark(pid: int) -> str | None:
    """A text that tells this process from a later one with the same id, where Linux says it.

    None also for a process that has ended and only waits to be collected by its parent.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = stat[stat.rfind(b")") + 2 :].split()
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return None
    return fields[19].decode()


@cache
def _host() -> str:
    return platform.node()


@cache
def _boot() -> str | None:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


@cache
def _pid_space() -> str | None:
    """Containers of one machine share its boot but count processes on their own."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


def describe_writer() -> dict[str, Any]:
    """What a journal's header records of this process."""
    pid = os.getpid()
    return {
        "host": _host(),
        "boot": _boot(),
        "space": _pid_space(),
        "pid": pid,
        "started": read_start_mark(pid),
    }


def is_gone(writer: dict[str, Any]) -> bool:
    """Whether the process described by `writer` surely no longer runs."""
    pid = writer.get("pid")
    if writer.get("host") != _host() or not isinstance(pid, int) or pid <= 0:
        return False
    if writer.get("boot") != _boot():
        return True
    if writer.get("space") != _pid_space():
        return False
    if writer.get("started") is not None and Path("/proc/self/stat").exists():
        return bool(read_start_mark(pid) != writer["started"])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def is_here(writer: dict[str, Any]) -> bool:
    """Whether the process described by `writer` surely runs on this host."""
    return writer.get("host") == _host() and not is_gone(writer) and _same_pids(writer)


def _same_pids(writer: dict[str, Any]) -> bool:
    return bool(writer.get("boot") == _boot() and writer.get("space") == _pid_space())


def is_dead(writer: dict[str, Any], journal: Path, *, silence: float = SILENCE) -> bool:
    """Whether the writer of a journal is gone, or was silent for so long that it must be."""
    if is_gone(writer):
        return True
    if is_here(writer):
        return False
    try:
        return time.time() - last_written(journal) > silence
    except OSError:
        return False
