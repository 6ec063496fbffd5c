"""Writing files so that a reader never meets half of one, and errors that name the file."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runfolio.errors import StoreWriteFailed

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota is used up; free some space",
    errno.EFBIG: "the file has reached its size limit; raise the limit",
    errno.EROFS: "the file system is read-only; choose another store with store=…",
    errno.EACCES: "permission was denied; choose another store with store=…",
    errno.EPERM: "permission was denied; choose another store with store=…",
    errno.EEXIST: "a part of the path is a file; choose another store with store=…",
    errno.ENOTDIR: "a part of the path is a file; choose another store with store=…",
}


_NO_SYNC_OF_FOLDERS = (errno.EINVAL, errno.ENOTSUP)
"""How file systems, mostly of networks, say that names need no sync or can't have one."""


@contextmanager
def reported_writes(path: Path | str) -> Iterator[None]:
    """Turn an `OSError` while writing `path` into one `StoreWriteFailed` that says what to do."""
    try:
        yield
    except OSError as error:
        raise write_failure(path, error) from error


def write_failure(path: Path | str, error: OSError) -> StoreWriteFailed:
    """The error that says why `path` could not be written and what to do."""
    reason = _ADVICE.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    return StoreWriteFailed(f"Couldn't write {str(path)!r}: {reason}.")


def scan_files(folder: Path | str) -> Iterator[os.stat_result]:
    """The details of all files below a folder; links are not followed, what goes is passed over."""
    folders = [os.fspath(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry.stat(follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            continue


def digest_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder() -> Path:
    """Runfolio's folder in the user's cache folder; nobody has made it yet, maybe."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser().absolute() / "runfolio"


def sync_folder(folder: Path | str) -> None:
    """Make the names in `folder` survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC_OF_FOLDERS:
            raise
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Wait until what was written to a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, sync it and rename it into place."""
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    with reported_writes(path):
        try:
            write_synced(beside, content)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_quickly(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and rename it into place, without waiting for the disk."""
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    with reported_writes(path):
        try:
            beside.write_bytes(content)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
