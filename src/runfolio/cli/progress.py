"""A bar on a terminal for what takes long."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

LONG: Final = 50
"""From so many things to do on, a bar is shown."""


class Bar:
    """A bar that shows how much of something is done, once it is known to be much."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._progress: Progress | None = None

    def __enter__(self) -> Bar:
        return self

    def show(self, done: int, total: int) -> None:
        """Show that so much is done."""
        if total < LONG or not sys.stderr.isatty():
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._words, total=total)
        self._progress.update(self._task, completed=done, total=total)

    def __exit__(self, *ended: object) -> None:
        if self._progress is not None:
            self._progress.stop()
