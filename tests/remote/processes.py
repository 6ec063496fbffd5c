"""Other processes that log to a store, and what lies in it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from runfolio.store.remote import RemoteStore

ROOT = Path(__file__).parents[2]


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python script that finds `url` among its variables as the first argument."""
    head = "import sys\nimport runfolio\nurl = sys.argv[1]\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(script: str, *arguments: str) -> str:
    """Run a script to its end and return what it printed."""
    process = start(script, *arguments)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert not errors, errors
    return output


def read_line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate(timeout=10)[1]
    return line


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@cache
def remote(url: str) -> RemoteStore:
    """The store at an address, connected once."""
    return RemoteStore(url)


def parts(url: str) -> Mapping[str, str]:
    """The parts of journals in a store, with their tags."""
    listed = remote(url).list("runs")
    return {path: one.tag for path, one in sorted(listed.items()) if "/journal/" in path}


def content(url: str) -> dict[str, bytes]:
    """All objects at an address."""
    return {path: remote(url).read(path) or b"" for path in remote(url).list()}
