"""What a reader broke on: one file for each way in which it broke, and a line how to repeat it."""

from __future__ import annotations

import hashlib
import sys
import traceback
from pathlib import Path
from typing import Final

from tests.fuzz.target import Target

FOLDER: Final = Path(__file__).with_name("crashes")
_OURS: Final = "runfolio"


class Findings:
    """Tries inputs on a target and keeps the first that breaks it in each way."""

    def __init__(self, target: Target, folder: Path = FOLDER) -> None:
        self._target = target
        self._folder = folder
        self.files: dict[str, Path] = {}

    def try_input(self, data: bytes) -> None:
        """Give the reader an input; one that breaks it as none before is written to a file."""
        try:
            self._target.check(data)
        except Exception as error:  # noqa: BLE001  # whatever a reader raises is sought
            place = _place(error)
            if place not in self.files:
                self.files[place] = self._keep(data)
                print(f"{place}: {_say(error)}\n  {how_to_repeat(self.files[place])}", flush=True)

    def _keep(self, data: bytes) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
        (self._folder / name).write_bytes(data)
        return self._folder / name


def how_to_repeat(file: Path) -> str:
    """The line that gives an input to its reader again."""
    return f'make fuzz ARGS="--replay {file}"'


def _place(error: BaseException) -> str:
    """The kind of an error and the innermost line of ours that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if _OURS in Path(one.filename).parts] or frames
    return f"{type(error).__name__} in {Path(ours[-1].filename).name}:{ours[-1].lineno}"


def _say(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or "no more is said"


def note(text: str) -> None:
    """Say something that is no result."""
    print(text, file=sys.stderr, flush=True)
