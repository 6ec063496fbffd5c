"""A cheap mark of a store's state, to notice that something was logged."""

from __future__ import annotations

import os
from pathlib import Path

from runfolio.store.files import scan_files
from runfolio.store.layout import is_address

Signature = tuple[int, int, int]


def store_signature(root: Path | str) -> Signature:
    """Number, total size and sum of the times of the store's files; differs when any was written.

    `root` is a folder or an address, which is listed.
    """
    if is_address(root):
        from runfolio.store.remote import RemoteStore

        remote = RemoteStore(root)
        folders = ("runs", "packs", "edits")
        objects = [one for folder in folders for one in remote.list(folder).values()]
        times = sum(int(one.modified * 1e9) for one in objects)
        return len(objects), sum(one.size for one in objects), times
    return folder_signature(root)


def folder_signature(root: Path | str) -> Signature:
    """The same of any folder or file; where there is none it is all zeros."""
    if os.path.isfile(root):  # noqa: PTH113, it may be a text
        details = Path(root).stat()
        return 1, details.st_size, details.st_mtime_ns
    count = size = times = 0
    for details in scan_files(root):
        count += 1
        size += details.st_size
        times += details.st_mtime_ns
    return count, size, times
