"""Call a command with a mistake and say what is wrong with its answer."""

from __future__ import annotations

import hashlib
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result

from tests.strangers.commands import Entry

MOST_SAID: Final = 2500
MOST_LINES: Final = 14
RESULTS: Final = ("check", "reproduce", "secrets", "verify")
"""Commands with a result that is an exit code, told on the standard output."""


class Desk:
    """A working folder with the store `runs`, where one command is called after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = set(self._names())
        self.state = self._state()

    def _names(self) -> Iterator[str]:
        return (path.name for path in self.folder.iterdir())

    def _state(self) -> list[tuple[str, str]]:
        """The names and digests of all that the store has."""
        found = []
        for path in sorted((self.folder / "runs").rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            found.append((str(path), hashlib.sha256(content).hexdigest()))
        return found

    def call(self, entry: Entry, line: list[str], *, refused: bool = False) -> list[str]:
        """Call a command, undo what it did, and tell what is wrong with how it ended."""
        result = CliRunner().invoke(entry.program, line, input="", prog_name="program")
        problems = find_problems(entry, result)
        if refused and result.exit_code == 0:
            problems.append("took what can't be right")
        left = set(self._names()) - self.names
        if result.exit_code and left and not tells_result(entry, result):
            problems.append(f"left {sorted(left)} behind")
        if self._state() != self.state:
            if result.exit_code:
                problems.append("changed the store and failed")
            shutil.rmtree(self.folder / "runs")
            shutil.copytree(self.folder / "whole", self.folder / "runs")
        for name in left:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return problems


def tells_result(entry: Entry, result: Result) -> bool:
    """Whether the exit code is a result, not an error."""
    return bool(entry.words) and entry.words[-1] in RESULTS and bool(result.stdout.strip())


def find_problems(entry: Entry, result: Result) -> list[str]:
    """What a stranger would miss in the answer to a mistake."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return ["".join(traceback.format_exception(result.exception)[-3:])]
    said = result.stderr
    if result.exit_code == 0 or (tells_result(entry, result) and "Error" not in said):
        return []
    return judge(result.exit_code, said)


def judge(code: int, said: str) -> list[str]:
    """What is wrong with an exit code and what was said on the standard error."""
    problems = []
    if code not in (1, 2, 3):
        problems.append(f"ended with {code}")
    if "Traceback" in said:
        problems.append("a traceback")
    if "Error: " not in said:
        problems.append(f"no error: {said!r}")
    if len(said) > MOST_SAID or said.count("\n") > MOST_LINES:
        problems.append(f"{len(said)} characters in {said.count(chr(10))} lines")
    message = said.rpartition("Error: ")[2].strip()
    if "Usage: " not in said and not says_what_to_do(message):
        problems.append(f"no next step: {message!r}")
    if any(ord(one) < 32 and one not in "\n\t" for one in said):
        problems.append(f"control characters: {said!r}")
    return problems


def says_what_to_do(message: str) -> bool:
    """Whether a message has a second sentence, or a part after a colon or semicolon, that ends."""
    first, _, rest = message.partition(". ")
    return message.endswith((".", "?", "runfolio")) and bool(rest or ";" in first or ":" in first)
