"""Rewriting a store where it lies: in its folder, or in a copy whose changes are put back.

On object storage what is new is put before anything goes, and a manifest is put after the tables it
names, so that readers see every run at any moment.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import RunfolioError
from runfolio.store.layout import check_store, is_address
from runfolio.store.manifest import NAME
from runfolio.store.opening import named_as

if TYPE_CHECKING:
    from runfolio.store.mirror import Mirror
    from runfolio.store.remote import RemoteStore

_REWRITTEN: Final = ("runs/*/tables/*", "packs/*/tables/*", "edits/*")


@contextmanager
def rewriting(place: Path | str) -> Iterator[Path]:
    """A folder with the whole store, in which tables, packs and edits may be rewritten.

    Of a store at an address it is a copy, and what was changed is put there at the end.
    """
    if not is_address(place):
        check_store(Path(place))
        yield Path(place)
        return
    from runfolio.store.mirror import Mirror
    from runfolio.store.remote import RemoteStore

    with tempfile.TemporaryDirectory(prefix="runfolio-rewrite-") as folder:
        work = Mirror(RemoteStore(place), Path(folder))
        work.bring("everything")
        before = _rewritten(work.root)
        with named_as(place, work.root):
            check_store(work.root)
            yield work.root
        after = _rewritten(work.root)
        _put(work, after - before)
        _delete(work, before - after)


def _rewritten(root: Path) -> set[str]:
    """The paths of all tables and edits, but of none that is half-written or moved aside."""
    found = (path.relative_to(root) for pattern in _REWRITTEN for path in root.glob(pattern))
    return {path.as_posix() for path in found if not any(one.startswith(".") for one in path.parts)}


def _is_manifest(path: str) -> bool:
    return path.endswith(f"/tables/{NAME}")


def _put(work: Mirror, new: set[str]) -> None:
    """Put tables and edits, then the manifests; where that fails, take the tables back."""
    from runfolio.store.remote import Upload

    manifests = sorted(path for path in new if _is_manifest(path))
    tables = sorted(new - set(manifests))
    try:
        work.remote.put_all(Upload(path, work.root / path) for path in tables)
        work.remote.put_all(Upload(path, work.root / path) for path in manifests)
    except BaseException:
        with suppress(RunfolioError):
            work.remote.delete([*manifests, *tables])
        raise


def _delete(work: Mirror, gone: set[str]) -> None:
    """Delete what is told elsewhere now; runs that were sealed anew meanwhile stay.

    The manifests of runs go before their tables: without one the tables tell nothing.
    """
    if not gone:
        return
    now = work.remote.list("runs")
    manifests = {path for path in gone if path.startswith("runs/") and _is_manifest(path)}
    same = {path for path in manifests if now.get(path) == work.listed[path]}
    folders = {path.rpartition("/")[0] for path in same}
    work.remote.delete(sorted(same))
    work.remote.delete(sorted(p for p in gone - same if p.rpartition("/")[0] in folders))
    for pack in sorted({path.rpartition("/")[0] for path in gone if path.startswith("packs/")}):
        work.remote.delete(sorted(path for path in gone if path.startswith(f"{pack}/")))
    work.remote.delete(sorted(path for path in gone if path.startswith("edits/")))


def list_unnamed(remote: RemoteStore, *, before: float) -> list[str]:
    """The tables, older than `before`, that lie without a manifest: what a cut off writing left."""
    listed = {path: one for path, one in remote.list().items() if "/tables/" in path}
    folders: dict[str, list[str]] = {}
    for path in listed:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    return [
        path
        for folder, paths in sorted(folders.items())
        if folder.count("/") == 2 and f"{folder}/{NAME}" not in listed
        if all(listed[path].modified < before for path in paths)
        for path in paths
    ]
