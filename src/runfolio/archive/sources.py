"""The Markdown that narrative reports were made from, kept beside their pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from runfolio.archive.layout import SOURCES
from runfolio.privacy.contents import is_plain_file
from runfolio.site.narrative.documents import MAX_REPORT, find_reports

_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


def keep_sources(folder: Path | None, archive: Path) -> None:
    """Copy the reports of a folder, with the pictures they name, into an archive."""
    if folder is None:
        return
    reports = [one.file for one in find_reports(folder) if is_plain_file(one.file, folder)]
    for path in (*reports, *_find_pictures(folder, reports)):
        target = archive / SOURCES / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _find_pictures(folder: Path, reports: list[Path]) -> Iterator[Path]:
    """The pictures below a folder whose paths some report holds."""
    texts = [unquote(_read(path)) for path in reports]
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _PICTURES and is_plain_file(path, folder):
            name = path.relative_to(folder).as_posix()
            if any(name in text for text in texts):
                yield path


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_REPORT).decode(errors="replace")
