"""A recorded command line as it fits another copy of the code."""

from __future__ import annotations

import posixpath
import shlex
from pathlib import PurePosixPath
from typing import Final

from runfolio.tracking.capture.credentials import REDACTED

PYTHON: Final = "python"

_WITH_VALUE: Final = ("-W", "-X", "--check-hash-based-pycs")
_INSTEAD_OF_SCRIPT: Final = ("-c", "-m")
_PROGRAMS: Final = ("bin", "Scripts")
_ESCAPES: Final = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\t": r"\t"}


def find_script(command: tuple[str, ...]) -> int | None:
    """The place of the script among the words of a command of Python; None where it has none."""
    if not command or command[0] != PYTHON:
        return None
    place = 1
    while place < len(command) and command[place].startswith("-") and command[place] != "-":
        if command[place].startswith(_INSTEAD_OF_SCRIPT):
            return None
        place += 2 if command[place] in _WITH_VALUE else 1
    return place if place < len(command) else None


def runs_code(command: tuple[str, ...]) -> bool:
    """Whether a command runs a program: a script, a module or code, and no prompt."""
    if not command or command[0] != PYTHON:
        return bool(command)
    place = find_script(command)
    if place is not None:
        return command[place] != "-"
    return any(word.startswith(_INSTEAD_OF_SCRIPT) for word in command[1:])


def fit_command(
    command: tuple[str, ...], *, script: str | None, folder: str | None
) -> tuple[str, ...]:
    """The command with its script named as it lies from `folder`, both relative to the code's top.

    Without a folder it is started at the top. The script of a command that names it from elsewhere,
    such as by its absolute path, would be that of the work tree it was recorded in.
    """
    place = find_script(command)
    if place is None or script is None:
        return command
    word = PurePosixPath(command[place].replace("\\", "/"))
    elsewhere = word.is_absolute() or ":" in word.parts[0] or folder is None
    if not elsewhere or is_installed(command[place]):
        return command
    path = PurePosixPath(script)
    if path.name == "__main__.py" and word.name != path.name:
        path = path.parent
    if word.name != path.name:
        return command
    fitted = posixpath.relpath(path.as_posix(), folder or ".")
    return (*command[:place], fitted, *command[place + 1 :])


def add_seed(command: tuple[str, ...], seed: int | None) -> tuple[str, ...]:
    """The command of a sweep with the seed that was drawn for it, unless it names one."""
    place = find_script(command)
    if seed is None or place is None or PurePosixPath(command[place]).name != "runfolio":
        return command
    words = command[place + 1 :]
    named = any(word.startswith("--seed") for word in words)
    return command if named or words[:1] != ("sweep",) else (*command, "--seed", str(seed))


def is_installed(word: str) -> bool:
    """Whether a script is one that a package has installed beside Python."""
    path = PurePosixPath(word.replace("\\", "/"))
    return path.is_absolute() and path.parent.name in _PROGRAMS and not path.suffix


def quote(word: str) -> str:
    """A word for a shell. What a terminal would act on or not show is written by its number.

    So nothing happens when the line is pasted but what can be read in it.
    """
    if word.isprintable():
        return shlex.quote(word)
    shown = (_ESCAPES.get(one) or (one if one.isprintable() else _number(one)) for one in word)
    return f"$'{''.join(shown)}'"


def _number(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x80 else f"\\U{code:08x}"


def find_secrets(command: tuple[str, ...]) -> list[str]:
    """What tells of the words that were not kept, such as the option before one."""
    found = []
    for place, word in enumerate(command):
        if word == REDACTED:
            found.append(command[place - 1] if place else word)
        elif REDACTED in word:
            found.append(word.partition("=")[0])
    return found


def absolute_words(command: tuple[str, ...]) -> list[str]:
    """The absolute paths that a command names, after its script."""
    place = find_script(command)
    values = (word.rpartition("=")[2] for word in command[1 if place is None else place + 1 :])
    return [one for one in values if PurePosixPath(one).is_absolute() and len(one) > 1]
