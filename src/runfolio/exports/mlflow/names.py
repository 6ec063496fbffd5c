"""Names as MLflow's file store takes them: each is a path, a folder for every slash."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable
from typing import Final

MAX_LENGTH: Final = 250
MAX_PART_BYTES: Final = 240

_ALLOWED: Final = re.compile(r"[/\w.\- :]+")
_REFUSED: Final = re.compile(r"[^/\w.\- :]")
_SIGNS: Final = re.compile(r"[/\\:%]")
"""What no name of a registered model has."""


class Names:
    """Gives every name of a folder a path of its own; `renamed` holds those that had to change.

    `allows` says whether MLflow takes a name as it is.
    """

    def __init__(self, allows: Callable[[str], bool] | None = None) -> None:
        self.renamed: dict[str, str] = {}
        self._allows = allows or is_allowed
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, name: str) -> str:
        """The path for `name`: itself wherever MLflow takes it."""
        path = name if self._allows(name) else _allowed(name)
        if not self._allows(path):
            path = _SIGNS.sub("_", path)
        if not self._is_free(path):
            path = f"{_cut(path.replace('/', '_'))}-{_digest(name)}"
        self._files.add(path)
        self._folders.update(_parents(path))
        if path != name:
            self.renamed[name] = path
        return path

    def _is_free(self, path: str) -> bool:
        """Whether no file or folder is there, and no file where its folder would be."""
        return path not in self._files | self._folders and not self._files & _parents(path)


def is_allowed(name: str) -> bool:
    """Whether MLflow, and a file system, take a name as it is."""
    return (
        _ALLOWED.fullmatch(name) is not None
        and name == posixpath.normpath(name)
        and not name.startswith(("/", ".."))
        and name != "."
        and len(name) <= MAX_LENGTH
        and all(len(part.encode()) <= MAX_PART_BYTES for part in name.split("/"))
    )


def is_model_name(name: str) -> bool:
    """Whether MLflow's file store, and a file system, take the name of a registered model."""
    return (
        _SIGNS.search(name) is None
        and name.isprintable()
        and name == posixpath.normpath(name)
        and not name.startswith("..")
        and name not in (".", "")
        and len(name.encode(errors="replace")) <= MAX_PART_BYTES
    )


def _allowed(name: str) -> str:
    """A name that is allowed and tells what the other was."""
    parts = [_short(part) for part in _REFUSED.sub("_", name).split("/")]
    path = "/".join(part for part in parts if part not in ("", ".", ".."))
    path = path if len(path) <= MAX_LENGTH else f"{path[: MAX_LENGTH - 7]}-{_digest(name)}"
    return path if path and is_allowed(path) else f"name-{_digest(name)}"


def _short(part: str) -> str:
    if len(part.encode()) <= MAX_PART_BYTES:
        return part
    return f"{_cut(part)}-{_digest(part)}"


def _cut(part: str) -> str:
    """The begin of a name that leaves room for a digest."""
    return part.encode()[: MAX_PART_BYTES - 7].decode(errors="ignore")


def _parents(path: str) -> set[str]:
    parts = path.split("/")[:-1]
    return {"/".join(parts[: count + 1]) for count in range(len(parts))}


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:6]
