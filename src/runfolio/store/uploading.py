"""Uploading what a run logs: its artifacts, and its journal in parts.

An upload is in an order that never shows a reader half of something: the journal's header first,
then the files of artifacts, then the records that name them. A part that was put once is never put
with another content, so that what a broken connection left open is settled by putting it again.
"""

from __future__ import annotations

import hashlib
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from runfolio.store.layout import RunFolder
from runfolio.store.parts import in_sequence, part_name
from runfolio.store.remote import RemoteStore, StoredObject, Upload

HEARTBEAT: Final = 600.0
"""Seconds after which a writer that has nothing to upload shows that it lives, by an empty part."""

_LARGEST_PART: Final = 64 << 20
_BEING_WRITTEN: Final = re.compile(r"\.[0-9a-f]{16}\.tmp")


class RunUpload:
    """What of one run's folder is uploaded already; `size` says how much of its journal may be."""

    def __init__(
        self,
        remote: RemoteStore,
        folder: RunFolder,
        journal: Path,
        *,
        size: Callable[[], int] | None = None,
    ) -> None:
        self._remote = remote
        self._folder = folder
        self._journal = journal
        self._size = size or (lambda: journal.stat().st_size)
        self._lock = threading.RLock()
        self._created = False
        self._parts = 0
        self._sent = 0
        self._until = 0
        self._last = time.monotonic()
        self._files: dict[str, tuple[int, int]] = {}

    @property
    def prefix(self) -> str:
        """The path of the run in the store."""
        return f"runs/{self._folder.run_id}"

    def resume(self) -> None:
        """Find out what an earlier process has uploaded of the same journal and artifacts."""
        listed = self._remote.list(self.prefix)
        names = {path.rpartition("/")[2]: one for path, one in listed.items()}
        for name in in_sequence(names, self._journal.name):
            self._parts += 1
            self._sent = self._until = self._sent + names[name].size
        for path, file in self._artifacts():
            known = listed.get(f"{self.prefix}/artifacts/{path}")
            if known is not None and _is_same(known, file):
                self._files[path] = _state(file)

    def upload(self, *, heartbeat: float = HEARTBEAT) -> None:
        """Upload what is new; raise `StoreWriteFailed` or `StoreUnreachable` when that fails."""
        with self._lock:
            size = self._size()
            if not self._created:
                self._remote.create()
                self._created = True
            if self._parts == 0 and size:
                self._put_part(self._until or _first_record(self._journal))
            if size > self._sent:
                self._put_artifacts()
            while size > self._sent:
                self._put_part(self._until if self._until > self._sent else size)
            if time.monotonic() - self._last > heartbeat:
                self._put_part(self._sent)

    def _put_part(self, until: int) -> None:
        """Put the next part; one that failed is tried again just as it was."""
        self._until = min(until, self._sent + _LARGEST_PART)
        with self._journal.open("rb") as file:
            file.seek(self._sent)
            content = file.read(self._until - self._sent)
        name = part_name(self._journal.name, self._parts + 1)
        self._remote.put(content, f"{self.prefix}/journal/{name}")
        self._parts += 1
        self._sent = self._until
        self._last = time.monotonic()
        with suppress(OSError):
            self._progress.write_text(str(self._sent))

    @property
    def _progress(self) -> Path:
        return self._journal.with_suffix(".sent")

    def was_complete(self) -> bool:
        """Whether an earlier process noted that it had uploaded the whole journal."""
        try:
            return int(self._progress.read_text()) >= self._size()
        except (OSError, ValueError):
            return False

    def _put_artifacts(self) -> None:
        states: dict[str, tuple[str, tuple[int, int]]] = {}
        uploads = []
        for path, file in self._artifacts():
            state = _state(file)
            if self._files.get(path) != state:
                place = f"{self.prefix}/artifacts/{path}"
                states[place] = path, state
                uploads.append(Upload(place, file))
        self._remote.put_all(uploads, done=lambda one: self._files.update([states[one.path]]))

    def _artifacts(self) -> Iterator[tuple[str, Path]]:
        """The files of the run's artifacts by path, without those that are being written."""
        root = self._folder.artifacts
        for file in sorted(root.rglob("*")):
            if file.is_file() and not file.is_symlink() and not _BEING_WRITTEN.fullmatch(file.name):
                yield file.relative_to(root).as_posix(), file


def _state(file: Path) -> tuple[int, int]:
    details = file.stat()
    return details.st_mtime_ns, details.st_size


def _is_same(known: StoredObject, file: Path) -> bool:
    """Whether an object surely has a file's content: an ETag often is the content's MD5."""
    if known.size != file.stat().st_size:
        return False
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False))
    return known.tag.strip('"') == digest.hexdigest()


def _first_record(journal: Path) -> int:
    """Where the first record of a journal, its header, ends."""
    with journal.open("rb") as file:
        length, _ = struct.unpack("<II", file.read(8).ljust(8, b"\0"))
        return int(min(8 + length, journal.stat().st_size))
