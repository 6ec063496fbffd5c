"""What a program prints: shown while it runs, and kept in part when it is much."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Final

MAX_HEAD: Final = 512 * 1024
MAX_TAIL: Final = 512 * 1024
"""Bytes that are kept of the beginning and of the end."""

_CHUNK: Final = 64 * 1024

Echo = Callable[[bytes, bool], None]
"""Shows a part of the output; the second argument is whether it came on standard error."""


class Console:
    """Takes what a program prints on both streams, in the order in which it comes."""

    def __init__(self, echo: Echo | None = None) -> None:
        self._echo = echo
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._left_out = 0
        self._errors = bytearray()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def read(self, stream: IO[bytes], *, error: bool) -> None:
        """Take all that comes on a stream, in a thread, until it ends."""
        thread = threading.Thread(target=self._take_all, args=(stream, error), daemon=True)
        self._threads.append(thread)
        thread.start()

    def wait(self, timeout: float) -> None:
        """Wait for what is still to come; a process that was left behind may keep it open."""
        for thread in self._threads:
            thread.join(timeout)

    def _take_all(self, stream: IO[bytes], error: bool) -> None:
        with stream:
            while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
                self.add(chunk, error=error)

    def add(self, chunk: bytes, *, error: bool = False) -> None:
        """Take a part of the output."""
        with self._lock:
            if self._echo is not None:
                try:
                    self._echo(chunk, error)
                except (OSError, ValueError):  # whoever looked on has gone; the program goes on
                    self._echo = None
            if error:
                self._errors = (self._errors + chunk)[-_CHUNK:]
            room = MAX_HEAD - len(self._head)
            self._head += chunk[:room]
            self._add_tail(chunk[room:])

    def _add_tail(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        while self._tail_size - len(self._tail[0]) >= MAX_TAIL:
            gone = self._tail.popleft()
            self._tail_size -= len(gone)
            self._left_out += len(gone)

    def content(self) -> bytes:
        """What is kept; a line says how much in the middle is not."""
        with self._lock:
            tail = b"".join(self._tail)
            if not self._left_out:
                return bytes(self._head) + tail
            gap = f"\n… {self._left_out:,} bytes left out here …\n".encode()
            return bytes(self._head) + gap + tail

    def last_lines(self, count: int) -> list[str]:
        """The last lines that say anything."""
        return _lines(self.content()[-_CHUNK:])[-count:]

    def last_word(self) -> str:
        """The last line on standard error, which mostly says what went wrong, else of all."""
        return next(reversed(_lines(bytes(self._errors)) or self.last_lines(1)), "")


def _lines(content: bytes) -> list[str]:
    """The lines that say anything, as a terminal shows them in the end."""
    text = content.decode(errors="replace").replace("\r\n", "\n")
    lines = (line.rpartition("\r")[2].rstrip() for line in text.split("\n"))
    return [line for line in lines if line]
