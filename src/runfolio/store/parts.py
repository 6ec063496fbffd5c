"""Journals in parts, as they lie on object storage, which can't append to an object.

``<writer>.journal.000001`` and so on are written once and never changed; one after the other, up to
the first gap, they are the journal. A part may be empty: it is a sign of life. Folders read parts
too, so that a copy of a store on object storage is a store.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from runfolio.store.files import read_plain

_PART = re.compile(r"(.+\.journal)\.([0-9]{6,})")


def part_name(journal: str, number: int) -> str:
    """The name of one part of a journal, counted from 1."""
    return f"{journal}.{number:06d}"


def journal_of(name: str) -> str:
    """The name of the journal that a file is, or is a part of."""
    found = _PART.fullmatch(name)
    return found.group(1) if found else name


def in_sequence(names: Iterable[str], journal: str) -> list[str]:
    """The parts of a journal among `names`, in order, up to the first gap."""
    numbers = {}
    for name in names:
        found = _PART.fullmatch(name)
        if found and found.group(1) == journal:
            numbers[int(found.group(2))] = name
    parts: list[str] = []
    while (name := numbers.get(len(parts) + 1, "")) != "":
        parts.append(name)
    return parts


def list_journal_paths(folder: Path) -> list[Path]:
    """The journals in a folder, whole or in parts; links and pipes are left out.

    A path names a journal in parts as if it were whole.
    """
    names = {journal_of(name) for name in _plain_files(folder)}
    return sorted(folder / name for name in names if name.endswith(".journal"))


def _plain_files(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []


def _files_of(journal: Path) -> list[Path]:
    """The file of a journal, or its parts in order."""
    if journal.exists():
        return [journal]
    parts = in_sequence(_plain_files(journal.parent), journal.name)
    return [journal.with_name(part) for part in parts] or [journal]


def read_parts(journal: Path) -> bytes:
    """The content of a journal, whole or in parts; raise `OSError` where it can't be read."""
    files = _files_of(journal)
    return b"".join(read_plain(file, within=journal.parents[1]) for file in files)


def last_written(journal: Path) -> float:
    """When a journal or the newest of its parts was written, in seconds since 1970."""
    return max(file.stat().st_mtime for file in _files_of(journal))


def remove_journal(journal: Path) -> None:
    """Remove a journal with all its parts."""
    for name in _plain_files(journal.parent):
        if journal_of(name) == journal.name:
            journal.with_name(name).unlink(missing_ok=True)
