"""Writing what describes an archive: README, citation, RO-Crate and the list of all its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from runfolio.archive.about import About
from runfolio.archive.citation import write_cff
from runfolio.archive.crate import describe_archive
from runfolio.archive.keeping import KeptFile
from runfolio.archive.layout import CITATION, CRATE, MANIFEST, PREVIEW, README, STORE
from runfolio.archive.manifest import encode_manifest
from runfolio.archive.readme import write_readme
from runfolio.site.addresses import INDEX
from runfolio.site.archive_page import render_archive_page
from runfolio.site.pages import Link
from runfolio.site.times import format_date
from runfolio.store import Damage
from runfolio.store.files import digest_file

_LINKS = (
    Link(INDEX, "The report"),
    Link(README, "This text as Markdown"),
    Link(CRATE, "The description for machines"),
    Link(MANIFEST, "The checksums"),
)


def write_descriptions(
    about: About, archive: Path, templates: Path | None
) -> tuple[About, dict[str, str]]:
    """Write what describes the archive, and return that with the SHA-256 of all its files."""
    digests = {path: digest_file(archive / path) for path in _list_files(archive)}
    about = replace(about, flaws=(*about.flaws, *_find_changed(about.files, digests)))
    readme = write_readme(about)
    texts = {README: readme}
    if about.citation.authors:
        texts[CITATION] = write_cff(about.citation, title=about.title, date=about.date)
    texts[PREVIEW] = render_archive_page(
        readme,
        title=about.title,
        built=f"Archived with data of {format_date(about.time)}",
        version=about.version,
        site=archive,
        links=_LINKS,
        templates=templates,
    )
    contents = {path: text.encode(errors="replace") for path, text in texts.items()}
    digests |= {path: _write(archive / path, content) for path, content in contents.items()}
    digests[CRATE] = _write(archive / CRATE, describe_archive(about, archive, digests))
    digests[MANIFEST] = _write(archive / MANIFEST, encode_manifest(digests))
    return about, digests


def _find_changed(files: Iterable[KeptFile], digests: Mapping[str, str]) -> Iterator[Damage]:
    """The artifacts that are not what they were when they were logged."""
    for kept in files:
        if kept.sha256 and digests[f"{STORE}/{kept.place}"] != kept.sha256:
            yield Damage(kept.run_id, kept.path, "it is not what was logged, and kept as it is")


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _list_files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
