"""Putting a built site on object storage, for any host that serves what lies there.

Only what changed is put: data and assets first, then pages, the index last, so that a visitor finds
the old site or the new one, and an upload that fails leaves the old index in place. What the new
site no longer has is deleted at the end. An object beside the site remembers what was put, so that
nothing else is ever deleted; it and the marker come first, for an upload that is cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from runfolio.errors import OutputRefused, StoreUnreachable, StoreWriteFailed
from runfolio.site.addresses import INDEX
from runfolio.site.publish import BEGUN, MARKER, Published, is_marker
from runfolio.store.artifacts import guess_media_type
from runfolio.store.files import digest_file
from runfolio.store.remote import RemoteStore, StoredObject, Upload

DIGESTS: Final = "runfolio-objects.json"

_NAMED_BY_CONTENT: Final = re.compile(r"assets/[^/]+\.[0-9a-f]{8,}\.[a-z]+")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_TEXTS: Final = ("application/json", "application/javascript", "text/javascript", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class _Known:
    """What was put at a path: the object as it was listed then, and the SHA-256 of its content."""

    size: int
    tag: str
    sha256: str


NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

_UNKNOWN: Final = _Known(-1, "", "")
"""Of what may have been put before an upload broke off: it is ours, and put again."""


def check_remote_output(remote: RemoteStore) -> None:
    """Raise `OutputRefused` unless nothing lies at the address, or a site written before."""
    try:
        taken = bool(remote.list()) and not is_marker(remote.read(MARKER) or b"")
    except StoreUnreachable as error:
        raise OutputRefused(f"{error} Choose another place with --output.") from error
    if taken:
        raise OutputRefused(
            f"The address {remote.url!r} holds files that build-report did not write. "
            "Choose another one with --output, or empty it."
        )


def list_files(folder: Path) -> dict[str, Path]:
    """The files of a site in a folder, by the paths that they have in the site."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}


def read_put(remote: RemoteStore) -> dict[str, str]:
    """The SHA-256 digests of what was put at an address, by path, where it is still there."""
    listed, known = remote.list(), _read_digests(remote)
    return {
        path: one.sha256
        for path, one in known.items()
        if path in listed and (listed[path].size, listed[path].tag) == (one.size, one.tag)
    }


def begin_upload(folder: Path, remote: RemoteStore) -> None:
    """Put what pages need to be shown, before others put pages."""
    assets = {path.relative_to(folder).as_posix(): path for path in folder.glob("assets/*")}
    marker = Upload(MARKER, BEGUN, "application/json; charset=utf-8", _ASK_FIRST)
    known = _read_digests(remote) | dict.fromkeys(assets, _UNKNOWN)
    remote.put_all([marker])
    _remember(remote, known)
    remote.put_all(describe_upload(path, file) for path, file in assets.items())


def upload_site(
    folder: Path, remote: RemoteStore, elsewhere: Mapping[str, str] = NOTHING
) -> Published:
    """Make the objects at the address those of the site in `folder`.

    `elsewhere` are the digests of further files of the site, which others have put there.
    """
    files = list_files(folder)
    digests = {path: digest_file(file) for path, file in files.items()}
    try:
        listed, known = remote.list(), _read_digests(remote)
        changed = [
            path for path in files if not _is_same(listed.get(path), known.get(path), digests[path])
        ]
        if changed:
            remote.put_all([describe_upload(MARKER, files[MARKER])])
            _remember(remote, known | dict.fromkeys(changed, _UNKNOWN))
        for stage in _stages(changed):
            remote.put_all(describe_upload(path, files[path]) for path in stage)
    except (StoreUnreachable, StoreWriteFailed) as error:
        raise OutputRefused(
            f"Couldn't upload the site: {error} The index of the site that was there is as it was."
        ) from error
    gone = [path for path in listed if path in known and path not in {*files, *elsewhere}]
    _clean_up(remote, {**digests, **elsewhere}, gone, [*changed, *elsewhere])
    size = sum(path.stat().st_size for path in files.values())
    return Published(len(files), size, len(files) - len(changed))


def _clean_up(
    remote: RemoteStore, digests: Mapping[str, str], gone: list[str], changed: list[str]
) -> None:
    """Delete what the site no longer has, and remember what it has."""
    try:
        remote.delete(gone)
        if changed or gone:
            listed = remote.list()
            _remember(remote, {path: _known(listed[path], digests[path]) for path in digests})
    except (StoreUnreachable, StoreWriteFailed) as error:
        raise OutputRefused(
            f"The site is at {remote.url!r}, but files of the one before are left: {error}"
        ) from error


def _stages(paths: list[str]) -> list[list[str]]:
    """What is put together, one stage after the other."""
    pages = [path for path in paths if path.endswith(".html") and path != INDEX]
    last = [path for path in paths if path == INDEX]
    rest = [path for path in paths if path not in {*pages, *last}]
    return [stage for stage in (rest, pages, last) if stage]


def describe_upload(path: str, content: Path | bytes) -> Upload:
    """A file of a site as it is put, with its media type and how long it may be kept."""
    media_type = guess_media_type(path)
    if media_type.startswith("text/") or media_type in _TEXTS:
        media_type += "; charset=utf-8"
    cache = _FOR_EVER if _NAMED_BY_CONTENT.fullmatch(path) else _ASK_FIRST
    return Upload(path, content, media_type, cache)


def _is_same(listed: StoredObject | None, known: _Known | None, digest: str) -> bool:
    """Whether an object is still the one that was put, and that is the content of now."""
    if listed is None or known is None:
        return False
    return (listed.size, listed.tag, digest) == (known.size, known.tag, known.sha256)


def _read_digests(remote: RemoteStore) -> dict[str, _Known]:
    try:
        document = json.loads(remote.read(DIGESTS) or b"{}")
        return {
            path: _Known(int(size), str(tag), str(sha))
            for path, (size, tag, sha) in document.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}


def _known(listed: StoredObject, digest: str) -> _Known:
    return _Known(listed.size, listed.tag, digest)


def _remember(remote: RemoteStore, known: Mapping[str, _Known]) -> None:
    document = {path: [one.size, one.tag, one.sha256] for path, one in sorted(known.items())}
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    remote.put_all([Upload(DIGESTS, content, "application/json; charset=utf-8", _ASK_FIRST)])
