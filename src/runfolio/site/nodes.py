"""Markup of ours as data: a shard can carry it, and the browser builds it without parsing HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

_VOID: Final = frozenset({"br", "hr", "img", "wbr", "rect", "line", "polyline", "circle"})

Node = Any
"""A text, or a list of a tag, its attributes, and the nodes within."""


def parse_nodes(html: str) -> list[Node]:
    """The nodes of markup that a template of ours made: well formed, every tag closed."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.nodes


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self._open: list[list[Node]] = [self.nodes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = [tag, {name: value or "" for name, value in attrs}]
        self._open[-1].append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].append([tag, {name: value or "" for name, value in attrs}])

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].append(data)
