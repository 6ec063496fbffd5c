"""What was built last: the parts of a site, what they were made from, and their files.

The record is kept with the user's caches, not in the site. It vouches for nothing by itself: a
part is taken over only while all its files are as they were written, and a record that can't be
read, or that another version wrote, is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.site.details import Details, Stamp
from runfolio.site.kept import encode_kept, forget_oldest, read_kept, write_kept
from runfolio.store.files import cache_folder

FORMAT: Final = 2
MAX_RECORDS: Final = 128
"""So many files of records are kept, two a site, those that were written last."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are made together; equal fingerprints mean equal files."""

    fingerprint: str
    files: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """The parts of a site by name, and the files of them all as they were written.

    `sources` are the files that some are copies of, as they were when they were copied. `joined`
    are the records of further parts, packed: of many runs they are large, and seldom looked at.
    """

    parts: dict[str, Part] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    sources: dict[str, Details] = field(default_factory=dict)
    joined: tuple[bytes, ...] = ()

    def whole(self) -> Record:
        """The same with what was joined among the rest."""
        if not self.joined:
            return self
        found = Record(dict(self.parts), dict(self.stamps), dict(self.sources))
        return _decode(map(json.loads, map(zlib.decompress, self.joined)), found)

    def of(self, names: Iterable[str]) -> Record:
        """What is known of some parts."""
        parts = {name: self.parts[name] for name in names if name in self.parts}
        paths = [path for part in parts.values() for path in part.files]
        stamps = {path: self.stamps[path] for path in paths if path in self.stamps}
        sources = {path: self.sources[path] for path in paths if path in self.sources}
        return Record(parts, stamps, sources)


def read_record(output: Path) -> Record:
    """The record of the site in a folder; an empty one where there is none to be read."""
    try:
        about, *documents = read_kept(place_beside_others(output, "json"))
        return _decode(documents) if about["format"] == FORMAT else Record()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidPath):
        return Record()


def write_record(output: Path, record: Record) -> None:
    """Keep a record for the next build; where that can't be done there is none."""
    about = encode_kept({"format": FORMAT, "output": str(output)})
    with suppress(OSError, StoreWriteFailed, InvalidPath):
        place = place_beside_others(output, "json")
        write_kept(place, about, _encode(record), *map(zlib.decompress, record.joined))
        forget_oldest((*place.parent.glob("*.json"), *place.parent.glob("*.seen")), MAX_RECORDS)


def pack_record(record: Record) -> bytes:
    """A record without what is `joined`, in little room."""
    return zlib.compress(_encode(record), level=1)


def _encode(record: Record) -> bytes:
    parts = {name: [one.fingerprint, *one.files] for name, one in record.parts.items()}
    return encode_kept({"parts": parts, "stamps": record.stamps, "sources": record.sources})


def _decode(documents: Iterable[Any], known: Record | None = None) -> Record:
    """What several documents tell beyond what is known; where they tell of the same, the last."""
    found = known or Record()
    for document in documents:
        for name, (fingerprint, *files) in document["parts"].items():
            found.parts[name] = Part(fingerprint, tuple(files))
        for path, (size, moment) in document["stamps"].items():
            found.stamps[path] = (size, moment)
        for path, (mode, size, written, changed, number) in document["sources"].items():
            found.sources[path] = (mode, size, written, changed, number)
    return found


def place_beside_others(output: Path, ending: str) -> Path:
    """Where something is kept of the site in a folder."""
    name = hashlib.sha256(str(output.absolute()).encode(errors="replace")).hexdigest()[:16]
    return cache_folder() / "sites" / f"{name}.{ending}"
