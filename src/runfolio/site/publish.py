"""Publishing: the one place that writes the site.

The new site is made in a folder beside the output and swapped in when it is whole, so that a failed
or killed build leaves the old one as it was. A file whose content is unchanged is linked from the
old site and keeps its time, so that a rebuild touches only what changed.

Any number of processes may write files of one new site, each through a `Staging` of its own, on one
machine or where a folder is shared. One of them, which holds the `Site`, begins and ends it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any, Final

from runfolio.errors import OutputRefused
from runfolio.site.details import Stamp
from runfolio.site.spare import Spare, remove_files, sweep
from runfolio.store.files import copy_plain
from runfolio.store.swapping import WORK, exchange_folders, link_file, remove_stale

MARKER: Final = "runfolio-site.json"
_GENERATOR: Final = "runfolio"
BEGUN: Final = json.dumps({"generator": _GENERATOR}).encode() + b"\n"
"""What marks a site that is not whole yet."""

_PIECE: Final = 1 << 20
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)

Content = str | bytes | Iterable[str]
"""What a file holds; a large one comes in pieces of text."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a build wrote: files and bytes in all, and how many files were as before.

    `changed` are the paths of the others, where the site lies in a folder that had one before.
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


@dataclass(frozen=True, slots=True)
class Written:
    """The files that a process has written of a site.

    Those that other processes may have written as well are `shared`, with their sizes, and `same`
    are the ones of these that were there before. Of the others there is how many they are, with
    how many bytes, how many were there before, and, packed, the paths of those that were not.
    """

    shared: Mapping[str, int]
    same: frozenset[str]
    count: int
    size: int
    unchanged: int
    changed: bytes


