"""Building nothing where nothing is new: neither what goes into a site, nor the site.

After a build its mark is kept with the user's caches: a digest of what the disk says of every file
of the store, of the reports and of the program, of all options, and of the site itself. Where all
of it is the same once more, the site is what a build would make, and is left as it is. That goes
without reading a single run, so this module imports nothing large.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.site.details import SETTLED, digest, digest_code, templates_folder
from runfolio.site.publish import Published
from runfolio.site.record import place_beside_others
from runfolio.site.summary import ReportSummary
from runfolio.store.files import write_quickly
from runfolio.store.layout import MARKER
from runfolio.version import __version__

_FORMAT: Final = 1
_JOURNALS: Final = f"{os.sep}journal{os.sep}"
"""Where runs that are going on write to; whether one still is goes by more than its files."""

Kept = dict[str, Any]
_KEPT: Final = ("experiments", "runs", "pages", "reports")


def build_once(
    build: Callable[[], ReportSummary],
    *,
    store: Path,
    output: Path,
    others: Sequence[Path],
    said: object,
) -> ReportSummary:
    """Build a site, unless nothing that goes into it has changed since, nor the site itself.

    `others` are folders and files of one's own that it is made from as well, `said` the options.
    """
    mark = mark_inputs(store, others, said)
    if mark is not None and (told := recall_build(output, mark)) is not None:
        files = Published(told["files"], told["bytes"], told["files"])
        counts = {name: told[name] for name in _KEPT}
        return ReportSummary(output, damage=(), tool=None, published=files, **counts)
    summary = build()
    if mark is not None and _is_sound(summary):
        published = {"files": summary.published.files, "bytes": summary.published.bytes}
        counted = {name: getattr(summary, name) for name in _KEPT}
        remember_build(output, mark, published | counted)
    return summary


def _is_sound(summary: ReportSummary) -> bool:
    """Whether there is nothing that would have to be told again."""
    return not (summary.damage or summary.mistakes or summary.unread)


def recall_build(output: Path, mark: str) -> Kept | None:
    """What was told of the last build, if it had this `mark` and its site is as it was written."""
    try:
        document = json.loads(place_beside_others(output, "seen").read_bytes())
        same = document["format"] == _FORMAT and document["mark"] == mark
        if same and document["site"] == _digest_files(output):
            told: Kept = document["told"]
            return told
    except (OSError, ValueError, KeyError, TypeError, InvalidPath):
        pass
    return None


def remember_build(output: Path, mark: str, told: Kept) -> None:
    """Keep what a build was made from, and what it made; or nothing where that can't be."""
    site = _digest_files(output)
    document = {"format": _FORMAT, "mark": mark, "site": site, "told": told}
    with suppress(OSError, StoreWriteFailed, InvalidPath):
        place = place_beside_others(output, "seen")
        place.parent.mkdir(parents=True, exist_ok=True)
        write_quickly(place, json.dumps(document).encode())


def mark_inputs(store: Path, others: Sequence[Path], said: object) -> str | None:
    """The mark of everything that a site is made from; None where that can't be told by files."""
    if not (store / MARKER).is_file() or not all(one.exists() for one in others):
        return None
    found = [_digest_settled(one) for one in (store, *others)]
    if None in found:
        return None
    code = digest_code(templates_folder(), others)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return digest(__version__, code, epoch, repr(said), [str(store), *map(str, others)], found)


def _digest_settled(place: Path) -> str | None:
    """The digest of all files at a place; None if one may still change without another time."""
    hasher, newest = hashlib.blake2b(digest_size=16), 0
    for path, details in _scan(place):
        if _JOURNALS in path:
            return None
        newest = max(newest, details.st_mtime_ns, details.st_ctime_ns)
        told = (path, *_describe(details), details.st_ctime_ns, details.st_ino)
        hasher.update(repr(told).encode(errors="surrogatepass"))
    return hasher.hexdigest() if newest < (time.time() - SETTLED) * 1e9 else None


def _digest_files(folder: Path) -> str:
    """The digest of the names, sizes and times of the files of a site."""
    hasher = hashlib.blake2b(digest_size=16)
    for path, details in _scan(folder):
        hasher.update(repr((path, *_describe(details))).encode(errors="surrogatepass"))
    return hasher.hexdigest()


def _describe(details: os.stat_result) -> tuple[int, int, int]:
    return details.st_mode, details.st_size, details.st_mtime_ns


def _scan(place: Path) -> Iterator[tuple[str, os.stat_result]]:
    """All files at a place in one order, with what the disk says of them; links aren't followed."""
    folders = [os.fspath(place)]
    if place.is_file():
        yield folders.pop(), place.stat()
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    yield entry.path, entry.stat(follow_symlinks=False)
