"""The journal of a live run: one framed record a call, written before the call returns.

A frame is ``length u32 · crc32 u32 · payload``, little-endian, where the CRC-32 (zlib's) covers the
payload and the payload's first byte is the record's kind. The first record is the header. Metric
points are binary; everything else is JSON. Points name their metrics by a group: a number and a
list of names that are written once, when they are first used.

One process owns one journal. The file is opened for appending and unbuffered, so a record that was
acknowledged is in the kernel's hands: the process may be killed at any instant without losing it.
"""

from __future__ import annotations

import itertools
import json
import os
import struct
import threading
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidValue, RunFinished, RunfolioError, StoreDamaged, StoreWriteFailed
from runfolio.schema import MAX_NAME_LENGTH
from runfolio.store.files import reported_writes, write_failure
from runfolio.store.parts import read_parts

HEADER: Final = 1
GROUP: Final = 2
POINTS: Final = 3
PARAMS: Final = 4
TAGS: Final = 5
NOTE: Final = 6
ARTIFACT: Final = 7
INPUT: Final = 8
CONTEXT: Final = 9
END: Final = 10

SUFFIX: Final = ".journal"

_FRAME = struct.Struct("<II")
_POINTS_HEAD = struct.Struct("<BIqq")
MAX_RECORD: Final = 1 << 30
MAX_NAME: Final = 4 * MAX_NAME_LENGTH
"""Characters of a metric's name at most; more than anybody can log, so that no store is refused."""


def encode_document(kind: int, document: object) -> bytes:
    """The payload of a JSON record; what is no valid Unicode in it becomes question marks."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    payload = bytes([kind]) + text.encode(errors="replace")
    if len(payload) > MAX_RECORD:
        raise InvalidValue(
            f"A value of {len(payload):,} bytes is more than one record holds, {MAX_RECORD:,}. "
            "Keep it as an artifact."
        )
    return payload


class JournalWriter:
    """Appends records to one journal file; safe to share between threads."""

    def __init__(self, path: Path, header: dict[str, Any], *, sync_each: bool = False) -> None:
        """Begin a journal; with `sync_each` every record is on the disk before the call returns."""
        self.path = path
        self._sync_each = sync_each
        self._synced = 0
        self._lock = threading.RLock()
        self._groups: dict[tuple[str, ...], tuple[struct.Struct, int]] = {}
        self._numbers = itertools.count()
        self._failure: StoreWriteFailed | None = None
        flags = os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)
        with reported_writes(path):
            self._descriptor = os.open(path, flags, 0o644)
        try:
            self.append(HEADER, header)
        except BaseException:
            self.close()
            raise

    def append(self, kind: int, document: object) -> None:
        """Append one JSON record."""
        payload = encode_document(kind, document)
        with self._lock:
            self._write(_FRAME.pack(len(payload), zlib.crc32(payload)) + payload)

    def append_points(
        self, names: tuple[str, ...], step: int, time: int, values: Sequence[float]
    ) -> None:
        """Append one value for each of `names` at one step and time (microseconds since 1970).

        Raises `struct.error`, `TypeError` or `OverflowError`, before anything is written, when a
        value is no real number or the step does not fit 64 bits.
        """
        with self._lock:
            known = self._groups.get(names)
            if known is None:
                known = self._add_group(names, step, time, values)
            layout, group = known
            payload = layout.pack(POINTS, group, step, time, *values)
            self._write(_FRAME.pack(len(payload), zlib.crc32(payload)) + payload)

    def _add_group(
        self, names: tuple[str, ...], step: int, time: int, values: Sequence[float]
    ) -> tuple[struct.Struct, int]:
        # A number is never used twice, even when Ctrl-C arrives before the group is remembered.
        known = struct.Struct(f"{_POINTS_HEAD.format}{len(names)}d"), next(self._numbers)
        known[0].pack(POINTS, known[1], step, time, *values)
        self.append(GROUP, [known[1], names])
        self._groups[names] = known
        return known

    def _write(self, frame: bytes) -> None:
        written = 0
        try:
            written = os.write(self._descriptor, frame)
            while written < len(frame):
                written += os.write(self._descriptor, frame[written:])
            if self._sync_each:
                os.fsync(self._descriptor)
        except OSError as error:
            raise self._fail(written, error) from error
        except BaseException:
            self._cut_back(written)
            raise

    def _fail(self, written: int, error: OSError) -> RunfolioError:
        if self._failure is not None:
            return self._failure
        if self._descriptor < 0:
            return RunFinished(f"The journal {str(self.path)!r} is closed: its run has ended.")
        failure = write_failure(self.path, error)
        if not self._cut_back(written):
            self._failure = failure
            self.close()
        return failure

    def _cut_back(self, written: int) -> bool:
        """Remove a half-written record, which would hide all that follow it."""
        try:
            if written:
                os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - written)
        except OSError:
            return False
        return True

    def check_open(self) -> None:
        """Do nothing: this journal is open for as long as the run is."""

    def sync(self) -> None:
        """Wait until every record so far is on the disk; others may log meanwhile."""
        with self._lock:
            if self._descriptor < 0:
                return
            with reported_writes(self.path):
                descriptor = os.dup(self._descriptor)
        try:
            size = os.fstat(descriptor).st_size
            if size != self._synced:
                with reported_writes(self.path):
                    os.fsync(descriptor)
                self._synced = size
        finally:
            os.close(descriptor)

    def whole_size(self) -> int:
        """How many bytes the journal has, none of them of a record that is half written."""
        with self._lock:
            return self.path.stat().st_size

    def touch(self) -> None:
        """Show readers on other hosts that the writer lives."""
        with self._lock, suppress(OSError):
            if self._descriptor >= 0:
                os.utime(self._descriptor)

    def close(self) -> None:
        """Close the file; appending afterwards raises `RunFinished`."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def abandon(self) -> None:
        """Close the file in a forked child, where the lock may be held by nobody for ever."""
        self._lock = threading.RLock()
        self.close()


