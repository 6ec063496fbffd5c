"""The files of an archive, read from a ZIP file or a folder, with everything odd refused.

An archive may come from anybody. Names that lead out of it, that come twice, links, encryption and
members that unpack to far more than they take are refused before any content is read; nothing is
written to the disk.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from runfolio.errors import ArchiveUnreadable
from runfolio.store.files import absolute_path, open_plain

MAX_FILES: Final = 2_000_000
"""What an archive may hold at most."""

MAX_RATIO: Final = 100
FREE_BYTES: Final = 1 << 30
"""Beyond the first GiB an archive may unpack to so many times what it takes."""

MAX_LIST: Final = 512 << 20
"""Bytes of the list of members at the end of a ZIP file, all of which is held in memory."""

_TAIL: Final = 22 + 65_535 + 76
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK: Final = 1 << 20


class Contents(Protocol):
    """The files of an archive by path, and their sizes."""

    sizes: dict[str, int]

    def open(self, path: str) -> BinaryIO:
        """Read one file; raises `ArchiveUnreadable` where it can't be."""
        ...


@contextmanager
def open_contents(path: str | os.PathLike[str]) -> Iterator[Contents]:
    """The files of the archive at `path`; raises `ArchiveUnreadable` where there is none."""
    with ExitStack() as stack:
        yield _open(absolute_path(path), stack)


def _open(place: Path, stack: ExitStack) -> Contents:
    try:
        if place.is_dir():
            return _Folder(place)
        file = stack.enter_context(place.open("rb"))
        _check_list(place, file)
        return _Zip(place, stack.enter_context(zipfile.ZipFile(file)))
    except OSError as error:
        raise ArchiveUnreadable(
            f"Couldn't read {str(place)!r}: {error.strerror or error}. Name a ZIP file or a folder "
            "that build-report --archive wrote."
        ) from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveUnreadable(
            f"{str(place)!r} is no whole ZIP file ({error}). Take another copy."
        ) from error


def read_all(contents: Contents, path: str, *, most: int) -> bytes:
    """The content of one file; raises `ArchiveUnreadable` where it has more than `most` bytes."""
    if contents.sizes[path] > most:
        raise ArchiveUnreadable(
            f"{path!r} has {contents.sizes[path]:,} bytes, more than {most:,}. Take another copy."
        )
    return b"".join(read_chunks(contents, path))


def read_chunks(contents: Contents, path: str) -> Iterator[bytes]:
    """The content of one file, a piece at a time."""
    try:
        with contents.open(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ArchiveUnreadable(f"{path!r} can't be read: {error}.") from error


def _check_list(place: Path, file: BinaryIO) -> None:
    """Refuse a ZIP file whose list of members is too long to be held in memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    file.seek(0)
    end, long_end = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    length = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if length == 0xFFFFFFFF and long_end >= 0:
        length = int.from_bytes(tail[long_end + 40 : long_end + 48], "little")
    if length > MAX_LIST:
        raise ArchiveUnreadable(
            f"{str(place)!r} has a list of files of {length:,} bytes, more than {MAX_LIST:,}."
        )


class _Zip:
    """A ZIP file."""

    def __init__(self, place: Path, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.sizes: dict[str, int] = {}
        members = archive.infolist()
        if len(members) > MAX_FILES:
            raise ArchiveUnreadable(f"{str(place)!r} holds more than {MAX_FILES:,} files.")
        for member in members:
            reason = _refuse_member(member, self.sizes)
            if reason is not None:
                raise _refusal(place, member.filename, reason)
            if not member.is_dir():
                self.sizes[member.filename] = member.file_size
        _check_amount(place, members)

    def open(self, path: str) -> BinaryIO:
        return self._archive.open(path)  # type: ignore[return-value]


class _Folder:
    """A folder."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.sizes = dict(sorted(self._scan()))

    def open(self, path: str) -> BinaryIO:
        return open_plain(self._place / path, within=self._place)

    def _scan(self) -> Iterator[tuple[str, int]]:
        waiting = [""]
        while waiting:
            above = waiting.pop()
            with os.scandir(self._place / above) as entries:
                for entry in entries:
                    path = f"{above}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{path}/")
                    elif entry.is_file(follow_symlinks=False):
                        yield path, entry.stat(follow_symlinks=False).st_size
                    else:
                        raise _refusal(self._place, path, "is a link or no plain file")


def _refuse_member(member: zipfile.ZipInfo, known: Container[str]) -> str | None:
    """Why a member of a ZIP file is not for us, or None."""
    name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
    if member.orig_filename != name or not _stays_inside(name.removesuffix("/")):
        return "leads out of the archive"
    if name in known:
        return "is there twice"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or no plain file"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in _PACKINGS:
        return "is packed in a way that is not used here"
    return None


def _stays_inside(path: str) -> bool:
    parts = path.split("/")
    return not (
        any(part in ("", ".", "..") for part in parts)
        or "\\" in path
        or "\0" in path
        or ":" in parts[0][1:2]
    )


def _check_amount(place: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a ZIP file whose members lie over each other, or unpack to far more than it takes."""
    size = place.stat().st_size
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if packed > size or unpacked > max(FREE_BYTES, MAX_RATIO * size):
        raise ArchiveUnreadable(
            f"{str(place)!r} is refused: its {size:,} bytes would unpack to {unpacked:,}. "
            "Take a copy from whom you trust."
        )


def _refusal(place: Path, name: str, reason: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(
        f"{str(place)!r} is refused: {name!r} {reason}. Take a copy from whom you trust."
    )
