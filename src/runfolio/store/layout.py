"""Where everything lies in a store.

::

    runs/                          the store
      runfolio.json                its format version
      runs/<run id>/
        journal/<writer>.journal   while the run is live
        tables/<table>.parquet     once it is sealed, with a manifest.json of digests;
                                   <table>.<seal>.parquet when it was resumed and sealed again
        artifacts/…
      packs/<pack id>/
        tables/<table>.parquet     the tables of many sealed runs, with a manifest.json
      edits/<time>-<id>.json       later changes, one small file each

On object storage the same names are keys below the store's address, so that a store is moved
either way by copying. There a live journal is in parts, `<writer>.journal.000001` and so on.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, TypeGuard

from runfolio.errors import StoreDamaged, StoreNotFound, StoreTooNew
from runfolio.schema import FORMAT_VERSION, is_run_id
from runfolio.store.files import (
    absolute_path,
    read_plain,
    reported_writes,
    sync_folder,
    write_atomically,
)

MARKER: Final = "runfolio.json"
DEFAULT_STORE: Final = "runs"
STORE_VARIABLE: Final = "RUNFOLIO_STORE"

StorePath = str | os.PathLike[str]

_MANGLED = re.compile(r"([a-z][a-z0-9+.-]+):/([^/].*)")


@dataclass(frozen=True)
class TablesFolder:
    """A folder that holds sealed tables."""

    path: Path

    @cached_property
    def tables(self) -> Path:
        return self.path / "tables"

    @cached_property
    def manifest(self) -> Path:
        return self.tables / "manifest.json"


@dataclass(frozen=True)
class RunFolder(TablesFolder):
    """The places of one run."""

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def journals(self) -> Path:
        return self.path / "journal"

    def check_links(self) -> None:
        """Raise `StoreDamaged` where its tables or journals are a link, which may lead anywhere."""
        for part in (self.path, self.tables, self.journals):
            if os.path.islink(part):  # noqa: PTH114, several times as fast as that of a Path
                raise _is_link(part)

    @property
    def is_sealed(self) -> bool:
        return os.path.exists(self.manifest)  # noqa: PTH110, for a folder of another user it is False

    @property
    def artifacts(self) -> Path:
        return self.path / "artifacts"


@dataclass(frozen=True)
class PackFolder(TablesFolder):
    """The place of a pack, which holds the tables of many sealed runs."""

    @property
    def pack_id(self) -> str:
        return self.path.name


def is_address(store: StorePath | None) -> TypeGuard[str]:
    """Whether `store` is the address of one on object storage, such as ``s3://bucket/runs``."""
    return isinstance(store, str) and "://" in store


_elsewhere: dict[Path | str, Path | str] = {}
"""Where this process finds the stores that it was launched to keep elsewhere."""


def redirect_store(store: StorePath | None, place: StorePath) -> None:
    """From now on find at `place` what this process calls `store`."""
    _elsewhere[_locate(store)] = _locate(place)


def locate_store(store: StorePath | None = None) -> Path | str:
    """The store's folder or address: the argument, else ``$RUNFOLIO_STORE``, else ``./runs``."""
    place = _locate(store)
    return _elsewhere.get(place, place)


def _locate(store: StorePath | None) -> Path | str:
    chosen = store or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE
    if is_address(chosen):
        stripped = chosen.rstrip("/")
        return stripped if is_address(stripped) else chosen
    found = absolute_path(chosen)
    mangled = None if isinstance(chosen, str) else _MANGLED.fullmatch(os.fspath(chosen))
    if mangled is not None:
        address = "{}://{}".format(*mangled.groups())
        raise StoreNotFound(f"A Path can't hold the address {address!r}. Give it as text.")
    return found


def choose_store(store: StorePath | None = None) -> Path:
    """The store's folder as `locate_store` finds it; an address is refused."""
    place = locate_store(store)
    if is_address(place):
        raise StoreNotFound(
            f"The store {place!r} is an address, and this works on a folder. Name a folder."
        )
    return Path(place)


