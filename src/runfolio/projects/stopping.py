"""Ctrl-C and the like, while a program runs: it gets the signal first, and time to end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

Asked = Callable[[], int]
"""Says how often a program was asked to end."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def never() -> int:
    """Nobody asks."""
    return 0


@contextmanager
def noted_signals(note: Callable[[int], None]) -> Iterator[None]:
    """Let `note` be called with SIGINT and SIGTERM, instead of what they do else.

    Only Python's main thread gets signals; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        note(number)

    before: dict[int, Any] = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


class Counter:
    """Counts the signals of this process."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0

    def note(self, number: int) -> None:
        """Take a signal."""
        self.count += 1
        self.last = number

    def asked(self) -> int:
        """How many there were."""
        return self.count


class StopFile:
    """A file that asks programs to end, which other processes see too."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self) -> None:
        """Ask once more."""
        beside = self._path.with_suffix(".tmp")
        beside.write_text(str(self.asked() + 1))
        beside.replace(self._path)

    def asked(self) -> int:
        """How often was asked."""
        try:
            return int(self._path.read_text())
        except (OSError, ValueError):
            return 0
