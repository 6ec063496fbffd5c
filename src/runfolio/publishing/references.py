"""What a page refers to: links, what it loads, and the files that its scripts load later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser
from typing import Final


class Use(Enum):
    """What becomes of a reference: followed by a person, loaded by the page or by its scripts."""

    LINK = "link"
    LOAD = "load"
    SHARD = "shard"
    FROM_ROOT = "from root"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as it stands in a file, with the line it stands in."""

    use: Use
    attribute: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """What a page refers to, the ids it has for others to refer to, its title and its site's root.

    The root is a path from the page, such as "../".
    """

    references: tuple[Reference, ...]
    ids: frozenset[str]
    title: str
    root: str


_LOADS: Final = frozenset(
    {
        *(("img", "src"), ("script", "src"), ("source", "src"), ("iframe", "src")),
        *(("video", "src"), ("audio", "src"), ("track", "src"), ("embed", "src")),
        *(("input", "src"), ("video", "poster"), ("object", "data")),
        *(("use", "href"), ("use", "xlink:href"), ("image", "href"), ("image", "xlink:href")),
    }
)
_LINKS: Final = frozenset({("a", "href"), ("area", "href"), ("form", "action")})
_LISTS: Final = frozenset({("img", "srcset"), ("source", "srcset")})
_LOADED_RELATIONS: Final = frozenset({"stylesheet", "icon", "preload", "manifest"})

_SHARDS: Final = frozenset({"data-shard", "data-late", "data-packages"})
"""Attributes that name a file below ``data/``, without its ``.js``."""

_FILES_OF_SITE: Final = frozenset({"data-vega", "data-specs", "data-specs-lite"})
"""Attributes that hold a path from the site's root."""

_STYLE_REFERENCE: Final = re.compile(
    r"""url\(\s*+("[^"]*"|'[^']*'|[^()"']*+)\s*\)|@import\s+("[^"]*")"""
)
_MARKDOWN_LINK: Final = re.compile(r"(?<!\\)\]\(([^()\s]+)\)")
_STYLE_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


def read_page(text: str) -> Page:
    """What the HTML of a page refers to; documents inside it (``srcdoc``) are left out."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    title = " ".join(parser.title.split())
    return Page(tuple(parser.references), frozenset(parser.ids), title, parser.root)


def read_style(text: str) -> tuple[Reference, ...]:
    """What a style sheet loads."""
    bare = _STYLE_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return tuple(
        Reference(
            Use.LOAD,
            "url()",
            (found[1] or found[2] or "").strip().strip("'\""),
            bare.count("\n", 0, found.start()) + 1,
        )
        for found in _STYLE_REFERENCE.finditer(bare)
    )


def read_markdown(text: str) -> tuple[Reference, ...]:
    """What a text in Markdown links to."""
    return tuple(
        Reference(Use.LINK, "link", found[1], number)
        for number, line in enumerate(text.splitlines(), 1)
        for found in _MARKDOWN_LINK.finditer(line)
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.references: list[Reference] = []
        self.ids: set[str] = set()
        self.title = ""
        self.root = ""
        self._in_title = False
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "body":
            self.root = named.get("data-root") or ""
        self._in_title = tag == "title" and not self.title
        self._in_style = tag == "style"
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value)
            elif name == "style":
                self._add_style(value)
            elif (tag, name) in _LISTS:
                for part in value.split(","):
                    self._add(Use.LOAD, name, part.strip().partition(" ")[0])
            elif use := _use(tag, name, named):
                self._add(use, name, value)

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Pass over ``<![…>`` as browsers do; Python's own reader stops at most of them."""
        return self.rawdata.find(">", i) + 1 or -1

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._in_style:
            self._add_style(data)

    def _add_style(self, text: str) -> None:
        for one in read_style(text):
            self._add(one.use, one.attribute, one.value)

    def _add(self, use: Use, name: str, value: str) -> None:
        self.references.append(Reference(use, name, value.strip(), self.getpos()[0]))


def _use(tag: str, name: str, attributes: dict[str, str | None]) -> Use | None:
    if (tag, name) in _LOADS:
        return Use.LOAD
    if (tag, name) in _LINKS:
        return Use.LINK
    if (tag, name) == ("link", "href"):
        relations = set((attributes.get("rel") or "").lower().split())
        return Use.LOAD if relations & _LOADED_RELATIONS else Use.LINK
    if name in _SHARDS:
        return Use.SHARD
    return Use.FROM_ROOT if name in _FILES_OF_SITE else None
