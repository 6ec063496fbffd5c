"""Notes in Markdown as HTML that is safe on any page."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from runfolio.site.code import highlight
from runfolio.site.controls import show_controls
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

_ADDRESS: Final = re.compile(r"https?://|mailto:", re.IGNORECASE)
_TAGS: Final = (
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "span", "a"),
    *("ul", "ol", "li", "blockquote", "div", "table", "thead", "tbody", "tr", "th", "td"),
)
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "ol": {"start"},
    "td": {"class"},
    "th": {"class"},
    "span": {"class"},
    "pre": {"class", "tabindex"},
    "div": {"class", "tabindex"},
}


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
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("runfolio", _adapt)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    parser.add_render_rule("code_block", _render_code_block)
    return parser


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    return highlight(code, language=language)


def _render_code_block(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Any
) -> str:
    return highlight(tokens[place].content) + "\n"


def _adapt(state: StateCore) -> None:
    """Lift headings to their level, turn alignment into classes, drop links that lead nowhere."""
    outer: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            outer = [other for other in outer if other < level] + [level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(FIRST_LEVEL + len(outer) - 1, 6)}"
        elif token.type in ("td_open", "th_open") and "style" in token.attrs:
            token.attrs = {"class": str(token.attrs["style"]).removeprefix("text-align:")}
        elif token.type == "inline":
            _unlink(token.children or [])


def _unlink(tokens: list[Token]) -> None:
    """Leave only the text of links whose address the sanitiser would drop."""
    tag = "a"
    for token in tokens:
        if token.type == "link_open":
            tag = "a" if _ADDRESS.match(str(token.attrs.get("href", ""))) else "span"
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


def _open_table(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return '<div class="scroller" tabindex="0">\n<table>\n'


def _close_table(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return "</table>\n</div>\n"
