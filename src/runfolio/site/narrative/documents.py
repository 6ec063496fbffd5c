"""Reports as they lie in their folder: Markdown files, each with the name of its page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runfolio.errors import ReportMistake, ReportsNotFound
from runfolio.site.narrative.front_matter import FrontMatter, Passage, split_front_matter
from runfolio.site.numbers import format_bytes
from runfolio.store.devices import is_device

MAX_REPORTS: Final = 500
MAX_REPORT: Final = 1_000_000
"""Reports in a folder, and bytes of one, at most."""

LONGEST_SLUG: Final = 80
_SUFFIXES: Final = (".md", ".markdown")
_README: Final = "readme"
_HEADING: Final = re.compile(r"\s*+#[ \t]++(?P<title>[^\n]++)\n?")


@dataclass(frozen=True, slots=True)
class Document:
    """A report before its page is made: `slug` names the page and `name` the file."""

    slug: str
    name: str
    file: Path
    title: str
    front: FrontMatter
    body: Passage
    mistakes: tuple[ReportMistake, ...] = ()


def find_reports(folder: Path) -> tuple[Document, ...]:
    """The reports of a folder in the order they are listed: by `order`, then newest first.

    Every Markdown file is one but a README; folders in it are not looked into.
    """
    files = _list_files(folder)
    if len(files) > MAX_REPORTS:
        raise ReportsNotFound(
            f"The folder {str(folder)!r} has {len(files):,} Markdown files; {MAX_REPORTS} reports "
            "are built at most. Name another folder with --reports."
        )
    names = name_pages([path.stem for path in files])
    root = folder.resolve()
    found = [_read(path, slug, root) for path, slug in zip(files, names, strict=True)]
    return tuple(sorted(found, key=_place))


def _list_files(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if _is_report(path)]
    except OSError as error:
        raise ReportsNotFound(
            f"The folder of reports {str(folder)!r} can't be read: {error.strerror or error}."
        ) from None
    return sorted(found, key=lambda path: (path.name.casefold(), path.name))


def _is_report(path: Path) -> bool:
    plain = path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    return plain and path.stem.lower() != _README and path.is_file()


def _place(document: Document) -> tuple[float, int, str]:
    order, day = document.front.order, document.front.date
    first = float("inf") if order is None else order
    return first, -(day.toordinal() if day else 0), document.slug


def name_pages(stems: list[str]) -> list[str]:
    """A name of ASCII letters, digits and hyphens for each file, no two alike in any case."""
    taken: set[str] = set()
    names = []
    for stem in stems:
        slug = make_slug(stem) or "report"
        slug = f"{slug}-report" if is_device(slug) else slug
        number, name = 1, slug
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        taken.add(name)
        names.append(name)
    return names


def make_slug(text: str, *, longest: int = LONGEST_SLUG) -> str:
    """Lower-case ASCII words of a text joined by hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-")


def _read(path: Path, slug: str, root: Path) -> Document:
    text, mistakes = _read_text(path, root)
    front, body = split_front_matter(text)
    title, body = _find_title(front, body, path)
    document = Document(slug, path.name, path, title, front, body)
    return replace(document, mistakes=(*mistakes, *front.mistakes))


def _read_text(path: Path, root: Path) -> tuple[str, tuple[ReportMistake, ...]]:
    if not path.resolve().is_relative_to(root):
        mistake = ReportMistake("The file is a link that leads out of the folder of reports.", 1)
        return "", (mistake,)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_REPORT + 1)
    except OSError as error:
        return "", (ReportMistake(f"The file can't be read: {error.strerror or error}.", 1),)
    if len(content) > MAX_REPORT:
        most = format_bytes(MAX_REPORT)
        return "", (ReportMistake(f"The file is larger than {most}: split the report.", 1),)
    mistakes = tuple(_find_odd_bytes(content))
    text = content.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n"), mistakes


def _find_odd_bytes(content: bytes) -> Iterator[ReportMistake]:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield ReportMistake("This is no UTF-8 text. Save the file as UTF-8.", line)


def _without_end(title: str) -> str:
    """A heading's text without the signs that may close it, as CommonMark has it."""
    text = title.rstrip(" \t")
    inner = text.rstrip("#")
    return inner.rstrip(" \t") if inner[-1:] in ("", " ", "\t") else text


def _find_title(front: FrontMatter, body: Passage, path: Path) -> tuple[str, Passage]:
    """The title, and the body without the heading that it is taken from.

    A first heading that only says the title again goes as well.
    """
    heading = _HEADING.match(body.text)
    said = _without_end(heading["title"]) if heading else None
    if heading is None or (front.title is not None and front.title != said):
        return front.title or path.stem, body
    blank = body.text[: heading.end()].count("\n")
    return said or path.stem, Passage(body.text[heading.end() :], body.line + blank)