@dataclass(slots=True)
class PointGroup:
    """The point records of one group of metric names, still packed."""

    names: tuple[str, ...]
    orders: list[int] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Journal:
    """The readable part of one journal file."""

    path: Path
    documents: list[tuple[int, Any]]
    groups: list[PointGroup]
    size: int
    records: int
    damage: str | None

    @property
    def has_ended(self) -> bool:
        """Whether its writer said how it ended."""
        return any(kind == END for kind, _ in self.documents)

    @property
    def header(self) -> dict[str, Any] | None:
        """The header's content, or None when not even that could be read."""
        if self.documents and self.documents[0][0] == HEADER:
            content = self.documents[0][1]
            return content if isinstance(content, dict) else None
        return None


def read_journal(path: Path) -> Journal:
    """Read a journal up to the last whole record before its end or any damage."""
    try:
        data = read_parts(path)
    except OSError as error:
        raise StoreDamaged(f"Couldn't read {str(path)!r}: {error.strerror}.", str(path)) from error
    documents: list[tuple[int, Any]] = []
    groups: dict[int, PointGroup] = {}
    offset, order, end, damage = 0, 0, len(data), None
    while offset < end:
        if end - offset < _FRAME.size:
            damage = "the last record is incomplete"
            break
        length, checksum = _FRAME.unpack_from(data, offset)
        start = offset + _FRAME.size
        if length > MAX_RECORD or length == 0 or start + length > end:
            damage = "the last record is incomplete"
            break
        payload = data[start : start + length]
        if zlib.crc32(payload) != checksum:
            damage = "a record doesn't match its checksum"
            break
        try:
            _take_record(payload, order, documents, groups)
        except (ValueError, KeyError, struct.error, TypeError, RecursionError):
            damage = "a record can't be understood"
            break
        order += 1
        offset = start + length
    if damage is not None:
        damage = f"{damage}; {_dropped(end - offset)} from byte {offset:,} on can't be read"
    return Journal(path, documents, list(groups.values()), offset, order, damage)


def _dropped(count: int) -> str:
    return f"{count:,} byte" + ("" if count == 1 else "s")


def _take_record(
    payload: bytes, order: int, documents: list[tuple[int, Any]], groups: dict[int, PointGroup]
) -> None:
    kind = payload[0]
    if kind == POINTS:
        group = groups[_POINTS_HEAD.unpack_from(payload)[1]]
        if len(payload) != _POINTS_HEAD.size + 8 * len(group.names):
            raise ValueError("a points record of the wrong length")
        group.orders.append(order)
        group.payloads.append(payload)
        return
    document = json.loads(payload[1:])
    if kind == GROUP:
        number, names = document
        groups[number] = PointGroup(_read_names(names))
    documents.append((kind, document))


def _read_names(names: object) -> tuple[str, ...]:
    """The names of a group; each is repeated for all of its points, so none may be too long."""
    if not isinstance(names, list):
        raise ValueError("a group without a list of names")
    read = tuple(map(str, names))
    if any(len(name) > MAX_NAME for name in read):
        raise ValueError("a name that no metric may have")
    return read
