"""What is kept in the user's cache folder: one document a file, with a digest that vouches for it.

The digest says no more than that a file is as it was written. Where it isn't, do without.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runfolio.store.files import write_quickly


def read_kept(place: Path) -> Any:
    """The document of a file. Raises OSError, and ValueError where it isn't as it was written."""
    said, _, text = place.read_bytes().partition(b"\n")
    if said.decode() != hashlib.sha256(text).hexdigest():
        raise ValueError("it isn't as it was written")
    return json.loads(text)


def write_kept(place: Path, document: Any) -> None:
    """Write a document as JSON. Raises OSError and `StoreWriteFailed`."""
    text = json.dumps(document, separators=(",", ":")).encode()
    place.parent.mkdir(parents=True, exist_ok=True)
    write_quickly(place, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def forget_oldest(files: Iterable[Path], most: int) -> None:
    """Delete all files but so many that were written last. Raises OSError."""
    found = list(files)
    if len(found) > most:
        found.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in found[:-most]:
            path.unlink(missing_ok=True)
