"""Publishing: the one place that writes the site.

The new site is made in a folder beside the output and swapped in when it is whole, so that a failed
or killed build leaves the old one as it was. A file whose content is unchanged is linked from the
old site and keeps its time, so that a rebuild touches only what changed.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import OutputRefused

MARKER: Final = "runfolio-site.json"
_GENERATOR: Final = "runfolio"
_QUEUED: Final = 64  # files that wait to be written


@dataclass(frozen=True, slots=True)
class Published:
    """What a build wrote: files and bytes in all, and how many files were as before."""

    files: int
    bytes: int
    unchanged: int


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
        self._version = version
        self._beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}.tmp")
        self._folders: set[str] = {""}
        self._files: dict[str, int] = {}
        self._unchanged = 0
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
        return Published(len(self._files), sum(self._files.values()), self._unchanged)

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

    def keep(self, path: str) -> bool:
        """Keep a file of the site before, whose name says what is in it; False if there is none."""
        old = self._output / path
        try:
            size = old.stat().st_size
            if not self._replaces or size == 0:
                return False
            _link(old, self._place(path))
        except OSError:
            return False
        self._files[path] = size
        self._unchanged += 1
        return True

    def copy(self, path: str, source: Path) -> None:
        """Copy one file into the site, once; one of its size and time is taken as unchanged."""
        if path in self._files:
            return
        target = self._place(path)
        old = self._output / path
        details = source.stat()
        self._files[path] = details.st_size
        try:
            known = old.stat()
            if (known.st_size, known.st_mtime_ns) == (details.st_size, details.st_mtime_ns):
                _link(old, target)
                self._unchanged += 1
                return
        except OSError:
            pass
        shutil.copyfile(source, target)
        os.utime(target, ns=(details.st_atime_ns, details.st_mtime_ns))

    def _place(self, path: str) -> Path:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            if ".." in folder.split("/") or folder.startswith("/"):
                raise OutputRefused(f"The file {path!r} would lie outside the site.")
            (self._beside / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return self._beside / path

    def _link_unchanged(self, path: str, target: Path, data: bytes) -> bool:
        old = self._output / path
        try:
            if old.stat().st_size != len(data) or old.read_bytes() != data:
                return False
            _link(old, target)
        except OSError:
            return False
        self._unchanged += 1
        return True

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
        if not self._output.exists():
            self._beside.rename(self._output)
        elif not _exchange(self._beside, self._output):
            set_aside = self._beside.with_suffix(".old")
            self._output.rename(set_aside)
            self._beside.rename(self._output)
            shutil.rmtree(set_aside, ignore_errors=True)


def _write_file(target: Path, data: bytes) -> None:
    with target.open("xb", buffering=0) as file:
        file.write(data)


def _link(old: Path, target: Path) -> None:
    try:
        os.link(old, target)
    except OSError:
        shutil.copy2(old, target)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux's renameat2)."""
    if not sys.platform.startswith("linux"):
        return False
    at_current_folder, exchange = -100, 2
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    paths = os.fsencode(first.absolute()), os.fsencode(second.absolute())
    result = rename(at_current_folder, paths[0], at_current_folder, paths[1], exchange)
    return bool(result == 0)
