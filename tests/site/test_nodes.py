"""Markup of ours as data."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag

from runfolio.site.code import highlight
from runfolio.site.nodes import parse_nodes
from runfolio.site.notes import render_markdown


def build(node: Any) -> str:
    """The text of a node with its tags, as a browser would build it."""
    if isinstance(node, str):
        return node
    tag, attributes, *children = node
    named = "".join(f" {name}={value}" for name, value in attributes.items())
    return f"<{tag}{named}>" + "".join(map(build, children)) + f"</{tag}>"


def walk(tag: Tag) -> str:
    parts = []
    for child in tag.children:
        if isinstance(child, Tag):
            named = "".join(
                f" {name}={' '.join(value) if isinstance(value, list) else value}"
                for name, value in child.attrs.items()
            )
            parts.append(f"<{child.name}{named}>{walk(child)}</{child.name}>")
        else:
            parts.append(str(child))
    return "".join(parts)


def test_nodes_hold_what_a_parser_of_html_sees() -> None:
    note = "# A & <b>\n\n1. one\n2. *two*\n\n| a |\n|---|\n| ![x](y) |\n\n***\n\n"
    note += "```python\nif 1 < 2:\n\n    pass\n```\n"
    html = render_markdown(note) + highlight("x = '<b>'\n", filename="x.py")
    html += '<img src="data:image/png;base64,AA" alt="a &amp; b" loading="lazy"><p>after</p>'
    assert "".join(map(build, parse_nodes(html))) == walk(BeautifulSoup(html, "html.parser"))


def test_the_shape_of_a_node() -> None:
    assert parse_nodes('<p class="x">a<br>b &lt;</p>\n') == [
        ["p", {"class": "x"}, "a", ["br", {}], "b <"],
        "\n",
    ]
