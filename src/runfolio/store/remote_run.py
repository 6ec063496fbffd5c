"""A run that is logged to object storage: kept in a spool here, and uploaded beside the training.

Each call that logs is acknowledged by the spool's journal, so that a killed process loses nothing
on this machine: `upload_leftovers` brings it to the store. A machine that is lost takes with it
what was logged since the last upload, a few seconds.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidValue, RunfolioError, StoreUnreachable, StoreWriteFailed
from runfolio.store.journal import JournalWriter
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.liveness import SILENCE
from runfolio.store.mirror import Mirror
from runfolio.store.packs import PackIndex
from runfolio.store.remote import RemoteStore
from runfolio.store.remote_sealing import seal_remote
from runfolio.store.replay import list_journals
from runfolio.store.sealed import find_sealed
from runfolio.store.spool import Spool, create_spool, list_spools
from runfolio.store.uploading import RunUpload

INTERVAL_VARIABLE: Final = "RUNFOLIO_UPLOAD_INTERVAL"
INTERVAL: Final = 5.0
"""Seconds between uploads at first."""

_LONGEST_INTERVAL: Final = 60.0
_PARTS: Final = 1000
"""A run that lasts uploads less often, so that its journal doesn't fall into too many parts."""

Warn = Callable[[StoreWriteFailed], None]


def upload_interval() -> float:
    """Seconds between uploads: ``$RUNFOLIO_UPLOAD_INTERVAL``, by default 5."""
    said = os.environ.get(INTERVAL_VARIABLE)
    try:
        seconds = float(said) if said else INTERVAL
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise InvalidValue(f"{INTERVAL_VARIABLE} is a number of seconds above 0, not {said!r}.")
    return seconds


class RemoteRun:
    """Uploads one run at intervals, and at its end puts it into the store."""

    def __init__(self, url: str) -> None:
        self.remote = RemoteStore(url)
        self._interval = upload_interval()
        self._spool: Spool | None = None
        self._upload: RunUpload | None = None
        self._journal: Path | None = None
        self._stopping = threading.Event()

    def open_spool(self) -> Path:
        """Make the store folder on this machine that the run is logged to."""
        self._spool = create_spool(self.remote.url)
        return self._spool.root

    def start(
        self, folder: RunFolder, journal: JournalWriter, *, tolerant: bool, warn: Warn
    ) -> None:
        """Show the run in the store, and upload from now on; later failures are told to `warn`.

        Raises where the store can't be written; where it is `tolerant`, that is told to `warn` too.
        """
        self._journal = journal.path
        self._upload = RunUpload(self.remote, folder, journal.path, size=journal.whole_size)
        failing = False
        try:
            self._upload.upload()
        except (StoreWriteFailed, StoreUnreachable) as error:
            if not tolerant:
                raise
            failing = True
            warn(StoreWriteFailed(str(error)))
        arguments = (self._upload, warn, failing)
        threading.Thread(
            target=self._keep, args=arguments, name="runfolio-upload", daemon=True
        ).start()

    def _keep(self, upload: RunUpload, warn: Warn, failing: bool) -> None:
        began = time.monotonic()
        while not self._stopping.wait(self._pause(time.monotonic() - began)):
            try:
                upload.upload()
                failing = False
            except (RunfolioError, OSError) as error:
                if not failing and not self._stopping.is_set():
                    with suppress(Warning):  # made an error by a filter, it would end the thread
                        warn(StoreWriteFailed(str(error)))
                failing = True

    def _pause(self, age: float) -> float:
        return max(self._interval, min(age / _PARTS, _LONGEST_INTERVAL))

    def finish(self, run_id: str, ending: dict[str, Any] | None, *, resumed: bool) -> None:
        """Upload the rest and seal the run, if no other rank logs to it; then empty the spool.

        Raises `StoreWriteFailed` where that can't be done; the spool is kept then.
        """
        self._stopping.set()
        assert self._spool is not None
        assert self._upload is not None
        self._spool.take_up()
        try:
            self._upload.upload()
            seal_remote(self.remote, run_id, ending, journal=self._journal, packed=resumed)
        except (StoreWriteFailed, StoreUnreachable) as error:
            self._spool.leave()
            raise StoreWriteFailed(
                f"{error} The run {run_id!r} is kept in {str(self._spool.root)!r}; "
                f"`runfolio recover --store {self.remote.url}` uploads it."
            ) from error
        except BaseException:
            self._spool.leave()
            raise
        self._spool.remove()

    def discard(self, run_id: str, *, resumed: bool) -> None:
        """Leave nothing of a run that could not start, or only decorates a function."""
        self._stopping.set()
        if self._upload is not None and self._journal is not None:
            with suppress(StoreWriteFailed, StoreUnreachable):
                listed = self.remote.list(f"runs/{run_id}")
                own = f"/journal/{self._journal.name}."
                self.remote.delete([path for path in listed if not resumed or own in path])
        if self._spool is not None:
            self._spool.remove()


@dataclass(frozen=True, slots=True)
class Leftover:
    """A run that was left in the spool.

    It is `sealed`, or another writer of it is live. Where it was sealed `too_soon`, by somebody who
    did not have all of it, what is in `folder` stays there.
    """

    run_id: str
    folder: Path
    sealed: bool
    too_soon: bool = False


def upload_leftovers(
    url: str, run_id: str = "", *, seal: bool = True, silence: float = SILENCE
) -> tuple[Leftover, ...]:
    """Upload what processes of this machine left in the spool when they were killed or cut off.

    `run_id` narrows it to runs whose id begins so. The runs are sealed as well, unless `seal` is
    False. Raises `StoreUnreachable` or `StoreWriteFailed` where the store can't be reached.
    """
    remote = RemoteStore(url)
    found: list[Leftover] = []
    for spool in list_spools(remote.url):
        runs = [folder for folder in spool.runs if folder.run_id.startswith(run_id)]
        if (run_id and not runs) or not spool.is_left(silence=silence):
            continue
        left = [_upload_left(remote, folder, seal=seal, silence=silence) for folder in runs]
        if not any(one.too_soon for one in left):
            spool.remove()
        found += left
    return tuple(found)


def _upload_left(remote: RemoteStore, folder: RunFolder, *, seal: bool, silence: float) -> Leftover:
    merged = _merged_journals(remote, folder.run_id)
    for journal in list_journals(folder):
        upload = RunUpload(remote, folder, journal)
        if journal.name not in merged:
            upload.resume()
            upload.upload()
        elif not upload.was_complete():
            return Leftover(folder.run_id, folder.path, sealed=True, too_soon=True)
    sealed = seal and seal_remote(remote, folder.run_id, silence=silence)
    return Leftover(folder.run_id, folder.path, sealed=sealed)


def _merged_journals(remote: RemoteStore, run_id: str) -> Collection[str]:
    """The journals that are part of a run's tables in the store."""
    with tempfile.TemporaryDirectory(prefix="runfolio-recover-") as folder:
        work = Mirror(remote, Path(folder))
        work.bring_run(run_id)
        form = find_sealed(run_folder(work.root, run_id), PackIndex(work.root))
        return form.journals if form is not None else frozenset()
