"""A model of a disk under a power cut: only what was synced is sure to be there afterwards.

A file has the content of its last sync, a folder the names of its last sync. Of all that came
later any part may be there too: a power cut can keep a rename and lose the file's content, or keep
a removal and lose what was written before it.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Tree = dict[str, "Tree | bytes"]

CALLS = ("write", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir", "link")


@dataclass
class _State:
    """Contents of files and names in folders, by the numbers of their inodes."""

    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=dict)


class Disk:
    """Watches what is synced in `root`; what is there at the beginning counts as synced."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known_folders: set[int] = set()
        self._open: dict[int, int] = {}
        self._synced = self._look()
        self._top = root.stat().st_ino
        self.fsynced: list[str] = []

    def close(self) -> None:
        """Let go of the inodes, which are held so that no number is used twice."""
        for descriptor in self._open.values():
            os.close(descriptor)

    @contextmanager
    def watching(self, before: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Note each sync, and call `before` every call that changes something."""
        with pytest.MonkeyPatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._wrap(name, getattr(os, name), before))
            yield

    def _wrap(
        self, name: str, call: Callable[..., Any], before: Callable[[], None]
    ) -> Callable[..., Any]:
        def watched(*args: Any, **options: Any) -> Any:
            before()
            if name == "fsync":
                self._note(args[0])
                return None  # the real one would only take time
            return call(*args, **options)

        return watched

    def _note(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}")
        self.fsynced.append(path.readlink().name)
        details = os.fstat(descriptor)
        if stat.S_ISDIR(details.st_mode):
            self._synced.folders[details.st_ino] = self._names(path.readlink())
            self._known_folders.add(details.st_ino)
        else:
            self._hold(path.readlink())
            self._synced.files[details.st_ino] = path.read_bytes()

    def _names(self, folder: Path) -> dict[str, int]:
        names = {}
        for path in folder.iterdir():
            details = path.lstat()
            self._hold(path)
            names[path.name] = details.st_ino
            if stat.S_ISDIR(details.st_mode):
                self._known_folders.add(details.st_ino)
        return names

    def _hold(self, path: Path) -> None:
        number = path.lstat().st_ino
        if number not in self._open:
            self._open[number] = os.open(path, os.O_RDONLY)

    def _look(self) -> _State:
        state = _State()
        for path in (self._root, *self._root.rglob("*")):
            if path.is_dir():
                state.folders[path.stat().st_ino] = self._names(path)
                self._known_folders.add(path.stat().st_ino)
            else:
                state.files[path.stat().st_ino] = path.read_bytes()
        return state

    def surely(self) -> Tree:
        """What is there when everything that wasn't synced is lost."""
        return self._tree(self._synced)

    def perhaps(self, chance: random.Random) -> Tree:
        """What may be there when some of what wasn't synced is lost, each part by itself."""
        now, state = self._look(), _State()
        for number in self._known_folders:
            old = self._synced.folders.get(number, {})
            new = now.folders.get(number, old)
            names = {
                name: chance.choice((old.get(name), new.get(name)))
                for name in sorted(old.keys() | new.keys())
            }
            state.folders[number] = {name: one for name, one in names.items() if one is not None}
        for number in self._synced.files.keys() | now.files.keys():
            new_content = now.files.get(number, self._synced.files.get(number, b""))
            torn = new_content[: chance.randrange(len(new_content) + 1)]
            old_content = self._synced.files.get(number, torn)
            state.files[number] = chance.choice((old_content, new_content))
        return self._tree(state)

    def _tree(self, state: _State, folder: int | None = None) -> Tree:
        names = state.folders.get(self._top if folder is None else folder, {})
        return {
            name: self._tree(state, number)
            if number in self._known_folders
            else state.files.get(number, b"")
            for name, number in names.items()
        }


def write_tree(tree: Tree, folder: Path) -> None:
    """Write what was left by a power cut."""
    folder.mkdir()
    for name, content in tree.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            write_tree(content, folder / name)
