"""How runs end when nobody ends them: exceptions, exit codes, signals and forks.

A run started by hand has no block whose end would tell how it went. While one is active, the
process's own endings are watched: an uncaught exception makes it FAILED, Ctrl-C and SIGTERM KILLED,
a non-zero ``sys.exit`` or ``exit`` FAILED, and reaching the end FINISHED. (Python shows nobody the
code of a bare ``raise SystemExit(2)`` outside a ``with`` block.)

A run that an adapter started for a training ends with that training. Most frameworks tell nobody
of one that failed, so a training that never ended is noticed here: at the next run, or at the end.
"""

from __future__ import annotations

import atexit
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from runfolio.errors import RunfolioError
from runfolio.schema import FINISHED, KILLED
from runfolio.tracking.endings import status_after_exit

if TYPE_CHECKING:
    from runfolio.tracking.run import Run


Mark: TypeAlias = tuple[int, CodeType]
"""What tells a frame from others, mostly; the frame itself would keep alive all it holds."""


@dataclass(frozen=True, slots=True)
class Training:
    """A training that an adapter started a run for, and the call that it goes on in, if known."""

    run: Run
    adapter: str
    abandoned: str
    call: Mark | None
    thread: int = field(default_factory=threading.get_ident)

    def is_over(self) -> bool:
        """Whether it is known that the training goes on no longer."""
        if self.call is None:
            return False
        if self.thread != threading.get_ident():
            return self.thread not in sys._current_frames()
        return all(_mark(frame) != self.call for frame in _callers())


def find_call(library: str, functions: Collection[str]) -> Mark | None:
    """The innermost call of one of a library's functions that this is called in."""
    for frame in _callers():
        module = str(frame.f_globals.get("__name__"))
        if frame.f_code.co_name in functions and module.partition(".")[0] == library:
            return _mark(frame)
    return None


trainings: dict[str, Training] = {}
"""The trainings that have not been ended, by the id of their run."""


def end_leftovers() -> None:
    """End the runs of trainings that are over, and of which nobody said how they ended."""
    for training in list(trainings.values()):
        if training.run.live and training.is_over():
            _end(training.run.finish, training.abandoned)


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _mark(frame: FrameType) -> Mark:
    return id(frame), frame.f_code


class Watch:
    """Ends the active runs of this process in the way the process ends."""

    def __init__(self, active: Callable[[], list[Run]]) -> None:
        self._active = active
        self._installed = False
        self._error: BaseException | None = None
        self._exit_code: object = None
        self._excepthook = sys.excepthook
        self._exit = sys.exit
        self._worker: int | None = None

    def install(self) -> None:
        """Start watching, once; the signal is taken over only where nobody else has."""
        end_leftovers()
        if not self._installed:
            self._installed = True
            self._excepthook, sys.excepthook = sys.excepthook, self._note_exception
            self._exit, sys.exit = sys.exit, self._note_exit
            self._watch_quitters()
            # Sealing at exit imports pyarrow, which imports this, which then can't be imported.
            importlib.import_module("concurrent.futures.thread")
            atexit.register(self._end_runs)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self._detach)
        self._watch_worker()
        if _in_main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._terminate)

    def _watch_quitters(self) -> None:
        """Note the code that ``exit`` and ``quit`` are called with, which raise by themselves."""
        import _sitebuiltins

        leave = _sitebuiltins.Quitter.__call__

        def note_and_leave(quitter: Any, code: Any = None) -> None:
            self._note_code(code)
            leave(quitter, code)

        _sitebuiltins.Quitter.__call__ = note_and_leave  # type: ignore[assignment,method-assign]

    def _watch_worker(self) -> None:
        """A worker of multiprocessing runs its finalizers at the end, and nothing of atexit."""
        multiprocessing = sys.modules.get("multiprocessing.process")
        if self._worker == os.getpid() or multiprocessing is None:
            return
        if multiprocessing.parent_process() is not None:
            from multiprocessing.util import Finalize

            self._worker = os.getpid()
            self._error = None
            self._watch_printing(multiprocessing)
            Finalize(None, self._end_worker, exitpriority=100)

    def _watch_printing(self, multiprocessing: ModuleType) -> None:
        """Note the error that a worker prints: from Python 3.13 on, finalizers come after that."""
        import traceback

        show = traceback.print_exc

        def note_and_show(*arguments: Any, **options: Any) -> None:
            if sys._getframe(1).f_globals is vars(multiprocessing):
                self._error = sys.exc_info()[1]
            show(*arguments, **options)

        traceback.print_exc = note_and_show

    def _note_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> Any:
        # At a prompt an exception ends a statement, not the process.
        if not hasattr(sys, "ps1"):
            self._error = error
        return self._excepthook(kind, error, trace)

    def _note_exit(self, status: Any = None, /) -> NoReturn:
        self._note_code(status)
        self._exit(status)

    def _note_code(self, code: object) -> None:
        """Remember an exit code; in another thread it would end only that thread."""
        if _in_main_thread():
            self._exit_code = code

    def _end_runs(self) -> None:
        for run in reversed(self._active()):
            if self._error is not None:
                _end(run.finish_by, self._error)
            else:
                _end(run.finish, self._status_of(run))
        if isinstance(self._error, KeyboardInterrupt):
            _recall_interrupt()

    def _status_of(self, run: Run) -> str:
        status, training = status_after_exit(self._exit_code), trainings.get(run.id)
        return training.abandoned if training and status == FINISHED else status

    def _end_worker(self) -> None:
        """End the runs of a worker, whose function may just be failing."""
        self._error = sys.exc_info()[1] or self._error
        self._end_runs()

    def _terminate(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End the runs, then let SIGTERM do what it does by default."""
        try:
            for run in reversed(self._active()):
                _end(run.finish, KILLED)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)

    def _detach(self) -> None:
        for run in reversed(self._active()):
            run.detach()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _recall_interrupt() -> None:
    """Let the process still die by SIGINT, which CPython forgets when a library calls `exec`."""
    with suppress(KeyboardInterrupt):
        exec("raise KeyboardInterrupt")


def _end(end: Callable[[Any], None], how: object) -> None:
    """End one run; what goes wrong is said, and doesn't keep the others from ending."""
    try:
        end(how)
    except RunfolioError as error:
        # A signal may arrive in the middle of a print, so this doesn't go through sys.stderr.
        os.write(2, f"runfolio: {error}\n".encode())
