"""Publishing: the one place that writes the site.

The new site is made in a folder beside the output and swapped in when it is whole, so that a failed
or killed build leaves the old one as it was. A file whose content is unchanged is linked from the
old site and keeps its time, so that a rebuild touches only what changed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import OutputRefused
from runfolio.store.swapping import link_file, replace_folder

MARKER: Final = "runfolio-site.json"
_GENERATOR: Final = "runfolio"
_QUEUED: Final = 64  # files that wait to be written
_PIECE: Final = 1 << 20

Stamp = tuple[int, int]
"""Size and time of a file, in nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a build wrote: files and bytes in all, and how many files were as before.

    `changed` are the paths of the others, where the site lies in a folder.
    """

    files: int
    bytes: int
    unchanged: int
    changed: tuple[str, ...] = ()


def check_output(output: Path) -> None:
    """Raise `OutputRefused` unless `output` is free, empty, or a site written before."""
    if not output.exists() and not output.is_symlink():
        return
    if output.is_symlink() or not output.is_dir():
        raise OutputRefused(
            f"The output {str(output)!r} is no folder. Choose another one with --output."
        )
    if _is_ours(output) or not any(output.iterdir()):
        return
    raise OutputRefused(
        f"The folder {str(output)!r} holds files that build-report did not write. "
        "Choose another one with --output, or empty it."
    )


def _is_ours(folder: Path) -> bool:
    try:
        return is_marker((folder / MARKER).read_bytes())
    except OSError:
        return False


def is_marker(content: bytes) -> bool:
    """Whether this is what marks a site that build-report wrote."""
    try:
        document = json.loads(content)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("generator") == _GENERATOR


class Site:
    """A site being written; leave the ``with`` block without an error to put it in place."""

    def __init__(self, output: Path, *, version: str) -> None:
        self._output = output
        self._before = os.fspath(output)
        self._version = version
        self._beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}.tmp")
        self._beside_text = os.fspath(self._beside)
        self._folders: set[str] = {""}
        self._files: dict[str, int] = {}
        self._same: set[str] = set()
        self._replaces = output.exists()
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Site:
        check_output(self._output)
        self._restore_interrupted()
        try:
            self._beside.mkdir(parents=True)
        except OSError as error:
            raise self._failure(error) from error
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._write_marker()
                self._finish_writing()
                self._swap()
        except OSError as failed:
            raise self._failure(failed) from failed
        finally:
            self._writer.shutdown(cancel_futures=True)
            shutil.rmtree(self._beside, ignore_errors=True)
        if isinstance(error, OSError):
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> OutputRefused:
        return OutputRefused(
            f"Couldn't write the site to {str(self._output)!r}: {error.strerror or error}. "
            "The site that was there is as it was. Choose another folder with --output."
        )

    @property
    def published(self) -> Published:
        """What has been written so far."""
        changed = tuple(path for path in self._files if path not in self._same)
        return Published(len(self._files), sum(self._files.values()), len(self._same), changed)

    def write(self, path: str, content: str | bytes) -> None:
        """Write one file of the site; `path` has forward slashes."""
        data = content.encode() if isinstance(content, str) else content
        self._files[path] = len(data)
        target = self._place(path)
        if self._replaces and self._link_unchanged(path, target, data):
            return
        self._queue(target, data)

    def _queue(self, target: Path, data: bytes) -> None:
        """Write a file beside the rendering; errors show when the queue is full or at the end."""
        if len(self._pending) >= _QUEUED:
            self._pending.popleft().result()
        self._pending.append(self._writer.submit(_write_file, target, data))

    def _finish_writing(self) -> None:
        while self._pending:
            self._pending.popleft().result()

    def keep(self, path: str, stamp: Stamp | None) -> bool:
        """Keep a file of the site before that has this size and time; False if there is none."""
        if stamp is None or not self._replaces or not self._link(path, stamp):
            return False
        self._files[path] = stamp[0]
        self._same.add(path)
        return True

    def has(self, path: str) -> bool:
        """Whether a file is part of the new site already."""
        return path in self._files

    def take_over(self, stamps: Mapping[str, Stamp]) -> bool:
        """Take files over from the site before, if all are there with these sizes and times.

        Files that are part of the new site already stay as they are there.
        """
        wanted = {path: stamp for path, stamp in stamps.items() if path not in self._files}
        if not self._replaces or not all(self._link(path, wanted[path]) for path in wanted):
            for path in wanted:
                (self._beside / path).unlink(missing_ok=True)
            return False
        self._files |= {path: size for path, (size, _) in wanted.items()}
        self._same |= wanted.keys()
        return True

    def _link(self, path: str, stamp: Stamp) -> bool:
        """Take over one file of this size and time; another build may be putting others there."""
        target = f"{self._beside_text}/{path}"
        self._make_folder(path)
        try:
            link_file(f"{self._before}/{path}", target)
            found = os.lstat(target)
        except OSError:
            return False
        if (found.st_size, found.st_mtime_ns) == stamp and stat.S_ISREG(found.st_mode):
            return True
        Path(target).unlink()
        return False

    def stamp(self, paths: Iterable[str]) -> dict[str, Stamp]:
        """The sizes and times of files of the new site, once all are written."""
        self._finish_writing()
        beside = self._beside_text
        details = ((path, os.lstat(f"{beside}/{path}")) for path in paths)
        return {path: (found.st_size, found.st_mtime_ns) for path, found in details}

    def copy(self, path: str, source: Path, *, known: bool = False) -> None:
        """Copy one file into the site, once; what is there already stays.

        `known` says that a file of this size and time was copied from there, and that the source
        was not written since; else both are read.
        """
        if path in self._files:
            return
        target = self._place(path)
        details = source.stat()
        self._files[path] = details.st_size
        if self._replaces and self._link(path, (details.st_size, details.st_mtime_ns)):
            if known or _have_same_content(source, target):
                self._same.add(path)
                return
            target.unlink()
        shutil.copyfile(source, target)
        os.utime(target, ns=(details.st_atime_ns, details.st_mtime_ns))

    def _place(self, path: str) -> Path:
        self._make_folder(path)
        return self._beside / path

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            if ".." in folder.split("/") or folder.startswith("/"):
                raise OutputRefused(f"The file {path!r} would lie outside the site.")
            (self._beside / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    def _link_unchanged(self, path: str, target: Path, data: bytes) -> bool:
        """Take a file over if it holds this; it is read once linked, as another may replace it."""
        old = self._output / path
        try:
            found = old.lstat()
            if found.st_size != len(data) or not stat.S_ISREG(found.st_mode):
                return False
            link_file(old, target)
            same = target.read_bytes() == data
        except OSError:
            same = False
        if same:
            self._same.add(path)
        else:
            target.unlink(missing_ok=True)
        return same

    def _write_marker(self) -> None:
        document = {"generator": _GENERATOR, "version": self._version, "files": len(self._files)}
        self.write(MARKER, json.dumps(document, indent=1, sort_keys=True) + "\n")

    def _restore_interrupted(self) -> None:
        """Put back a site whose exchange was interrupted between its two renames."""
        for set_aside in sorted(self._output.parent.glob(f".{self._output.name}.*.old")):
            if self._output.exists():
                shutil.rmtree(set_aside, ignore_errors=True)
            else:
                set_aside.rename(self._output)

    def _swap(self) -> None:
        replace_folder(self._beside, self._output)


def _have_same_content(first: Path, second: Path) -> bool:
    with first.open("rb") as one, second.open("rb") as other:
        while (piece := one.read(_PIECE)) == other.read(_PIECE):
            if not piece:
                return True
    return False


def _write_file(target: Path, data: bytes) -> None:
    with target.open("xb", buffering=0) as file:
        file.write(data)
