"""A store's objects below an address such as ``s3://bucket/prefix``: the owner of fsspec.

Objects are listed, fetched, put and deleted, and nothing else: no rename, no append and no
condition is asked of the storage. Many are moved at once. Credentials and endpoints are those that
users of fsspec set: its configuration files and, for S3, the ``AWS_…`` variables and profiles.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from runfolio.errors import (
    RunfolioError,
    StoreNotFound,
    StoreUnreachable,
    StoreWriteFailed,
)
from runfolio.schema import FORMAT_VERSION
from runfolio.store.layout import MARKER, check_marker
from runfolio.store.transport import (
    Call,
    at_once,
    explain,
    forget_filesystem,
    modified_of,
    open_filesystem,
    tag_of,
)

T = TypeVar("T")

LARGE: Final = 16 << 20
"""From so many bytes on, objects are moved one by one, which bounds the memory that takes."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing tells it; `tag` changes with its content, `modified` is in seconds."""

    path: str
    size: int
    tag: str
    modified: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to put at `path`, or the bytes; `options` are headers such as a media type."""

    path: str
    content: Path | bytes
    media_type: str | None = None
    cache: str | None = None


class RemoteStore:
    """The objects below one address; nothing is asked of the storage before it is used.

    Paths are relative to the address and have forward slashes. Reading raises `StoreUnreachable`
    where the storage can't be reached or refuses, writing `StoreWriteFailed`.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        if not self.url.partition("://")[2].strip("/"):
            raise StoreNotFound(
                f"The address {url!r} names no bucket. Use {url + 'bucket/runs'!r}."
            )

    def __repr__(self) -> str:
        return f"<RemoteStore {self.url!r}>"

    def address(self, path: str) -> str:
        """The full address of an object."""
        return f"{self.url}/{path}"

    def _connect(self) -> tuple[Any, str]:
        """The file system, and the path of the address on it."""
        return open_filesystem(self.url)

    @contextmanager
    def _reported(
        self, doing: str, kind: type[StoreUnreachable | StoreWriteFailed]
    ) -> Iterator[None]:
        """Turn whatever a storage library raises into one error that says what to do."""
        try:
            yield
        except RunfolioError:
            raise
        except Exception as error:
            forget_filesystem(self.url)
            raise kind(f"Couldn't {doing} {self.url!r}: {explain(error)}") from error

    def list(self, under: str = "") -> dict[str, StoredObject]:
        """The objects by path, of the whole store or below one folder."""
        with self._reported("list", StoreUnreachable):
            return self._find(under)

    def _find(self, under: str) -> dict[str, StoredObject]:
        filesystem, root = self._connect()
        place = f"{root}/{under}" if under else root
        filesystem.invalidate_cache()
        listed = filesystem.find(place, detail=True)
        objects = {}
        for name, details in listed.items():
            path = str(name)[len(root) :].strip("/") if str(name).startswith(root) else ""
            if details.get("type", "file") == "file" and _is_safe(path):
                objects[path] = StoredObject(
                    path, int(details.get("size") or 0), tag_of(details), modified_of(details)
                )
        folders = {folder for path in objects for folder in _folders_of(path)}
        return {path: one for path, one in objects.items() if path not in folders}

    def read(self, path: str) -> bytes | None:
        """The content of a small object, None where there is none."""
        with self._reported("read", StoreUnreachable):
            filesystem, root = self._connect()
            try:
                return bytes(filesystem.cat_file(f"{root}/{path}"))
            except FileNotFoundError:
                return None

    def fetch(self, objects: Iterable[StoredObject], into: Path) -> set[str]:
        """Download objects, side by side, each to its path below `into`.

        Files get the time of their object. Returns the paths of those that were gone or changed
        since they were listed, and of single ones that the storage refuses to hand out.
        """
        wanted = list(objects)
        beside = {one.path: _beside(into / one.path) for one in wanted}
        for path in beside.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        missing = set()
        try:
            with self._reported("read", StoreUnreachable):
                for group in _groups(wanted, lambda one: one.size):
                    failures = self._get([(one.path, beside[one.path]) for one in group])
                    for one, failure in zip(group, failures, strict=True):
                        if not _take(beside[one.path], into / one.path, one, failure):
                            missing.add(one.path)
        finally:
            for path in beside.values():
                path.unlink(missing_ok=True)
        return missing

    def _get(self, wanted: Iterable[tuple[str, Path]]) -> Sequence[BaseException | None]:
        filesystem, root = self._connect()
        calls = [Call("get_file", (f"{root}/{path}", str(target))) for path, target in wanted]
        return at_once(filesystem, calls)

    def put(self, source: Path | bytes, path: str) -> None:
        """Put one object."""
        self.put_all([Upload(path, source)])

    def put_all(
        self, uploads: Iterable[Upload], *, done: Callable[[Upload], None] | None = None
    ) -> None:
        """Put objects side by side; `done` is called with each that is there."""
        with self._reported("write to", StoreWriteFailed):
            filesystem, root = self._connect()
            for group in _groups(uploads, _size_of):
                failures = at_once(filesystem, [self._putting(root, one) for one in group])
                for one, failure in zip(group, failures, strict=True):
                    if failure is None and done is not None:
                        done(one)
                for failure in failures:
                    if failure is not None:
                        raise failure

    def _putting(self, root: str, upload: Upload) -> Call:
        place, options = f"{root}/{upload.path}", self._headers(upload)
        if isinstance(upload.content, bytes):
            return Call("pipe_file", (place, upload.content), options)
        return Call("put_file", (str(upload.content), place), options)

    def _headers(self, upload: Upload) -> dict[str, Any]:
        """Media type and caching, for the protocols that know how to be told."""
        if not self.url.startswith(("s3://", "s3a://")):
            return {}
        said = {"ContentType": upload.media_type, "CacheControl": upload.cache}
        return {key: value for key, value in said.items() if value is not None}

    def delete(self, paths: Collection[str]) -> None:
        """Delete objects; what is gone already is fine."""
        if not paths:
            return
        with self._reported("delete from", StoreWriteFailed):
            filesystem, root = self._connect()
            # In a list of paths fsspec takes * ? and [ for patterns.
            plain = [path for path in paths if not any(sign in path for sign in "*?[")]
            odd = [path for path in paths if path not in set(plain)]
            if plain:
                try:
                    filesystem.rm([f"{root}/{path}" for path in plain])
                except FileNotFoundError:
                    odd = list(paths)
                else:
                    self._check_deleted(plain[-1])
            calls = [Call("rm_file", (f"{root}/{path}",)) for path in odd]
            for failure in at_once(filesystem, calls):
                if failure is not None and not isinstance(failure, FileNotFoundError):
                    raise failure

    def _check_deleted(self, path: str) -> None:
        """S3 answers a request to delete many with success, also where it deleted none."""
        filesystem, root = self._connect()
        filesystem.invalidate_cache()
        if filesystem.exists(f"{root}/{path}"):
            raise PermissionError("the storage keeps what should be deleted")

    def check(self) -> None:
        """Raise unless there is a store that this version can read."""
        known = self.read(MARKER)
        if known is None:
            raise StoreNotFound(
                f"No run store at {self.url!r}. Log a run there first, or check the address."
            )
        check_marker(known, self.url)

    def create(self) -> bool:
        """Make the address a store and return True, unless it is one already."""
        known = self.read(MARKER)
        if known is not None:
            check_marker(known, self.url)
            return False
        self.put(json.dumps({"format": FORMAT_VERSION}).encode() + b"\n", MARKER)
        return True


def _is_safe(path: str) -> bool:
    """Whether an object may lie at its path in a folder; others are none of ours."""
    parts = path.split("/")
    return (
        all(part not in ("", ".", "..") and len(os.fsencode(part)) <= 255 for part in parts)
        and "\0" not in path
    )


def _folders_of(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _beside(path: Path) -> Path:
    return path.with_name(f".{os.urandom(8).hex()}.tmp")


def _take(beside: Path, target: Path, listed: StoredObject, failure: BaseException | None) -> bool:
    """Give what was fetched its name; False where it isn't what was listed."""
    if isinstance(failure, (FileNotFoundError, PermissionError)):
        return False
    if failure is not None:
        raise failure
    if beside.stat().st_size != listed.size:
        return False
    os.utime(beside, (listed.modified, listed.modified))
    beside.replace(target)
    return True


def _size_of(upload: Upload) -> int:
    content = upload.content
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _groups(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """What is moved together: all small ones, and each large one, which fsspec moves in parts."""
    small: list[T] = []
    large: list[T] = []
    for item in items:
        (small if size(item) < LARGE else large).append(item)
    yield small
    yield from ([item] for item in large)
