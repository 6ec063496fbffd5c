"""What is kept in the user's cache folder: files of documents, each with a digest.

It says no more than that a file is as it was written. Where it isn't, do without.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.site.details import digest, digest_code, templates_folder
from runfolio.site.json_text import encode_ascii
from runfolio.store.files import cache_folder, write_quickly


def read_kept(place: Path) -> list[Any]:
    """The documents of a file. Raises OSError, and ValueError where it isn't as it was written."""
    said, _, text = place.read_bytes().partition(b"\n")
    if said.decode() != hashlib.sha256(text).hexdigest():
        raise ValueError("it isn't as it was written")
    return [json.loads(line) for line in text.splitlines()]


def write_kept(place: Path, *documents: bytes) -> None:
    """Write documents of `encode_kept`. Raises OSError and `StoreWriteFailed`."""
    text = b"\n".join(documents)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_quickly(place, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def encode_kept(document: Any) -> bytes:
    """A document as JSON on one line."""
    return encode_ascii(document).encode()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of the cache with a document for each of the last `most` questions.

    A question is told by its digest; what answers it depends on the program as well.
    """

    folder: str
    most: int

    def find(self, said: str) -> Any:
        """The document that answers a question. Raises LookupError."""
        try:
            place = self._place(said)
            (document,) = read_kept(place)
        except (OSError, ValueError, InvalidPath):
            raise LookupError(said) from None
        with suppress(OSError):
            place.touch()  # what is asked for stays
        return document

    def keep(self, said: str, document: Any) -> None:
        """Keep what answers a question, where that can be done."""
        with suppress(OSError, StoreWriteFailed, InvalidPath):
            place = self._place(said)
            write_kept(place, encode_kept(document))
            forget_oldest(place.parent.glob("*.json"), self.most)

    def _place(self, said: str) -> Path:
        return cache_folder() / self.folder / f"{digest(said, _program())}.json"


@cache
def _program() -> str:
    return digest_code(templates_folder(), ())


def forget_oldest(files: Iterable[Path], most: int) -> None:
    """Delete all files but so many that were written last. Raises OSError."""
    found = list(files)
    if len(found) > most:
        found.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in found[:-most]:
            path.unlink(missing_ok=True)
