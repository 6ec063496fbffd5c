"""The manifest of sealed tables: which files count, with their digests, and an overview of the run.

It is the one file that decides: tables it doesn't name are not there, and a journal it names is
part of the tables. Its first key is the SHA-256 of all that follows it, so that it vouches for
itself. The overview repeats the run's small tables, so that a search opens one file a run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import StoreDamaged
from runfolio.schema import FORMAT_VERSION
from runfolio.store.columns import Columns
from runfolio.store.files import read_plain

NAME: Final = "manifest.json"
_OPENING: Final = b'{"sha256": "'
_FIRST_DAYS: Final = b"{\n"
"""How manifests began when they didn't vouch for themselves yet."""

_LEADING: Final = frozenset("/\\:\0")
"""What may lead elsewhere in the name of a file, on some system."""

_DIGEST_ENDS: Final = len(_OPENING) + 64

Standing = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says; `turn` counts how often the run was begun or resumed.

    `files` maps file names to size and SHA-256. `overview` is None in stores of the first days.
    """

    owner: str
    files: dict[str, dict[str, Any]]
    journals: tuple[str, ...] = ()
    turn: int = 1
    overview: dict[str, Columns] | None = None
    groups: dict[str, list[list[str]]] | None = None

    @property
    def standing(self) -> Standing:
        """What decides between two forms of one run: the greater one is read."""
        return self.turn, sorted(self.journals)

    def file_of(self, table: str) -> str | None:
        """The name of the file that holds a table, such as ``metrics.parquet``."""
        return next((name for name in self.files if name.partition(".")[0] == table), None)


def describe_file(content: bytes) -> dict[str, Any]:
    """What a manifest says of a file."""
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def describe_path(path: Path) -> dict[str, Any]:
    """What a manifest says of a large file, which is also synced."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return {"size": os.fstat(file.fileno()).st_size, "sha256": digest}


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest."""
    document: dict[str, Any] = {
        "format": FORMAT_VERSION,
        "run_id": manifest.owner,
        "turn": manifest.turn,
        "journals": list(manifest.journals),
        "files": manifest.files,
    }
    optional = {"overview": manifest.overview, "groups": manifest.groups}
    document |= {key: value for key, value in optional.items() if value is not None}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    rest = b'", ' + text[1:].encode() + b"\n"
    return _OPENING + hashlib.sha256(rest).hexdigest().encode() + rest


def read_manifest(path: Path) -> Manifest:
    """Read a manifest; raise `StoreDamaged` when it is missing or not what was written."""
    try:
        content = read_plain(path, within=path.parents[1])
    except OSError as error:
        raise unreadable(path, error) from error
    return decode_manifest(content, path)


def decode_manifest(content: bytes, path: Path) -> Manifest:
    """The manifest in `content`, which lies at `path`."""
    if content.startswith(_OPENING):
        rest = content[_DIGEST_ENDS:]
        if content[len(_OPENING) : _DIGEST_ENDS] != hashlib.sha256(rest).hexdigest().encode():
            raise StoreDamaged(
                f"{str(path)!r} doesn't match its own checksum. Restore it from a copy.", str(path)
            )
    elif not content.startswith(_FIRST_DAYS):
        raise StoreDamaged(
            f"{str(path)!r} doesn't begin as a manifest does. Restore it from a copy.", str(path)
        )
    try:
        document = json.loads(content)
        return Manifest(
            owner=str(document["run_id"]),
            files=_checked_files(document["files"]),
            journals=tuple(str(name) for name in document["journals"]),
            turn=int(document.get("turn", 1)),
            overview=document.get("overview"),
            groups=document.get("groups"),
        )
    except (
        ValueError,
        LookupError,
        TypeError,
        RecursionError,
        AttributeError,
        OverflowError,
    ) as error:
        raise StoreDamaged(
            f"{str(path)!r} is no manifest of sealed tables. Restore it from a copy.", str(path)
        ) from error


def _checked_files(files: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The files a manifest names; a name that would lead elsewhere makes it no manifest."""
    for name, details in files.items():
        if set(name) & _LEADING or name in (".", "..", NAME):
            raise ValueError(name)
        str(details["sha256"]), int(details["size"])
    return {name: dict(details) for name, details in files.items()}


def read_checked(folder: Path, name: str, details: Mapping[str, Any]) -> bytes:
    """The content of a file that a manifest names; raise `StoreDamaged` when it isn't that."""
    path = folder / name
    try:
        content = read_plain(path, within=folder.parent)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(content) != details["size"]:
        raise StoreDamaged(
            f"{str(path)!r} has {len(content):,} bytes and should have {details['size']:,}. "
            "Restore it from a copy.",
            str(path),
        )
    if hashlib.sha256(content).hexdigest() != details["sha256"]:
        raise StoreDamaged(
            f"{str(path)!r} doesn't match its checksum. Restore it from a copy.", str(path)
        )
    return content


def unreadable(path: Path, error: OSError) -> StoreDamaged:
    """The error for a file that the system can't read."""
    return StoreDamaged(f"{str(path)!r} can't be read: {error.strerror}.", str(path))
