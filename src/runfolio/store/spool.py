"""The spool: where a run is logged on this machine while its store is on object storage.

Each run has a spool of its own, an ordinary store folder with a note of the address it goes to.
It is removed when everything is uploaded, and otherwise kept for `runfolio recover`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import StoreWriteFailed
from runfolio.store.files import cache_folder, reported_writes, write_atomically
from runfolio.store.layout import RunFolder, list_run_folders
from runfolio.store.liveness import SILENCE, describe_writer, is_dead
from runfolio.store.replay import list_journals

SPOOL_VARIABLE: Final = "RUNFOLIO_SPOOL"
_NOTE: Final = "spool.json"
_LEFT: Final = "left"


@dataclass(frozen=True, slots=True)
class Spool:
    """One run's spool: a store folder, and the address of the store it is uploaded to."""

    root: Path
    url: str

    @property
    def runs(self) -> list[RunFolder]:
        """The run in it, or nothing when it never began."""
        return list_run_folders(self.root)

    def leave(self) -> None:
        """Say that its process gave up uploading, so that another may do it."""
        with suppress(OSError):
            (self.root / _LEFT).touch()

    def take_up(self) -> None:
        """Say that its process tries again."""
        (self.root / _LEFT).unlink(missing_ok=True)

    def is_left(self, *, silence: float = SILENCE) -> bool:
        """Whether nobody uploads it any more: its process gave up, or is gone."""
        if (self.root / _LEFT).exists():
            return True
        journals = [path for folder in self.runs for path in list_journals(folder)]
        seen = journals[0] if journals else self.root / _NOTE
        return is_dead(_read_note(self.root).get("writer", {}), seen, silence=silence)

    def remove(self) -> None:
        """Remove it, and the folder of its address with the last one."""
        shutil.rmtree(self.root, ignore_errors=True)
        with suppress(OSError):
            self.root.parent.rmdir()


def spool_folder() -> Path:
    """Where spools lie: ``$RUNFOLIO_SPOOL``, else ``runfolio/spool`` in the user's cache folder."""
    said = os.environ.get(SPOOL_VARIABLE)
    if said:
        return Path(said).expanduser().absolute()
    return cache_folder() / "spool"


def _folder_of(url: str) -> Path:
    return spool_folder() / hashlib.sha256(url.encode()).hexdigest()[:16]


def create_spool(url: str) -> Spool:
    """Make an empty spool for one run."""
    root = _folder_of(url) / os.urandom(8).hex()
    try:
        with reported_writes(root):
            root.mkdir(parents=True)
        note = {"url": url, "writer": describe_writer()}
        write_atomically(root / _NOTE, json.dumps(note).encode() + b"\n")
    except StoreWriteFailed as error:
        raise StoreWriteFailed(
            f"{error} Runs on {url!r} are logged there until they are uploaded; "
            f"set {SPOOL_VARIABLE} to another folder."
        ) from error
    return Spool(root, url)


def list_spools(url: str) -> list[Spool]:
    """The spools of a store on this machine, in the order of their names."""
    found = sorted(_folder_of(url).glob(f"*/{_NOTE}"))
    return [Spool(note.parent, url) for note in found]


def _read_note(root: Path) -> dict[str, Any]:
    try:
        note = json.loads((root / _NOTE).read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
