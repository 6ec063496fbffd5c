"""Who made an archive, under which licence it may be used, and how to cite it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from runfolio.errors import InvalidValue

_AUTHOR: Final = re.compile(r"([^<>]+)(?:<([^<>]*)>)?")
_ORCID: Final = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_SPDX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Author:
    """A person, with the address of the ORCID record where there is one."""

    name: str
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """What is said of an archive as a whole; all of it may be left out.

    `licence` is the short name of the SPDX list, such as CC-BY-4.0, or the address of a text;
    `text` says how to cite it, and may be an address such as that of a DOI.
    """

    authors: tuple[Author, ...] = ()
    licence: str | None = None
    text: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        licence = self.licence
        if licence is not None and not (_SPDX.fullmatch(licence) or is_web_address(licence)):
            raise InvalidValue(
                f"The licence {licence!r} is no name of the SPDX list and no address. "
                "Write one such as CC-BY-4.0, or https://…"
            )

    @property
    def licence_address(self) -> str | None:
        """Where the text of the licence is."""
        if self.licence is None or is_web_address(self.licence):
            return self.licence
        return f"https://spdx.org/licenses/{self.licence}"


def read_author(text: str) -> Author:
    """An author written as ``Name`` or ``Name <ORCID>``; raises `InvalidValue` for another form."""
    found = _AUTHOR.fullmatch(text.strip())
    name = found[1].strip() if found else ""
    orcid = _ORCID.fullmatch(found[2].strip()) if found and found[2] is not None else None
    if not found or not name or (found[2] is not None and not orcid) or not text.isprintable():
        raise InvalidValue(
            f"The author {text!r} can't be read. Write a name, or a name with an ORCID such as "
            "'Ada Example <0000-0002-1825-0097>'."
        )
    return Author(name, f"https://orcid.org/{orcid[1]}" if orcid else None)


def is_web_address(text: str) -> bool:
    """Whether `text` is an address on the web and nothing more."""
    return _ADDRESS.fullmatch(text) is not None


def write_cff(citation: Citation, *, title: str, date: str) -> str:
    """The text of a CITATION.cff, in YAML; texts are quoted as JSON, which YAML reads."""
    lines = [
        "cff-version: 1.2.0",
        "message: Please cite this archive as below.",
        "type: dataset",
        f"title: {_quoted(title)}",
        f"date-released: {_quoted(date)}",
        "authors:",
    ]
    for author in citation.authors:
        lines.append(f"  - name: {_quoted(author.name)}")
        lines += [f"    orcid: {_quoted(author.orcid)}"] if author.orcid else []
    if citation.licence is not None:
        key = "license-url" if is_web_address(citation.licence) else "license"
        lines.append(f"{key}: {_quoted(citation.licence)}")
    if citation.description:
        lines.append(f"abstract: {_quoted(citation.description)}")
    if citation.text:
        kind = "url" if is_web_address(citation.text) else "notes"
        lines += ["preferred-citation:", "  type: generic", f"  title: {_quoted(title)}"]
        lines += ["  authors:"] + [f"    - name: {_quoted(one.name)}" for one in citation.authors]
        lines.append(f"  {kind}: {_quoted(citation.text)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
