"""A cheap mark of a store's state, to notice that something was logged."""

from __future__ import annotations

from pathlib import Path

from runfolio.store.files import scan_files
from runfolio.store.layout import is_address


def store_signature(root: Path | str) -> tuple[int, int, int]:
    """Number, total size and newest change of the store's files; differs when any was written.

    `root` is a folder or an address, which is listed.
    """
    if is_address(root):
        from runfolio.store.remote import RemoteStore

        remote = RemoteStore(root)
        folders = ("runs", "packs", "edits")
        objects = [one for folder in folders for one in remote.list(folder).values()]
        newest = max((int(one.modified * 1e9) for one in objects), default=0)
        return len(objects), sum(one.size for one in objects), newest
    return _folder_signature(root)


def _folder_signature(root: Path | str) -> tuple[int, int, int]:
    if Path(root).is_file():  # a foreign store may be one file
        details = Path(root).stat()
        return 1, details.st_size, details.st_mtime_ns
    count = size = newest = 0
    for details in scan_files(root):
        count += 1
        size += details.st_size
        newest = max(newest, details.st_mtime_ns)
    return count, size, newest
