"""A site as it was built into a folder, ready to be published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.errors import PublishRefused
from runfolio.publishing.catalogue import CATALOGUE
from runfolio.publishing.references import read_page
from runfolio.site.addresses import INDEX
from runfolio.site.publish import MARKER, is_marker


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of a site: its path with forward slashes, where it is, and its bytes."""

    path: str
    source: Path
    size: int


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The files of a site in order, its title, and a digest of all paths and contents.

    `notes` tell what building it left out or found wrong, and `unread` counts, by their ending, the
    artifacts that could not be masked.
    """

    folder: Path
    title: str
    files: tuple[BuiltFile, ...]
    digest: str
    notes: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(one.size for one in self.files)

    @property
    def entries(self) -> tuple[str, ...]:
        """The names of the files and folders at the site's root."""
        return tuple(sorted({one.path.partition("/")[0] for one in self.files}))


def read_site(folder: Path) -> BuiltSite:
    """What lies in a folder that `build_report` wrote, or that a report was published to."""
    if not _is_marked(folder):
        raise PublishRefused(
            f"The folder {str(folder)!r} is no site that build-report wrote. Build one there, or "
            "leave --site out to build it now."
        )
    files = tuple(_list_files(folder))
    title = read_page((folder / INDEX).read_text(encoding="utf-8", errors="replace")).title
    return BuiltSite(folder, title or "Report", files, _digest(files))


def _is_marked(folder: Path) -> bool:
    try:
        return is_marker((folder / MARKER).read_bytes()) and (folder / INDEX).is_file()
    except OSError:
        return False


def _list_files(folder: Path) -> Iterator[BuiltFile]:
    for source in sorted(folder.rglob("*")):
        path = source.relative_to(folder).as_posix()
        if source.is_symlink() or not (source.is_dir() or source.is_file()):
            raise PublishRefused(
                f"The site's {path!r} is a link or no plain file, and is not followed. Replace it "
                "by what it stands for."
            )
        if not path.isprintable():
            raise PublishRefused(
                f"The site's {path!r} has a name that not every host takes. Rename it."
            )
        if source.is_file() and path != CATALOGUE:
            yield BuiltFile(path, source, source.stat().st_size)


def _digest(files: tuple[BuiltFile, ...]) -> str:
    """A SHA-256 over each file's path and that of its content."""
    whole = hashlib.sha256()
    for one in files:
        with one.source.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
        whole.update(one.path.encode() + b"\0")
    return whole.hexdigest()
