"""What is captured of a program that doesn't do it itself: git, its command and its environment.

It is read when the program starts, beside it, since code may be changed while it runs.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runfolio.tracking.capture.source import Source
from runfolio.tracking.capture.variables import read_variables
from runfolio.tracking.context import Gathered, choose_captures, gather

_ENVIRONMENT: Final = (
    "import json; from runfolio.tracking.capture.environment import read_environment as read; "
    "print(json.dumps(read()))"
)
_TIMEOUT: Final = 20.0


class Witness:
    """Reads what surrounds a program, in a thread; `tell` gives it."""

    def __init__(self, folder: Path, file: Path, command: Sequence[str], python: Path) -> None:
        script = _find_script(folder, command)
        self._python = python
        self._folder = folder
        self._path = script or file
        name = (script or file).stem if script else folder.name
        self._source = Source(name, self._path, "script", tuple(command))
        self._captures = choose_captures(None)
        self._gathered = Gathered({}, ())
        self._thread = threading.Thread(target=self._look, name="runfolio-witness", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        try:
            self._gathered = gather(self._captures - {"environment"}, self._source)
        except OSError:
            return

    def tell(self) -> Gathered:
        """What was read; that of the program's environment is read now."""
        self._thread.join(_TIMEOUT)
        facts = dict(self._gathered.facts)
        facts.pop("folder", None)  # that of this process
        if "source_path" in facts and self._path.is_relative_to(self._folder):
            depth = len(self._path.relative_to(self._folder).parts)
            facts["folder"] = PurePosixPath(facts["source_path"]).parents[depth - 1].as_posix()
        if "environment" in self._captures:
            facts |= self._ask_environment() | {"variables": read_variables(root=self._folder)}
        return Gathered(facts, self._gathered.files)

    def _ask_environment(self) -> dict[str, Any]:
        """Versions and packages, as the program's Python tells them; nothing where it can't."""
        try:
            done = subprocess.run(
                [str(self._python), "-c", _ENVIRONMENT],
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
            return {"environment": json.loads(done.stdout)}
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return {}


def _find_script(folder: Path, command: Sequence[str]) -> Path | None:
    """The script that a command such as ``python train.py`` runs."""
    for word in command[1:]:
        if word.startswith("-"):
            return None
        if word.endswith((".py", ".sh")):
            return folder / word if (folder / word).is_file() else None
    return None
