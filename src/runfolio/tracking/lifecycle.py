"""How runs end when nobody ends them: exceptions, exit codes, signals and forks.

A run started by hand has no block whose end would tell how it went. While one is active, the
process's own endings are watched: an uncaught exception makes it FAILED, Ctrl-C and SIGTERM KILLED,
a non-zero ``sys.exit`` FAILED, and reaching the end FINISHED.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from runfolio.errors import RunfolioError
from runfolio.schema import KILLED
from runfolio.tracking.run import status_after_exit

if TYPE_CHECKING:
    from runfolio.tracking.run import Run


class Watch:
    """Ends the active runs of this process in the way the process ends."""

    def __init__(self, active: Callable[[], list[Run]]) -> None:
        self._active = active
        self._installed = False
        self._error: BaseException | None = None
        self._exit_code: object = None
        self._excepthook = sys.excepthook
        self._exit = sys.exit

    def install(self) -> None:
        """Start watching, once; the signal is taken over only where nobody else has."""
        if not self._installed:
            self._installed = True
            self._excepthook, sys.excepthook = sys.excepthook, self._note_exception
            self._exit, sys.exit = sys.exit, self._note_exit
            atexit.register(self._end_runs)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self._detach)
        if threading.current_thread() is threading.main_thread():
            if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
                signal.signal(signal.SIGTERM, self._terminate)

    def _note_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> Any:
        self._error = error
        return self._excepthook(kind, error, trace)

    def _note_exit(self, status: Any = None, /) -> NoReturn:
        self._exit_code = status
        self._exit(status)

    def _end_runs(self) -> None:
        for run in reversed(self._active()):
            if self._error is not None:
                run.finish_by(self._error)
            else:
                run.finish(status_after_exit(self._exit_code))

    def _terminate(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End the runs, then let SIGTERM do what it does by default."""
        for run in reversed(self._active()):
            try:
                run.finish(KILLED)
            except RunfolioError as error:
                print(f"runfolio: {error}", file=sys.stderr)  # noqa: T201
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def _detach(self) -> None:
        for run in reversed(self._active()):
            run.detach()
