"""A ZIP file whose bytes depend on nothing but the names and content of its files."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.site.times import to_datetime

_CHUNK: Final = 1 << 20
_EARLIEST: Final = 315_532_800_000_000
"""1980, before which the format knows no time, in microseconds."""

_MODE: Final = 0o100644 << 16
_FOLDER_MODE: Final = 0o40755 << 16 | 0x10
_UNIX: Final = 3

_PACKED: Final = frozenset(
    (
        *(".parquet", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".mp3", ".ogg", ".flac"),
        *(".mp4", ".webm", ".mov", ".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".npz", ".whl"),
        *(".docx", ".xlsx", ".pptx", ".keras", ".pt", ".pth"),
    )
)
"""Endings of files that are packed already, which are stored as they are."""


def write_zip(
    target: Path,
    folder: Path,
    paths: Iterable[str],
    *,
    time: int,
    report: Callable[[], None],
) -> None:
    """Pack files of `folder` in the order given, each after the folders it lies in.

    `time`, in microseconds, is that of all of them.
    """
    moment = to_datetime(max(time, _EARLIEST))
    stamp = (*moment.timetuple()[:5], moment.second // 2 * 2)
    known: set[str] = set()
    with zipfile.ZipFile(target, "x") as archive:
        for path in paths:
            for parent in reversed(PurePosixPath(path).parents[:-1]):
                if f"{parent}/" not in known:
                    known.add(f"{parent}/")
                    archive.writestr(_member(f"{parent}/", stamp, _FOLDER_MODE), b"")
            _write_member(archive, _member(path, stamp, _MODE), folder / path)
            report()


def _member(path: str, stamp: tuple[int, ...], mode: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(path, stamp)  # type: ignore[arg-type]
    member.create_system, member.external_attr = _UNIX, mode
    return member


def _write_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Path) -> None:
    is_packed = PurePosixPath(member.filename).suffix.lower() in _PACKED
    member.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with source.open("rb") as file:
        member.file_size = os.fstat(file.fileno()).st_size  # so that zip64 is chosen by the size
        with archive.open(member, "w") as packed:
            while chunk := file.read(_CHUNK):
                packed.write(chunk)
