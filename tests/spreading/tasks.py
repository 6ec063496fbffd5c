"""Functions that tests map: of a module, because processes elsewhere import them."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import InvalidFilter

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Page:
    """A file to write; the first who writes that of `waits` waits until it is killed."""

    folder: str
    number: int
    waits: int = -1


def write_page(page: Page) -> tuple[int, int]:
    """Write a file beside its place and rename it; tells its number and the process."""
    folder = Path(page.folder)
    if page.number == page.waits:
        wait_once(folder / "waiting")
    time.sleep(0.02)
    beside = folder / f".{page.number}.{os.getpid()}.tmp"
    beside.write_text(text_of(page.number))
    beside.replace(folder / f"{page.number}.txt")
    return page.number, os.getpid()


def text_of(number: int) -> str:
    """What a file holds."""
    return f"{number}\n" * 50_000


def wait_once(mark: Path) -> None:
    """Leave the id of this process and wait, unless another did before."""
    try:
        with mark.open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return
    time.sleep(PATIENCE)


def read_mark(mark: Path) -> int:
    """The id that `wait_once` left, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if mark.exists() and (text := mark.read_text()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError(f"nobody waits at {mark}")


def double(number: int) -> int:
    """A number twice."""
    return 2 * number


def tell_process(_: int) -> int:
    """The process that this runs in."""
    time.sleep(0.05)
    return os.getpid()


def grow_too_large(number: int) -> int:
    """Let this process seem to have lost so much memory that it is to end after its task."""
    from joblib.externals.loky import process_executor

    time.sleep(0.05)
    process_executor._MEMORY_LEAK_CHECK_DELAY = -1.0
    process_executor._MAX_MEMORY_LEAK_SIZE = -(1 << 40)
    return number


def fail_at_three(number: int) -> int:
    """Raise an error that has more than its message."""
    if number == 3:
        raise InvalidFilter("three is no good", 7)
    return number


def end_itself(number: int) -> int:
    """Kill the process that this runs in, as a machine without memory would."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number
