"""Writing files so that a reader never meets half of one, and errors that name the file."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from runfolio.errors import FilesExhausted, InvalidPath, StoreWriteFailed

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota is used up; free some space",
    errno.EFBIG: "the file has reached its size limit; raise the limit",
    errno.EROFS: "the file system is read-only; choose another place",
    errno.EACCES: "permission was denied; choose another place",
    errno.EPERM: "permission was denied; choose another place",
    errno.EEXIST: "a part of the path is a file; choose another place",
    errno.ENOTDIR: "a part of the path is a file; choose another place",
}


_NO_SYNC_OF_FOLDERS = (errno.EINVAL, errno.ENOTSUP)
"""How file systems, mostly of networks, say that names need no sync or can't have one."""


_FLAGS: Final = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
_PLAIN: Final = sum(getattr(os, name, 0) for name in _FLAGS)
"""How a file is opened that may be anything: no link is followed, and no pipe is waited for."""

_FOLDER: Final = sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
_HAS_FOLDERS: Final = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")

LINK: Final = "it is a link, or lies behind one"
ODD_FILE: Final = "it is no regular file"
OUTSIDE: Final = "it lies outside"


def absolute_path(path: str | os.PathLike[str]) -> Path:
    """The path from the root, with ``~`` resolved; raises `InvalidPath` where it can be none.

    That is where it is no text, has a character that no name can have, is too long, or begins in a
    working folder that is gone.
    """
    try:
        found = Path(path).expanduser()
        if not found.is_absolute():
            found = working_folder() / found
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            found.lstat()
    except OSError as error:
        reason = error.strerror or str(error)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = str(error)
    else:
        return found
    raise InvalidPath(f"{path!r} is no path: {reason}. Name a file or folder.")


def working_folder() -> Path:
    """The working folder; raises `InvalidPath` where somebody removed it."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise InvalidPath(
            "The working folder is gone, so no path begins there. Change into another folder."
        ) from None


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


def open_plain(path: Path, *, within: Path | None = None) -> BufferedReader:
    """Open a regular file of a store to read it; a hard link is one, as no system tells them apart.

    Raises `OSError` for a link, which could lead anywhere, and for a pipe, a device, a socket or a
    folder, none of which is waited for, and `FilesExhausted` where no more files may be open. With
    `within`, which is above `path`, no folder on the way from there may be a link either. What is
    looked at is what was opened, so that nobody can put something else there in between.
    """
    try:
        descriptor = _open_below(within, path) if within is not None else os.open(path, _PLAIN)
    except OSError as error:
        if error.errno == errno.ELOOP or (within is not None and is_behind_link(path, within)):
            raise OSError(errno.ELOOP, LINK, str(path)) from None
        if error.errno == errno.ENXIO:  # a socket
            raise OSError(errno.EINVAL, ODD_FILE, str(path)) from None
        if error.errno in (errno.EMFILE, errno.ENFILE):  # which says nothing of the file
            raise FilesExhausted(
                f"{str(path)!r} can't be opened: {error.strerror}. "
                "Close some, or allow more (`ulimit -n`)."
            ) from error
        raise
    try:
        is_link = not hasattr(os, "O_NOFOLLOW") and path.is_symlink()
        if is_link or not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, LINK if is_link else ODD_FILE, str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_plain(path: Path, *, within: Path | None = None) -> bytes:
    """The content of a file that `open_plain` opens."""
    with open_plain(path, within=within) as file:
        return file.read()


def copy_plain(source: Path, target: Path, *, within: Path | None = None) -> None:
    """Copy a file that `open_plain` opens to a new one."""
    with open_plain(source, within=within) as opened, target.open("xb") as written:
        shutil.copyfileobj(opened, written)


def refuse_file(path: Path, within: Path) -> str | None:
    """Why a file in the folder `within` is none to read, or None."""
    if not path.is_relative_to(within) or ".." in path.parts[len(within.parts) :]:
        return "it lies outside the run"
    try:
        if is_behind_link(path.parent, within):
            return "it lies outside the run"
        details = path.lstat()
    except (OSError, ValueError):
        return "the file is missing from the store"
    return None if stat.S_ISREG(details.st_mode) else "it is no plain file"


def is_behind_link(path: Path, within: Path) -> bool:
    """Whether `path`, or a folder on the way to it from `within`, is a link."""
    above = Path(within)
    for part in _parts_below(within, path):
        above = above / part
        if above.is_symlink():
            return True
    return False


def _parts_below(folder: Path, path: Path) -> tuple[str, ...]:
    """The parts of a path from a folder on, none where it leads elsewhere."""
    above, whole = folder.parts, path.parts  # quicker than `relative_to`, for thousands of files
    return whole[len(above) :] if whole[: len(above)] == above else ()


def _open_below(folder: Path, path: Path) -> int:
    """Open a file, each folder from the one above, so that none can become a link meanwhile."""
    parts = _parts_below(folder, path)
    if ".." in parts or not parts:
        raise OSError(errno.EINVAL, OUTSIDE, str(path))
    if not _HAS_FOLDERS:
        if is_behind_link(path, folder):
            raise OSError(errno.ELOOP, LINK, str(path))
        return os.open(path, _PLAIN)
    above = os.open(folder, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=above)
            os.close(above)
            above = inner
        return os.open(parts[-1], _PLAIN, dir_fd=above)
    finally:
        os.close(above)


def digest_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


Stamp = tuple[int, int, int, int]
"""Size, times in nanoseconds and number of a file: what tells whether it was written since."""


def stamp_of(found: os.stat_result) -> Stamp:
    """What tells a file from one that is written in its place."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def cache_folder() -> Path:
    """Runfolio's folder in the user's cache folder; nobody has made it yet, maybe.

    Raises `InvalidPath` for a user who has no home folder, as in many containers: a folder for
    temporary files, where anybody may put something first, doesn't take its place.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(cache).expanduser().absolute() / "runfolio"
    except RuntimeError as error:
        raise InvalidPath(
            f"There is no place for {cache!r}: {error} Set HOME, or XDG_CACHE_HOME, to a folder."
        ) from None


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
