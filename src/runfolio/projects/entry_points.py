"""Entry points of a project: commands with places for parameters."""

from __future__ import annotations

import os
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runfolio.errors import ProjectInvalid
from runfolio.projects.parameters import Bound, Parameter, quote

MAIN: Final = "main"

_INTERPRETERS: Final = {".py": "python", ".sh": "bash"}


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A command with places such as ``{alpha}``, and the parameters it declares."""

    name: str
    command: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def fill(self, bound: Bound) -> str:
        """The command for a shell; what is not declared follows as ``--name value``.

        The same as MLflow makes of the same file: ``str.format`` with quoted values.
        """
        quoted = {name: quote(text) for name, text in bound.texts.items()}
        try:
            command = self.command.format(**quoted)
        except (KeyError, IndexError, ValueError, AttributeError):
            raise self._unfillable() from None
        return " ".join(
            [command, *(f"--{quote(name)} {quote(text)}" for name, text in bound.extra.items())]
        )

    def _unfillable(self) -> ProjectInvalid:
        try:
            places = {name for _, name, _, _ in string.Formatter().parse(self.command) if name}
        except ValueError as error:
            return ProjectInvalid(
                f"The command of the entry point {self.name!r} can't be read: {error}. "
                "Write {{ and }} for braces that are no parameter."
            )
        unknown = sorted(places - self.parameters.keys())
        return ProjectInvalid(
            f"The command of the entry point {self.name!r} names "
            f"{', '.join(map(repr, unknown)) or 'something'}, which is none of its parameters "
            f"({', '.join(self.parameters) or 'none'}). Declare it, or write {{{{ for a brace."
        )


def make_script_entry(name: str, folder: Path) -> EntryPoint | None:
    """The entry point that a Python or shell script of the project is by itself."""
    suffix = Path(name).suffix
    if suffix not in _INTERPRETERS or not (folder / name).is_file():
        return None
    interpreter = _INTERPRETERS[suffix]
    if suffix == ".sh":
        interpreter = os.environ.get("SHELL", interpreter)
    return EntryPoint(name, f"{interpreter} {_escape(quote(name))}")


def _escape(text: str) -> str:
    """A text that `str.format` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")
