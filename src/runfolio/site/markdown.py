"""What notes and reports share of Markdown: how it is read, and what of its HTML is let through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from runfolio.site.code import highlight

if TYPE_CHECKING:
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

    InlineRule = Callable[[StateInline, bool], bool]

MAX_LOOKAHEAD: Final = 4
"""Links and pictures that are looked for inside each other before the outermost is known."""

WEB_ADDRESS: Final = re.compile(r"https?://|mailto:", re.IGNORECASE)
"""How the addresses begin that lead out of the site."""

TAGS: Final = (
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "span", "a"),
    *("ul", "ol", "li", "blockquote", "div", "table", "thead", "tbody", "tr", "th", "td"),
)
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "a": frozenset({"href", "title"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"class"}),
    "th": frozenset({"class"}),
    "span": frozenset({"class"}),
    "pre": frozenset({"class", "tabindex"}),
    "div": frozenset({"class", "tabindex"}),
}


def make_parser(*, first_level: int) -> MarkdownIt:
    """A parser of CommonMark with tables and strikethrough, coloured code, and no raw HTML.

    Headings start at `first_level` without gaps; the page and its parts own the levels above.
    """
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import image, link

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.at("link", shallow(link))
    parser.inline.ruler.at("image", shallow(image))
    parser.core.ruler.push("levels", lambda state: _adapt(state, first_level))
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    parser.add_render_rule("code_block", _render_code_block)
    return parser


def shallow(rule: InlineRule) -> InlineRule:
    """The rule for links or pictures, but without reading a row of brackets again and again."""

    def read(state: StateInline, silent: bool) -> bool:
        if silent and state.level > MAX_LOOKAHEAD:
            state.pos = state.posMax
            return True
        return rule(state, silent)

    return read


def make_cleaner(
    *,
    tags: Iterable[str] = TAGS,
    attributes: Mapping[str, Iterable[str]] = ATTRIBUTES,
    relative: Literal["deny"] | Callable[[str], str | None] = "deny",
) -> nh3.Cleaner:
    """What sanitises the HTML of Markdown; `relative` says which relative links may stay.

    Others lead to the web or to people. That the sanitiser takes an address for one of these isn't
    enough: browsers read ``https:x`` as a place beside the page.
    """
    import nh3

    def keep(_tag: str, name: str, value: str) -> str | None:
        if name != "href" or WEB_ADDRESS.match(value):
            return value
        return None if relative == "deny" else relative(value)

    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: set(names) for tag, names in attributes.items()},
        url_schemes={"http", "https", "mailto"},
        url_relative=relative,
        attribute_filter=keep,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    return highlight(code, language=language)


def _render_code_block(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Any
) -> str:
    return highlight(tokens[place].content) + "\n"


def _adapt(state: StateCore, first_level: int) -> None:
    """Lift headings to their level, and turn the alignment of cells into classes."""
    outer: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            outer = [other for other in outer if other < level] + [level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(first_level + len(outer) - 1, 6)}"
        elif token.type in ("td_open", "th_open") and "style" in token.attrs:
            token.attrs = {"class": str(token.attrs["style"]).removeprefix("text-align:")}


def _open_table(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return '<div class="scroller" tabindex="0">\n<table>\n'


def _close_table(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return "</table>\n</div>\n"
