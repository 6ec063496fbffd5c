"""Checking that an archive holds what its manifest lists: nothing missing, changed or added."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.archive.contents import Contents, open_contents, read_all, read_chunks
from runfolio.archive.layout import MANIFEST
from runfolio.archive.manifest import decode_manifest
from runfolio.errors import ArchiveDamaged, ArchiveUnreadable

Progress = Callable[[int, int], None]

MAX_MANIFEST: Final = 512 << 20
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class VerifiedArchive:
    """How much was checked, and the paths of the files that aren't as the manifest says."""

    path: Path
    files: int
    bytes: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each path with what is wrong, in the order of the paths."""
        found = [
            *((path, "it is missing") for path in self.missing),
            *((path, "it doesn't match its checksum") for path in self.changed),
            *((path, "it is not in the manifest") for path in self.extra),
        ]
        return sorted(found)


def verify_archive(
    path: str | os.PathLike[str], *, progress: Progress | None = None
) -> VerifiedArchive:
    """Check every file of an archive against its manifest, without unpacking anything.

    `progress` is called with files done and in all. Raises `ArchiveUnreadable` for what is no
    archive, or holds members that no archive has, such as paths that lead out of it.
    """
    with open_contents(path) as contents:
        return check_contents(Path(path), contents, progress)


def check_contents(
    place: Path, contents: Contents, progress: Progress | None = None
) -> VerifiedArchive:
    """Check the files of an archive that is open."""
    if MANIFEST not in contents.sizes:
        raise ArchiveUnreadable(
            f"{str(place)!r} has no {MANIFEST}, so there is nothing to check it against. "
            "Name a ZIP file or a folder that build-report --archive wrote."
        )
    digests = decode_manifest(read_all(contents, MANIFEST, most=MAX_MANIFEST))
    found = set(contents.sizes) - {MANIFEST}
    common = sorted(found & set(digests))
    changed = []
    for number, path in enumerate(common, 1):
        if _digest(contents, path) != digests[path]:
            changed.append(path)
        if progress is not None:
            progress(number, len(common))
    return VerifiedArchive(
        place,
        len(digests) + 1,
        sum(contents.sizes.values()),
        missing=tuple(sorted(set(digests) - found)),
        changed=tuple(changed),
        extra=tuple(sorted(found - set(digests))),
    )


def refuse_damaged(found: VerifiedArchive) -> None:
    """Raise `ArchiveDamaged`, naming the first files, unless all is as the manifest says."""
    problems = found.problems
    if not problems:
        return
    named = ", ".join(f"{path!r} ({reason})" for path, reason in problems[:_NAMED])
    more = f" and {len(problems) - _NAMED:,} more" if len(problems) > _NAMED else ""
    raise ArchiveDamaged(
        f"The archive {str(found.path)!r} is not as it was written: {named}{more}. Nothing was "
        "imported. Take another copy; `runfolio verify` names all files."
    )


def _digest(contents: Contents, path: str) -> str | None:
    """The SHA-256 of a file; None where it can't be read."""
    digest = hashlib.sha256()
    try:
        for chunk in read_chunks(contents, path):
            digest.update(chunk)
    except ArchiveUnreadable:
        return None
    return digest.hexdigest()
