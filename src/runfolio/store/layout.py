"""Where everything lies in a store.

::

    runs/                          the store
      runfolio.json                its format version
      runs/<run id>/
        journal/<writer>.journal   while the run is live
        tables/<table>.parquet     once it is sealed, with a manifest.json of digests
        artifacts/…
      edits/<time>-<id>.json       later changes, one small file each
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import StoreDamaged, StoreNotFound, StoreTooNew
from runfolio.schema import FORMAT_VERSION, is_run_id
from runfolio.store.files import reported_writes, write_atomically

MARKER: Final = "runfolio.json"
DEFAULT_STORE: Final = "runs"
STORE_VARIABLE: Final = "RUNFOLIO_STORE"

StorePath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The places of one run."""

    path: Path

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def journals(self) -> Path:
        return self.path / "journal"

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    @property
    def manifest(self) -> Path:
        return self.tables / "manifest.json"

    @property
    def artifacts(self) -> Path:
        return self.path / "artifacts"


def choose_store(store: StorePath | None = None) -> Path:
    """The store's folder: the argument, else ``$RUNFOLIO_STORE``, else ``./runs``."""
    chosen = store or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE
    return Path(chosen).expanduser().absolute()


def create_store(root: Path) -> None:
    """Make `root` a store unless it is one already."""
    if (root / MARKER).exists():
        check_store(root)
        return
    with reported_writes(root):
        (root / "runs").mkdir(parents=True, exist_ok=True)
    write_atomically(root / MARKER, json.dumps({"format": FORMAT_VERSION}).encode() + b"\n")


def check_store(root: Path) -> None:
    """Raise unless `root` is a store this version can read."""
    marker = root / MARKER
    try:
        version = json.loads(marker.read_bytes())["format"]
    except FileNotFoundError:
        raise StoreNotFound(
            f"No run store at {str(root)!r}. Log a run there first, or name the folder that holds "
            f"{MARKER}."
        ) from None
    except NotADirectoryError:
        raise StoreNotFound(
            f"{str(root)!r} is a file, not a run store. Name the folder that holds {MARKER}."
        ) from None
    except OSError as error:
        raise StoreNotFound(f"Couldn't read {str(marker)!r}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError):
        raise StoreDamaged(
            f"{str(marker)!r} doesn't say a format version. Restore it as "
            f'{{"format": {FORMAT_VERSION}}}.'
        ) from None
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise StoreTooNew(
            f"The store {str(root)!r} has format {version!r}; this version of Runfolio reads up to "
            f"format {FORMAT_VERSION}. Upgrade with: pip install --upgrade runfolio"
        )


def run_folder(root: Path, run_id: str) -> RunFolder:
    """The folder of one run."""
    return RunFolder(root / "runs" / run_id)


def list_run_folders(root: Path) -> list[RunFolder]:
    """The folders of all runs, sorted by id; links and other names are left out."""
    try:
        with os.scandir(root / "runs") as entries:
            names = sorted(
                entry.name
                for entry in entries
                if is_run_id(entry.name) and entry.is_dir(follow_symlinks=False)
            )
    except FileNotFoundError:
        return []
    return [run_folder(root, name) for name in names]


def new_run_folder(root: Path, run_id: str) -> RunFolder:
    """Make the folder of a new run and return it; the id must be new."""
    folder = run_folder(root, run_id)
    with reported_writes(folder.path):
        folder.journals.mkdir(parents=True)
    return folder
