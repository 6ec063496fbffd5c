"""Keeps what a run has logged safe from a power cut, and shows that its writer lives.

A killed process loses nothing that was acknowledged, since the kernel has it. A machine that loses
power does, up to the last sync: so a thread syncs the journal, the files of artifacts and their
folders every so many seconds.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runfolio.errors import StoreWriteFailed
from runfolio.store.files import reported_writes, sync_folder
from runfolio.store.journal import JournalWriter
from runfolio.store.liveness import HEARTBEAT


class Keeper:
    """Syncs a journal every `interval` seconds, with None or 0 only at the end.

    A sync that fails is handed to `report`.
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
        self._files: list[Path] = []
        self._folders_synced = False
        self._stopping = threading.Event()
        self._syncing = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="runfolio-sync", daemon=True)

    def start(self) -> None:
        """Begin; the process may end without stopping it."""
        self._thread.start()

    def add(self, file: Path) -> None:
        """Sync a file of the run too, the next time."""
        self._files.append(file)

    def stop(self) -> None:
        """Sync everything once more and end the thread."""
        self._stopping.set()
        self._sync()

    def _keep(self) -> None:
        touched = time.monotonic()
        pause = min(self._interval or HEARTBEAT, HEARTBEAT)
        while not self._stopping.wait(pause):
            if self._interval:
                try:
                    self._sync()
                except StoreWriteFailed as failure:
                    self._report(failure)
            if time.monotonic() - touched >= HEARTBEAT:
                touched = time.monotonic()
                self._journal.touch()

    def _sync(self) -> None:
        with self._syncing:
            files, self._files = self._files, []
            for file in files:
                with suppress(FileNotFoundError):
                    _sync_file(file)
            self._journal.sync()
            if not self._folders_synced:
                self._sync_folders()
                self._folders_synced = True

    def _sync_folders(self) -> None:
        """Sync the names of the journal, of the run's folder and of those above it."""
        for folder in self._journal.path.parents[:3]:
            with reported_writes(folder), suppress(FileNotFoundError):
                sync_folder(folder)


def _sync_file(path: Path) -> None:
    with reported_writes(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
