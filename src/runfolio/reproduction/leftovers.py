"""What a repetition has left that was killed: its copy of the code, known by who was making it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from runfolio.reproduction.repository import Repository
from runfolio.store.liveness import describe_writer, is_gone

PREFIX: Final = "runfolio-again-"
_OWNER: Final = "owner.json"


def write_owner(base: Path, root: Path, repository: Repository | None) -> None:
    """Note in a folder for a copy at `root` whose it is, and which repository knows of it."""
    known = str(repository.root) if repository is not None else None
    told = {"writer": describe_writer(), "root": str(root), "repository": known}
    (base / _OWNER).write_text(json.dumps(told))


def remove_leftovers() -> None:
    """Remove the folders of this user's repetitions that ended without doing so themselves."""
    for base, told in _list_owned():
        if is_gone(told["writer"]):
            _remove(base, told)


def _list_owned() -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folders with their notes; a temporary folder may have others of that name too."""
    for base in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with suppress(OSError, ValueError):
            if not _is_own(base):
                continue
            told = json.loads((base / _OWNER).read_text())
            if isinstance(told, dict) and isinstance(told.get("writer"), dict):
                yield base.resolve(), told


def _is_own(base: Path) -> bool:
    if base.is_symlink() or not base.is_dir():
        return False
    return os.name != "posix" or base.stat().st_uid == os.getuid()


def _remove(base: Path, told: dict[str, Any]) -> None:
    root, repository = told.get("root"), told.get("repository")
    if isinstance(root, str) and isinstance(repository, str) and Path(root).is_relative_to(base):
        with suppress(OSError):  # the repository has gone, too
            Repository(Path(repository)).remove_tree(Path(root))
    shutil.rmtree(base, ignore_errors=True)
