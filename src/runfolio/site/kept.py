"""What is kept in the user's cache folder: files of documents, each with a digest.

It says no more than that a file is as it was written. Where it isn't, do without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runfolio.site.json_text import decode, encode_ascii
from runfolio.store.files import write_quickly


def read_kept(place: Path) -> list[Any]:
    """The documents of a file. Raises OSError, and ValueError where it isn't as it was written."""
    said, _, text = place.read_bytes().partition(b"\n")
    if said.decode() != hashlib.sha256(text).hexdigest():
        raise ValueError("it isn't as it was written")
    return [decode(line) for line in text.splitlines()]


def write_kept(place: Path, *documents: bytes) -> None:
    """Write documents of `encode_kept`. Raises OSError and `StoreWriteFailed`."""
    text = b"\n".join(documents)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_quickly(place, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def encode_kept(document: Any) -> bytes:
    """A document as JSON on one line."""
    return encode_ascii(document).encode()


def forget_oldest(files: Iterable[Path], most: int) -> None:
    """Delete all files but so many that were written last. Raises OSError."""
    found = list(files)
    if len(found) > most:
        found.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in found[:-most]:
            path.unlink(missing_ok=True)
