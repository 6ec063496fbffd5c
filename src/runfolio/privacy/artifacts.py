"""The artifacts of a store, each looked into once however many runs have the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from runfolio.privacy.contents import Content, is_plain_file, mask_file
from runfolio.privacy.masks import Hit, Masks
from runfolio.store.files import open_plain

if TYPE_CHECKING:
    from runfolio.store import StoreTables


@dataclass(frozen=True, slots=True)
class Copy:
    """A masked copy of an artifact's file."""

    file: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Looked:
    """An artifact that was looked into.

    `file` is None where the run has no such file of its own, and `copy` where nothing changed.
    """

    run_id: str
    path: str
    file: Path | None
    hits: tuple[Hit, ...] = ()
    copy: Copy | None = None
    unread: str | None = None

    @property
    def ending(self) -> str:
        """The ending of its name, with the dot; the whole name where it has none."""
        name = PurePosixPath(self.path)
        return name.suffix.lower() or name.name


def look_into_artifacts(
    tables: StoreTables, masks: Masks, *, scratch: Path | None = None
) -> Iterator[Looked]:
    """Look into each artifact; masked copies are written into `scratch`, if it is given."""
    known: dict[tuple[str, str], tuple[Content, Copy | None]] = {}
    ids, paths = (tables.artifacts[name].to_pylist() for name in ("run_id", "path"))
    for run_id, path in zip(ids, paths, strict=True):
        folder, file = tables.file_of(run_id, path)
        if not is_plain_file(file, folder):
            yield Looked(run_id, path, None)
            continue
        key = _digest(file), PurePosixPath(path).suffix.lower()
        if key not in known:
            content = mask_file(file, path, masks)
            copy = _write_copy(content, file, scratch) if scratch and content.data else None
            known[key] = Content(content.hits, unread=content.unread), copy
        content, copy = known[key]
        yield Looked(run_id, path, file, content.hits, copy, content.unread)


def _digest(file: Path) -> str:
    with open_plain(file) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_copy(content: Content, source: Path, scratch: Path) -> Copy:
    """Write a masked copy, with the time of its source, so that it is known again when rebuilt."""
    assert content.data is not None
    digest = hashlib.sha256(content.data).hexdigest()
    file = scratch / digest
    file.write_bytes(content.data)
    details = source.stat()
    os.utime(file, ns=(details.st_atime_ns, details.st_mtime_ns))
    return Copy(file, len(content.data), digest)
