"""Blocks made on other machines, for a store or a site that lies on object storage.

Such a machine has no folder in common with the one that plans. It fetches the packs and the files
of just the runs that it has to do with, and puts what it made where the site is to be.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from runfolio.site.blocks import Done, Task, write_task
from runfolio.site.publish import Staging
from runfolio.site.upload import describe_upload, list_files
from runfolio.store.files import digest_file
from runfolio.store.points import StorePoints
from runfolio.store.remote import RemoteStore


@dataclass(frozen=True, slots=True)
class AwayTask:
    """A task, with the addresses of the store and of the site, as far as these have one.

    `known` are the SHA-256 digests of the files that were put there before.
    """

    task: Task
    store: str | None
    site: str | None
    known: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AwayDone:
    """What came of a task, and the digests of the files that lie at the site's address now."""

    done: Done
    put: Mapping[str, str]


def write_away(away: AwayTask) -> AwayDone:
    """Make the files of some blocks, and put them where they belong."""
    with ExitStack() as stack:
        task = away.task
        if away.store is not None:
            task = _fetch(away.store, task)
        if away.site is None:
            return AwayDone(write_task(task), {})
        folder = stack.enter_context(_passing_folder())
        staging = Staging(folder / "none", folder, replaces=False)
        done = write_task(replace(task, staging=staging))
        return AwayDone(done, _put(away.site, folder, away.known))


def _fetch(url: str, task: Task) -> Task:
    """A task whose runs' points and artifacts are on this machine."""
    from runfolio.store.mirror import mirror_runs

    points, tables = task.points, task.tables
    with_files = set(tables.artifacts["run_id"].to_pylist())
    if isinstance(points, StorePoints):
        root = mirror_runs(url, points.packs, {*points.loose, *with_files})
        points = points.at(root)
    else:
        root = mirror_runs(url, (), with_files)
    return replace(task, tables=replace(tables, root=root), points=points)


def _put(url: str, folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Put the files of a folder, but for those that are there already; return all digests."""
    files = list_files(folder)
    digests = {path: digest_file(file) for path, file in files.items()}
    new = [path for path, digest in digests.items() if known.get(path) != digest]
    _remote(url).put_all(describe_upload(path, files[path]) for path in sorted(new))
    return digests


@lru_cache(maxsize=4)
def _remote(url: str) -> RemoteStore:
    return RemoteStore(url)


@contextmanager
def _passing_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="runfolio-blocks-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