class Staging:
    """The folder `beside` a site's `output` in which the new one is made; `replaces` is whether
    there is an old one. Only these three are sent to another process.
    """

    def __init__(self, output: Path, beside: Path, *, replaces: bool) -> None:
        self._output = output
        self._before = os.fspath(output)
        self._beside = beside
        self._beside_text = os.fspath(beside)
        self._replaces = replaces
        self._folders: set[str] = {""}
        self._spared: dict[str, Stamp] = {}
        self.files: dict[str, int] = {}
        self.same: set[str] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Staging, replaces=self._replaces), (self._output, self._beside)

    def write(self, path: str, content: Content) -> None:
        """Write one file of the site; `path` has forward slashes."""
        self._make_folder(path)
        if not isinstance(content, str | bytes):
            self._write_pieces(path, content)
            return
        data = content.encode() if isinstance(content, str) else content
        self.files[path] = len(data)
        if self._replaces and self._link_unchanged(path, data, self._beside / path):
            return
        _write_file(f"{self._beside_text}/{path}", data)

    def _write_pieces(self, path: str, pieces: Iterable[str]) -> None:
        """Write a file piece by piece, then compare it with the one that may be there."""
        target = self._beside / path
        target.unlink(missing_ok=True)  # it may be a link into the site before
        with target.open("xb") as file:
            file.writelines(piece.encode() for piece in pieces)
            file.flush()
            self.files[path] = file.tell()
            _set_time(file.fileno())
        before = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        if self._replaces and self._link_unchanged(path, target, before):
            before.replace(target)

    def keep(self, path: str, stamp: Stamp | None) -> bool:
        """Keep a file of the site before that has this size and time; False if there is none."""
        if stamp is None or not self._replaces or not self._link(path, stamp):
            return False
        self.files[path] = stamp[0]
        self.same.add(path)
        return True

    def has(self, path: str) -> bool:
        """Whether this process has made a file of the new site already."""
        return path in self.files

    def told(self, paths: Iterable[str], own: Set[str]) -> Written:
        """What is told of some files; no other process writes those of `own`."""
        shared = {path: self.files[path] for path in paths if path not in own}
        changed = sorted(own - self.same)
        return Written(
            shared,
            frozenset(self.same & shared.keys()),
            len(own),
            sum(self.files[path] for path in own),
            len(own) - len(changed),
            pack_texts(changed),
        )

    def take_over(self, stamps: Mapping[str, Stamp]) -> bool:
        """Take files over from the site before, if all are there with these sizes and times.

        Files that are part of the new site already stay as they are there.
        """
        wanted = {path: stamp for path, stamp in stamps.items() if not self.has(path)}
        is_spared = wanted.items() <= self._spared.items()  # at once, as there may be very many
        if not self._replaces or not (is_spared or all(starmap(self._link, wanted.items()))):
            self.forget(wanted)
            return False
        self.files |= {path: size for path, (size, _) in wanted.items()}
        self.same.update(wanted)
        return True

    def forget(self, paths: Iterable[str]) -> None:
        """Take files out of the new site again."""
        for path in paths:
            self.files.pop(path, None)
            self.same.discard(path)
            self._spared.pop(path, None)
            (self._beside / path).unlink(missing_ok=True)

    def _link(self, path: str, stamp: Stamp) -> bool:
        """Take over one file of this size and time; another build may be putting others there."""
        if path in self._spared and self._spared[path] == stamp:
            return True
        target = f"{self._beside_text}/{path}"
        try:
            self._make_folder(path)
            if self._spared.pop(path, None) is not None:
                Path(target).unlink()
            link_file(f"{self._before}/{path}", target)
            found = os.lstat(target)
        except OSError:
            return False
        if (found.st_size, found.st_mtime_ns) == stamp and stat.S_ISREG(found.st_mode):
            return True
        Path(target).unlink()
        return False

    def stamp(self, paths: Iterable[str]) -> dict[str, Stamp]:
        """The sizes and times of files of the new site, but for those that are put elsewhere."""
        stamps = {}
        for path in paths:
            with suppress(FileNotFoundError):
                found = os.lstat(f"{self._beside_text}/{path}")
                stamps[path] = found.st_size, found.st_mtime_ns
        return stamps

    def copy(self, path: str, source: Path, *, known: bool = False) -> None:
        """Copy one file into the site, once; what is there already stays.

        `known` says that a file of this size and time was copied from there, and that the source
        was not written since; else both are read.
        """
        if self.has(path):
            return
        self._make_folder(path)
        target = self._beside / path
        details = source.stat()
        self.files[path] = details.st_size
        stamp = details.st_size, details.st_mtime_ns
        is_linked = self._replaces and self._link(path, stamp)
        if is_linked and (known or _have_same_content(source, target)):
            self.same.add(path)
            return
        while True:  # another thread or process may be copying it as well
            target.unlink(missing_ok=True)
            with suppress(FileExistsError):
                copy_plain(source, target)
                break
        with suppress(FileNotFoundError):  # then the other one gives it its time
            os.utime(target, ns=(details.st_atime_ns, details.st_mtime_ns))

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            if ".." in folder.split("/") or folder.startswith("/"):
                raise OutputRefused(f"The file {path!r} would lie outside the site.")
            (self._beside / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    def _link_unchanged(self, path: str, content: bytes | Path, target: Path) -> bool:
        """Link a file of the site before to `target` if it holds this, or what a file holds.

        It is read once linked, as another build may replace it.
        """
        old = self._output / path
        try:
            found = old.lstat()
            if found.st_size != self.files[path] or not stat.S_ISREG(found.st_mode):
                return False
            link_file(old, target)
            if isinstance(content, Path):
                same = _have_same_content(target, content)
            else:
                same = target.read_bytes() == content
        except OSError:
            same = False
        if same:
            self.same.add(path)
        else:
            target.unlink(missing_ok=True)
        return same


class Site(Staging):
    """A site being written; leave the ``with`` block without an error to put it in place."""

    def __init__(self, output: Path, *, version: str, spare: Spare | None = None) -> None:
        beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}{WORK}")
        super().__init__(output, beside, replaces=output.exists())
        self._version = version
        self._spare = spare
        self._others: list[Written] = []

    def __enter__(self) -> Site:
        check_output(self._output)
        self._restore_interrupted()
        try:
            if self._spare is not None and self._spare.move_to(self._beside):
                self._spared = sweep(self._beside)
            else:
                self._beside.mkdir(parents=True)
        except OSError as error:
            shutil.rmtree(self._beside, ignore_errors=True)
            raise self._failure(error) from error
        remove_stale(self._output)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        is_in_place = False
        try:
            if error is None:
                self._write_marker()
                exchange_folders(self._beside, self._output)
                is_in_place = True
        except OSError as failed:
            raise self._failure(failed) from failed
        finally:
            spare = self._spare
            if is_in_place and spare is not None and spare.is_worth(self._count()):
                spare.keep(self._beside)
            else:
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
        return Published(
            self._count(),
            sum(self.files.values()) + sum(one.size for one in self._others),
            len(self.same) + sum(one.unchanged for one in self._others),
            tuple(self._list_changed()) if self._replaces else (),
        )

    def _list_changed(self) -> Iterator[str]:
        yield from (path for path in self.files if path not in self.same)
        for one in self._others:
            yield from unpack_texts(one.changed)

    def _count(self) -> int:
        return len(self.files) + sum(one.count for one in self._others)

    @property
    def beside(self) -> Path:
        """Where the new site is made."""
        return self._beside

    def staging(self) -> Staging:
        """What another process writes files of this site through."""
        return Staging(self._output, self._beside, replaces=self._replaces)

    def join(self, written: Written) -> None:
        """Count files in that another process has written."""
        self.files |= written.shared
        self.same |= written.same
        self._others.append(written)

    def has(self, path: str) -> bool:
        """Whether this process has made a file of the new site already, or another one has.

        Of what others do it is asked only once some have told, and not of what goes elsewhere.
        """
        return path in self.files or (
            bool(self._others) and os.path.lexists(f"{self._beside_text}/{path}")
        )

    def _write_marker(self) -> None:
        document = {"generator": _GENERATOR, "version": self._version, "files": self._count()}
        self.write(MARKER, json.dumps(document, indent=1, sort_keys=True) + "\n")

    def _restore_interrupted(self) -> None:
        """Put back a site whose exchange was interrupted between its two renames."""
        for set_aside in sorted(self._output.parent.glob(f".{self._output.name}.*.old")):
            if self._output.exists():
                shutil.rmtree(set_aside, ignore_errors=True)
            else:
                set_aside.rename(self._output)

    def drop_rest(self) -> None:
        """Remove what the folder had from before and has not been taken over into the new site."""
        remove_files(self._beside, self._spared.keys() - self.files.keys())
        self._spared = {}
        self._folders = {""}


