"""Artifacts: files kept under a run, each listed with its size, digest and media type."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from runfolio.errors import InvalidPath
from runfolio.store.files import reported_writes
from runfolio.store.layout import RunFolder

MAX_PATH_LENGTH: Final = 1000
MAX_PART_BYTES: Final = 255
_CHUNK = 1 << 20

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}


def check_artifact_path(path: str | os.PathLike[str]) -> str:
    """Return `path` as a safe relative path with forward slashes; raise `InvalidPath` if it isn't.

    A path may not be absolute, climb with ``..``, or hold a backslash, a drive or a control
    character, so that it means the same file on every system.
    """
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    if not isinstance(text, str):
        raise InvalidPath(f"An artifact path must be text, not {type(text).__name__}: {text!r}.")
    parts = text.split("/")
    if not text or any(part in ("", ".", "..") for part in parts):
        raise InvalidPath(
            f"The artifact path {text!r} must be relative and stay in the run. "
            "Use a path such as 'plots/quality.png'."
        )
    if "\\" in text or ":" in parts[0][1:2] or _has_control(text):
        raise InvalidPath(
            f"The artifact path {text!r} holds a backslash, a drive or a control character. "
            "Use forward slashes and printable characters."
        )
    if len(text) > MAX_PATH_LENGTH or any(_too_long(part) for part in parts):
        raise InvalidPath(f"The artifact path {text[:60] + '…'!r} is too long. Shorten it.")
    return text


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _too_long(part: str) -> bool:
    return len(part.encode()) > MAX_PART_BYTES


def guess_media_type(path: str) -> str:
    """The media type that a file's name suggests."""
    suffix = PurePosixPath(path).suffix.lower()
    known = _MEDIA_TYPES.get(suffix)
    if known:
        return known
    import mimetypes

    return mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"


def write_artifact(folder: RunFolder, path: str, content: bytes) -> dict[str, Any]:
    """Keep `content` as the artifact `path` of a run and return what is listed of it."""
    return _keep(folder, path, iter([content]))


def copy_artifact(folder: RunFolder, path: str, source: Path) -> dict[str, Any]:
    """Copy the file `source` into a run as the artifact `path`."""
    try:
        file = source.open("rb")
    except OSError as error:
        raise InvalidPath(f"Couldn't read {str(source)!r} to log it: {error.strerror}.") from error
    with file:
        return _keep(folder, path, _chunks(file))


def copy_artifacts(folder: RunFolder, files: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Copy files into a run by artifact path, all or none; return what is listed of them."""
    kept: list[dict[str, Any]] = []
    try:
        for path, source in files.items():
            kept.append(copy_artifact(folder, path, source))
    except BaseException:
        for listed in kept:
            _remove(folder.artifacts / listed["path"])
        raise
    return kept


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _remove(path: Path) -> None:
    with suppress(OSError, UnicodeEncodeError):
        path.unlink()


def _keep(folder: RunFolder, path: str, chunks: Iterator[bytes]) -> dict[str, Any]:
    target = folder.artifacts / path
    digest, size = hashlib.sha256(), 0
    beside = target.with_name(f".{os.urandom(8).hex()}.tmp")
    with reported_writes(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
            beside.replace(target)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            _remove(beside)
            raise InvalidPath(
                f"The artifact path {path!r} is a folder where the run has a file, or the other "
                "way round. Choose another path."
            ) from None
        except UnicodeEncodeError as error:
            _remove(beside)
            raise InvalidPath(
                f"The artifact path {path!r} can't be a file's name here: this Python writes names "
                f"in {error.encoding!r}. Set PYTHONUTF8=1, or LC_ALL to a UTF-8 locale."
            ) from None
        except BaseException:
            _remove(beside)
            raise
    return {
        "path": path,
        "size": size,
        "sha256": digest.hexdigest(),
        "media_type": guess_media_type(path),
    }