def create_store(root: Path) -> bool:
    """Make `root` a store and return True, unless it is one already."""
    with reported_writes(root):
        known = (root / MARKER).exists()
    if known:
        check_store(root)
        return False
    new = [folder for folder in (root, *root.parents) if not folder.exists()]
    with reported_writes(root):
        (root / "runs").mkdir(parents=True, exist_ok=True)
    for folder in new:
        with suppress(OSError):  # one that this user may not read
            sync_folder(folder.parent)
    write_atomically(root / MARKER, json.dumps({"format": FORMAT_VERSION}).encode() + b"\n")
    return True


def check_store(root: Path) -> None:
    """Raise unless `root` is a store this version can read."""
    marker = root / MARKER
    try:
        content = read_plain(marker)
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
        raise StoreNotFound(
            f"Couldn't read {str(marker)!r}: {error.strerror}. Name the folder of a store, where"
            " it is a file that you may read."
        ) from error
    check_marker(content, str(root))


def check_marker(content: bytes, store: str) -> None:
    """Raise unless the marker of `store` says a format that this version can read."""
    try:
        version = json.loads(content)["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        version = None
    if type(version) is not int or version < 1:
        raise StoreDamaged(
            f"{store + '/' + MARKER!r} doesn't say a format version. Restore it as "
            f'{{"format": {FORMAT_VERSION}}}.'
        )
    if version > FORMAT_VERSION:
        raise StoreTooNew(
            f"The store {store!r} has format {version!r}; this version of Runfolio reads up to "
            f"format {FORMAT_VERSION}. Upgrade with: pip install --upgrade runfolio"
        )


def run_folder(root: Path, run_id: str) -> RunFolder:
    """The folder of one run."""
    return RunFolder(root / "runs" / run_id)


def list_run_folders(root: Path) -> list[RunFolder]:
    """The folders of all runs, sorted by id; links and other names are left out."""
    return [run_folder(root, name) for name in _list_ids(root / "runs")]


def find_run_links(root: Path) -> list[Path]:
    """The links that stand where folders of runs should; none of them is followed."""
    with suppress(OSError), os.scandir(root / "runs") as entries:
        return sorted(
            root / "runs" / one.name for one in entries if is_run_id(one.name) and one.is_symlink()
        )
    return []


def list_pack_folders(root: Path) -> list[PackFolder]:
    """The folders of all packs, sorted by id; what is being written or removed is left out."""
    return [PackFolder(root / "packs" / name) for name in _list_ids(root / "packs")]


def _list_ids(folder: Path) -> list[str]:
    """The names of folders that are ids; raises `StoreDamaged` where `folder` is a link or file."""
    if folder.is_symlink():
        raise _is_link(folder)
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if is_run_id(entry.name) and entry.is_dir(follow_symlinks=False)
            )
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        raise StoreDamaged(
            f"{str(folder)!r} is no folder. Restore it, or take away what is there.", str(folder)
        ) from None


def _is_link(path: Path) -> StoreDamaged:
    return StoreDamaged(
        f"{str(path)!r} is a link, and links inside of a store aren't followed. Put the folder "
        "itself there; the store as a whole may be a link.",
        str(path),
    )


def new_run_folder(root: Path, run_id: str) -> RunFolder:
    """Make the folder of a new run, which no reader sees before `show_run_folder`."""
    folder = RunFolder(root / "runs" / f".{run_id}.{os.urandom(4).hex()}.tmp")
    with reported_writes(folder.path):
        try:
            folder.journals.mkdir(parents=True)
        except BaseException:
            shutil.rmtree(folder.path, ignore_errors=True)
            raise
    return folder


def show_run_folder(hidden: RunFolder, root: Path, run_id: str) -> RunFolder:
    """Give a new run's folder its name, now that its journal has begun.

    Where the run is there already, begun by another rank, the journal moves in with the others.
    """
    folder = run_folder(root, run_id)
    with reported_writes(folder.path):
        try:
            hidden.path.rename(folder.path)
        except OSError:
            if not folder.path.is_dir():
                raise
            _move_in(hidden, folder)
            shutil.rmtree(hidden.path, ignore_errors=True)
    return folder


def _move_in(hidden: RunFolder, folder: RunFolder) -> None:
    """Move journals into a run, whose folder of journals goes whenever a sealing has emptied it."""
    for journal in hidden.journals.iterdir():
        while True:
            folder.journals.mkdir(exist_ok=True)
            try:
                journal.rename(folder.journals / journal.name)
                break
            except FileNotFoundError:
                if not journal.exists():
                    raise
