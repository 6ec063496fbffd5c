"""Running a command to its end: in a group of processes of its own, watched, with its output."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import ProjectInvalid
from runfolio.projects.console import Console
from runfolio.projects.stopping import Asked, never
from runfolio.schema import FAILED, FINISHED, KILLED

PATIENCE: Final = 10.0
"""Seconds that a program has to end after a signal, before it gets the next, harder one."""

_INTERVAL: Final = 0.05
_DRAIN: Final = 2.0
_KILLING: Final = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM))
_KILLED_BY: Final = {-int(one) for one in (*_KILLING, getattr(signal, "SIGHUP", signal.SIGTERM))}
_KILLED_CODES: Final = (130, 143)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: `code` is as a shell has it, 128 and the number of a signal added."""

    code: int
    status: str


def run_command(
    words: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    console: Console,
    asked: Asked = never,
    patience: float = PATIENCE,
) -> Ended:
    """Run a command in `folder` with just these environment variables, and wait for its end.

    `asked` says how often somebody wants it to end: the whole group of its processes is then sent
    SIGINT, and harder signals when it doesn't end in time or is asked again.
    """
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise ProjectInvalid(
            f"{words[0]!r} can't be started in {str(folder)!r}: {error.strerror}. Is it installed?"
        ) from error
    assert process.stdout is not None
    assert process.stderr is not None
    console.read(process.stdout, error=False)
    console.read(process.stderr, error=True)
    stopped = False
    try:
        stopped = _watch(process, asked, patience)
    except BaseException:
        _signal(process, len(_KILLING) - 1)
        process.wait()
        raise
    finally:
        console.wait(_DRAIN)
    return _describe(process.returncode, stopped=stopped)


def _watch(process: subprocess.Popen[bytes], asked: Asked, patience: float) -> bool:
    """Wait for the end, and hand on what is asked meanwhile; return whether anything was."""
    sent, heard, deadline = 0, 0, 0.0
    while process.poll() is None:
        wanted = asked()
        late = sent > 0 and time.monotonic() > deadline
        if wanted > heard or late:
            _signal(process, min(sent, len(_KILLING) - 1))
            sent, heard, deadline = sent + 1, max(wanted, heard), time.monotonic() + patience
        with suppress(subprocess.TimeoutExpired):
            process.wait(_INTERVAL)
    return sent > 0


def _signal(process: subprocess.Popen[bytes], how_hard: int) -> None:
    with suppress(OSError):  # it has ended meanwhile
        if os.name == "posix":
            os.killpg(process.pid, _KILLING[how_hard])
        else:
            process.terminate()


def _describe(returned: int, *, stopped: bool) -> Ended:
    code = 128 - returned if returned < 0 else returned
    if returned == 0 and not stopped:
        return Ended(0, FINISHED)
    if stopped or returned in _KILLED_BY or code in _KILLED_CODES:
        return Ended(code or 130, KILLED)
    return Ended(code, FAILED)


def shell_words(command: str) -> list[str]:
    """The words that run a command line in a shell, as MLflow does."""
    if os.name == "nt":
        return ["cmd", "/c", command]
    return [shutil.which("bash") or "sh", "-c", command]


def program_variables(python: Path, *, isolated: bool) -> dict[str, str]:
    """This process's environment variables, with the commands beside a Python before all others.

    `isolated` says that the Python is that of an environment of its own.
    """
    beside = str(python.parent)
    found = dict(os.environ)
    found["PATH"] = os.pathsep.join([beside, *filter(None, [found.get("PATH")])])
    found.setdefault("PYTHONUNBUFFERED", "1")
    if isolated:
        found["VIRTUAL_ENV"] = str(python.parent.parent)
        found.pop("PYTHONHOME", None)
    return found
