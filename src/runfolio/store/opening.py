"""Stores in folders and on object storage, opened in one way.

A store on object storage is read from a folder that mirrors what is needed of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import RunfolioError, StoreDamaged
from runfolio.store.finding import find_run_id
from runfolio.store.layout import (
    StorePath,
    check_store,
    create_store,
    is_address,
    locate_store,
    run_folder,
)

if TYPE_CHECKING:
    from runfolio.store.mirror import Needed


def open_store(store: StorePath | None = None, needed: Needed = "everything") -> Path:
    """A folder to read a store from: its own, or one with what is `needed` of an address.

    "overview" is enough for a search, "everything" has the tables and the artifacts. Raises
    `StoreNotFound` where there is no store, and `StoreUnreachable` where that can't be told.
    """
    place = locate_store(store)
    if is_address(place):
        from runfolio.store.mirror import mirror

        root = mirror(place, needed)
        with named_as(place, root):
            check_store(root)
        return root
    check_store(Path(place))
    return Path(place)


def open_run(store: StorePath | None, text: str) -> tuple[Path, str]:
    """A folder to read one run from, and the id that begins with `text`.

    Of an address it has all of that run but its artifacts. Raises `RunNotFound` when no run, or
    more than one, has an id that begins so.
    """
    place = locate_store(store)
    if is_address(place):
        from runfolio.store.mirror import mirror_run

        root, run_id = mirror_run(place, text)
        with named_as(place, root):
            check_store(root)
        return root, run_id
    root = Path(place)
    check_store(root)
    return root, find_run_id(root, text)


def open_artifacts(place: Path | str, run_id: str, folder: str, names: Iterable[str]) -> Path:
    """The folder of a run's artifacts; of an address it has those `names` below `folder`.

    What is gone there is missing then.
    """
    root = Path(place)
    if is_address(place):
        from runfolio.store.mirror import mirror_artifacts

        root = mirror_artifacts(place, run_id, folder, names)
    return run_folder(root, run_id).artifacts


def check_place(store: StorePath | None = None) -> None:
    """Raise unless there is a store that this version can read."""
    place = locate_store(store)
    if not is_address(place):
        check_store(Path(place))
        return
    from runfolio.store.remote import RemoteStore

    RemoteStore(place).check()


def ensure_store(store: StorePath | None = None) -> Path | str:
    """Make the folder or address a store, unless it is one already, and return it."""
    place = locate_store(store)
    if is_address(place):
        from runfolio.store.remote import RemoteStore

        RemoteStore(place).create()
    else:
        create_store(Path(place))
    return place


@contextmanager
def named_as(place: Path | str, root: Path) -> Iterator[None]:
    """Let errors about the folder `root` name `place`, which it mirrors."""
    try:
        yield
    except RunfolioError as error:
        if not is_address(place):
            raise
        message = str(error).replace(str(root), place)
        if isinstance(error, StoreDamaged):
            raise StoreDamaged(message, str(error.path or "").replace(str(root), place)) from error
        raise type(error)(message) from error
