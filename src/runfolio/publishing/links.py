"""Checking that everything a built site refers to is in it, as any host will look for it.

Hosts tell large letters from small ones where this machine may not, so names must match exactly.
Addresses of other hosts are not looked up; a page may link to them, but loads nothing from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from runfolio.publishing.references import (
    Page,
    Reference,
    Use,
    read_markdown,
    read_page,
    read_style,
)
from runfolio.site.addresses import LLMS

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ELSEWHERE: Final = frozenset({"http", "https", "mailto", "tel"})
_TOP: Final = frozenset({"", "top"})


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A reference that leads nowhere: the page and line it stands in, and why."""

    page: str
    line: int
    attribute: str
    target: str
    reason: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.attribute}={self.target!r}: {self.reason}"


def find_broken_links(folder: Path) -> tuple[BrokenLink, ...]:
    """The references of a built site's pages, feed and style sheets that lead nowhere, in order."""
    files = frozenset(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    tree = _Tree(folder, files)
    return tuple(
        BrokenLink(file, one.line, one.attribute, one.value, reason)
        for file in sorted(files)
        for one in tree.references(file)
        if (reason := tree.find_fault(file, one))
    )


@dataclass(frozen=True)
class _Tree:
    """The files of a site by path, with pages read once."""

    folder: Path
    files: frozenset[str]
    _ids: dict[str, frozenset[str]] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _by_small_letters(self) -> dict[str, str]:
        return {path.casefold(): path for path in self.files}

    def references(self, file: str) -> tuple[Reference, ...]:
        """What a file refers to; artifacts are other people's files, and stand for themselves."""
        if "artifacts" in file.split("/")[:-1]:
            return ()
        if file.endswith((".html", ".xml")):
            return self._read(file).references
        if file == LLMS:
            return read_markdown(self._text(file))
        return read_style(self._text(file)) if file.endswith(".css") else ()

    def find_fault(self, file: str, reference: Reference) -> str | None:
        """Why a reference leads nowhere, or None."""
        value = reference.value
        if reference.use in (Use.SHARD, Use.FROM_ROOT):
            path = f"data/{value}.js" if reference.use is Use.SHARD else value
            return self._find_fault_here(file, self._roots.get(file, "") + path)
        scheme = _SCHEME.match(value)
        if scheme or value.startswith("//"):
            return _judge_address(reference.use, scheme[1].lower() if scheme else "https")
        return self._find_fault_here(file, value)

    def _find_fault_here(self, file: str, value: str) -> str | None:
        address, _, fragment = value.partition("#")
        path = unquote(address.partition("?")[0])
        if "\\" in path:
            return "has a backslash, where addresses have '/'"
        if path.startswith("/"):
            return "a path from the root of the host, which is not where the site will lie"
        target = _join(file, path) if path else file
        if target is None:
            return "leads out of the site"
        if fault := self._find_missing(target):
            return fault
        return self._find_missing_id(target, unquote(fragment))

    def _find_missing(self, path: str) -> str | None:
        if path in self.files or f"{path}/index.html".lstrip("/") in self.files:
            return None
        other = self._by_small_letters.get(path.casefold())
        return f"there is only {other!r}" if other else f"there is no {path!r}"

    def _find_missing_id(self, page: str, fragment: str) -> str | None:
        """A fragment with ``=`` is the state of a view; any other names a place in the page."""
        if fragment in _TOP or "=" in fragment or not page.endswith(".html"):
            return None
        if page not in self._ids:
            self._read(page)
        return None if fragment in self._ids[page] else f"{page} has no id {fragment!r}"

    def _read(self, file: str) -> Page:
        page = read_page(self._text(file))
        self._ids[file], self._roots[file] = page.ids, page.root
        return page

    def _text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8", errors="replace")


def _join(file: str, path: str) -> str | None:
    """The path from the root that `path` means in `file`; None when it climbs out of the site."""
    parts: list[str] = file.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _judge_address(use: Use, scheme: str) -> str | None:
    if use is Use.LINK:
        return None if scheme in _ELSEWHERE else f"an address of the kind {scheme!r}"
    return None if scheme == "data" else "loads from somewhere else than the site"
