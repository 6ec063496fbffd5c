"""Keeps what a run has logged safe from a power cut, and shows that its writer lives.

A killed process loses nothing that was acknowledged, since the kernel has it. A machine that loses
power does, up to the last sync: so a thread syncs the journal, the files of artifacts and their
folders every so many seconds.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from runfolio.errors import StoreWriteFailed
from runfolio.store.files import reported_writes, sync_file, sync_folder
from runfolio.store.journal import JournalWriter
from runfolio.store.liveness import HEARTBEAT


class Keeper:
    """Syncs a run every `interval` seconds, with None only at the end.

    With 0 the journal syncs itself, and this the files and folders as soon as they are there.
    A sync that fails is handed to `report`, and the next that fails after one that succeeded.
    """

    def __init__(
        self,
        journal: JournalWriter,
        *,
        interval: float | None,
        report: Callable[[StoreWriteFailed], None],
    ) -> None:
        self._journal = journal
        self._interval = interval
        self._report = report
        self._files: deque[Path] = deque()
        self._folders_synced = False
        self._stopping = threading.Event()
        self._syncing = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="runfolio-sync", daemon=True)

    def start(self) -> None:
        """Begin; the process may end without stopping it."""
        if self._interval == 0:
            self._try_to_sync(failing=False)
        self._thread.start()

    def add(self, file: Path) -> None:
        """Sync a file of the run and the folders it lies in too, now or the next time."""
        self._files.append(file)
        if self._interval == 0:
            self._sync()

    def stop(self) -> None:
        """Sync everything once more and end the thread."""
        self._stopping.set()
        self._sync()

    def _keep(self) -> None:
        touched = time.monotonic()
        pause = min(self._interval or HEARTBEAT, HEARTBEAT)
        failing = False
        while not self._stopping.wait(pause):
            if self._interval:
                failing = self._try_to_sync(failing=failing)
            if time.monotonic() - touched >= HEARTBEAT:
                touched = time.monotonic()
                self._journal.touch()

    def _try_to_sync(self, *, failing: bool) -> bool:
        """Sync, and return whether that failed; what fails again and again is told once."""
        try:
            self._sync()
        except StoreWriteFailed as failure:
            if not failing:
                self._report(failure)
            return True
        return False

    def _sync(self) -> None:
        """Sync all there is, also after a failure, and then raise the first."""
        failures: list[StoreWriteFailed] = []
        with self._syncing:
            for sync in (self._sync_files, self._journal.sync, self._sync_own_folders):
                try:
                    sync()
                except StoreWriteFailed as failure:
                    failures.append(failure)
        if failures:
            raise failures[0]

    def _sync_files(self) -> None:
        """Sync new files, and the names of those and of the folders down to them."""
        failures: list[StoreWriteFailed] = []
        folders: dict[Path, None] = {}
        above = self._journal.path.parents[2]
        while self._files:
            file = self._files.popleft()
            folders |= dict.fromkeys(takewhile(lambda one: one != above, file.parents))
            try:
                _sync_file(file)
            except StoreWriteFailed as failure:
                failures.append(failure)
        _sync_folders(folders)
        if failures:
            raise failures[0]

    def _sync_own_folders(self) -> None:
        """Sync the names of the journal, of the run's folder and of those above it, once."""
        if not self._folders_synced:
            _sync_folders(self._journal.path.parents[:3])
            self._folders_synced = True


def _sync_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        with reported_writes(folder), suppress(FileNotFoundError):
            sync_folder(folder)


def _sync_file(path: Path) -> None:
    with reported_writes(path), suppress(FileNotFoundError):
        sync_file(path)
