"""Forking from a process that is warm and has one thread, so that a child costs little."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a child; it ends with 0, or with 1 and a traceback when it fails."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001, a child that went on would be a second parent
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    return child


def wait_for(child: int) -> int:
    """Wait for a child; its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill(process: int) -> None:
    """Kill -9."""
    os.kill(process, signal.SIGKILL)


class Gate:
    """Lets several forked processes go on at the same moment."""

    def __init__(self) -> None:
        self._wait, self._hold = os.pipe()
        self._arrived, self._arrive = os.pipe()

    def pass_through(self) -> None:
        """In a child: say that it is here, and wait for the gate to open."""
        os.close(self._hold)
        os.write(self._arrive, b".")
        os.read(self._wait, 1)

    def open(self, count: int) -> None:
        """In the parent: wait for `count` children, then let them go."""
        os.close(self._arrive)
        while count:
            count -= len(os.read(self._arrived, count))
        for descriptor in (self._hold, self._wait, self._arrived):
            os.close(descriptor)
