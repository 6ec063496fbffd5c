"""Where everything lies in an archive.

::

    report.zip                    or a folder of that content
      index.html …                the site, whose first page this is
      store/                      the store, with all artifacts
      sources/                    the narrative reports as Markdown, with their pictures
      README.md                   what this is, and how to read it without any of our software
      ro-crate-metadata.json      the same for machines, as JSON-LD
      ro-crate-preview.html       the README as a page
      CITATION.cff                how to cite it, where authors are named
      manifest-sha256.txt         the SHA-256 of every other file

The site is at the root, so that whoever unpacks the archive finds ``index.html`` at once and any
static host can serve it as it is, and so that its pages can show the artifacts of the store, which
are there once.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Final

MANIFEST: Final = "manifest-sha256.txt"
README: Final = "README.md"
CRATE: Final = "ro-crate-metadata.json"
PREVIEW: Final = "ro-crate-preview.html"
CITATION: Final = "CITATION.cff"
STORE: Final = "store"
SOURCES: Final = "sources"

_ZIP_BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06")


def is_zip_name(path: str | os.PathLike[str]) -> bool:
    """Whether a path names a ZIP file rather than a folder."""
    return os.fspath(path).lower().endswith(".zip")


def is_archive(path: str | os.PathLike[str]) -> bool:
    """Whether an archive of a report lies at `path`, whole or damaged.

    A folder is one when it holds the manifest, or else the description beside a store; a file
    when it begins as a ZIP file does.
    """
    place = Path(path)
    try:
        if place.is_dir():
            return (place / MANIFEST).is_file() or (
                (place / CRATE).is_file() and (place / STORE).is_dir()
            )
        if not place.is_file():  # a pipe would be waited for
            return False
        with place.open("rb") as file:
            return file.read(4) in _ZIP_BEGINS
    except (OSError, ValueError):
        return False


def holds_archive(path: Path) -> bool:
    """Whether what lies at `path` is an archive of ours for certain, and may be replaced."""
    if path.is_dir():
        return (path / MANIFEST).is_file() and (path / CRATE).is_file()
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as file:
            return {MANIFEST, CRATE} <= set(file.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
