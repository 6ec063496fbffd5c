"""A program: sealing, killed before and after each call that it makes to the system.

``sealing_kills FOLDER SCENARIO``: works in FOLDER on the stores of `stores.UNSEALED`. Prints what
was found after each kill, and at last whether any call was overlooked.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from runfolio.store import read_store
from runfolio.store.layout import list_run_folders
from runfolio.store.sealing import seal_run

from .forking import fork, kill, wait_for
from .programs import content_of
from .stores import UNSEALED

CALLS = ("open", "write", "fsync", "close", "rename", "replace", "mkdir", "unlink", "rmdir")
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Calls:
    """Counts the calls to the system and kills this process before or after one of them.

    Before a write means here in the middle of it: before it is after the call before it.
    """

    def __init__(self, number: int, when: str) -> None:
        self.count = 0
        self.inside = False
        self.overlooked: list[str] = []
        self._number = number
        self._when = when

    def watch(self) -> None:
        """From now on each call is counted."""
        for name in CALLS:
            setattr(os, name, self._wrap(name, getattr(os, name)))
        sys.addaudithook(self._hear)

    def _wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self.count += 1
            dies = self.count == self._number
            if dies and self._when == "before":
                if name != "write":
                    kill(os.getpid())
                args = (args[0], bytes(args[1])[: len(args[1]) // 2])
            self.inside = True
            try:
                return call(*args, **options)
            finally:
                self.inside = False
                if dies:
                    kill(os.getpid())

        return counted

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        changes = event in CHANGES or (
            event == "open" and isinstance(args[2], int) and bool(args[2] & WRITING)
        )
        if changes and not self.inside:
            self.overlooked.append(f"{event} {args}")


def seal_and_die(store: Path, number: int, when: str) -> None:
    """Seal the store's only run; where that is not the end, print what was overlooked."""
    (folder,) = list_run_folders(store)
    calls = Calls(number, when)
    calls.watch()
    seal_run(folder)
    if calls.overlooked:
        raise RuntimeError(calls.overlooked[0])


def main(work: Path, scenario: str) -> None:
    """Kill at the first call, the second and so on, until a sealing comes to its end."""
    whole, store = work / "whole", work / "store"
    os.fsync = lambda fd: None  # a kill is no power cut
    UNSEALED[scenario](whole)
    expected = content_of(read_store(whole))
    code, number = -9, 0
    while code:
        number += 1
        for when in ("before", "after"):
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(whole, store)
            code = wait_for(fork(partial(seal_and_die, store, number, when)))
            found = read_store(store)
            (folder,) = list_run_folders(store)
            forms = (folder.journals.exists(), folder.is_sealed)
            again = seal_run(folder)
            after = read_store(store)
            print(
                json.dumps(
                    {
                        "number": number,
                        "when": when,
                        "code": code,
                        "forms": forms,
                        "same": content_of(found) == expected and not found.damage,
                        "again": again and content_of(after) == expected and not after.damage,
                        "journals": folder.journals.exists(),
                    }
                )
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
