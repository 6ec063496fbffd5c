"""Where a value of a series is kept, and what can be kept so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from runfolio.errors import InvalidPath
from runfolio.tracking.artifacts import safe_name
from runfolio.tracking.run import Run

PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg")


class At(NamedTuple):
    """The run, name and step that a value is logged with."""

    run: Run
    key: str
    step: int

    def path(self, folder: str, suffix: str = "") -> str:
        """Where a file of this value lies in `folder` of the run's artifacts."""
        return f"{folder}/{safe_name(self.key)}/{self.step}{suffix}"

    def keep(self, content: bytes, *, kind: str, suffix: str) -> None:
        """Keep `content` as one of the series of the name."""
        self.run._keep_in_series(content, self.key, self.step, kind=kind, suffix=suffix)

    def keep_file(self, path: str | os.PathLike[str], folder: str) -> None:
        """Keep a copy of a file."""
        self.run.log_artifact(path, self.path(folder))

    def inner(self, name: object) -> At:
        """The same with another word behind the name."""
        return self._replace(key=f"{self.key}/{name}")


class Medium(Protocol):
    """A value that is kept as a file."""

    def keep(self, at: At) -> None: ...


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The content of a file; raises `InvalidPath` where there is none."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidPath(
            f"Couldn't read {str(path)!r} to log it: {error.strerror}. Check the path."
        ) from None


def is_of(value: Any, library: str) -> bool:
    """Whether a value's class, or one it is made from, belongs to a library."""
    return any(base.__module__.split(".")[0] == library for base in type(value).__mro__)