def pack_texts(texts: Iterable[str]) -> bytes:
    """Texts without line breaks in little room, as there may be very many that are alike."""
    return zlib.compress("\n".join(texts).encode(errors="surrogatepass"), level=1)


def unpack_texts(packed: bytes) -> list[str]:
    """The texts that were packed."""
    text = zlib.decompress(packed).decode(errors="surrogatepass")
    return text.split("\n") if text else []


def _have_same_content(first: Path, second: Path) -> bool:
    with suppress(FileNotFoundError), first.open("rb") as one, second.open("rb") as other:
        while (piece := one.read(_PIECE)) == other.read(_PIECE):
            if not piece:
                return True
    return False


def _write_file(target: str, data: bytes) -> None:
    """Write a file, in the place of what another process may have left half written there."""
    try:
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    except FileExistsError:
        beside = f"{target}.{secrets.token_hex(4)}"
        _write_file(beside, data)
        os.replace(beside, target)  # noqa: PTH105, as below
        return
    try:  # by the system's own calls: it happens ten thousands of times
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        _set_time(file)
    finally:
        os.close(file)


def _set_time(file: int) -> None:
    """Give a file its time to the nanosecond, as two in one tick of the clock may differ."""
    if os.utime in os.supports_fd:
        now = time.time_ns()
        os.utime(file, ns=(now, now))
