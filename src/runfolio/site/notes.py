"""Notes in Markdown as HTML that is safe on any page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from runfolio.site.controls import show_controls
from runfolio.site.markdown import WEB_ADDRESS, make_cleaner, make_parser
from runfolio.site.numbers import format_bytes

if TYPE_CHECKING:
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

MAX_NOTE: Final = 200_000
FIRST_LEVEL: Final = 3
"""The level of a note's outermost headings: the page and its parts own the ones above."""


def render_markdown(text: str) -> Markup:
    """A note as HTML: CommonMark with tables and strikethrough, and no raw HTML.

    Pictures become their alternative text, links lead to http, https and mailto addresses only,
    headings start at level 3 without gaps. What lies beyond 200 kB is cut, and the output says so.
    """
    shown = show_controls(text)
    html = _cleaner().clean(_parser().render(shown[:MAX_NOTE]))  # sanitised last
    note = Markup(html)
    if len(shown) <= MAX_NOTE:
        return note
    whole = format_bytes(len(text.encode(errors="replace")))
    return note + Markup("<p><em>Cut here: the whole note has {}.</em></p>\n").format(whole)


@cache
def _parser() -> MarkdownIt:
    parser = make_parser(first_level=FIRST_LEVEL)
    parser.core.ruler.push("links", _unlink)
    parser.add_render_rule("image", _render_image)
    return parser


@cache
def _cleaner() -> nh3.Cleaner:
    return make_cleaner()


def _unlink(state: StateCore) -> None:
    """Leave only the text of links whose address the sanitiser would drop."""
    tag = "a"
    for token in (child for one in state.tokens for child in one.children or ()):
        if token.type == "link_open":
            tag = "a" if WEB_ADDRESS.match(str(token.attrs.get("href", ""))) else "span"
            if tag == "span":
                token.attrs = {}
        if token.type in ("link_open", "link_close"):
            token.tag = tag


def _render_image(
    renderer: RendererHTML, tokens: list[Token], place: int, options: OptionsDict, env: Any
) -> str:
    """The alternative text: a page loads nothing from elsewhere."""
    children = tokens[place].children or []
    return escape(renderer.renderInlineAsText(children, options, env) or "image")
