"""Notes in Markdown as HTML that is safe on any page.

Programs write the same note with other numbers for each run, so notes that differ in nothing but
digits are read once. Digits are like letters to Markdown, but in the places that `_refuse` and
`_DIGITS` leave out: what counts a list, addresses, code that is coloured, and names of characters.
"""

from __future__ import annotations

import re
import secrets
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from runfolio.site.controls import show_controls
from runfolio.site.markdown import WEB_ADDRESS, make_cleaner, make_parser
from runfolio.site.moulds import Mould
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

MAX_ALIKE: Final = 5_000
MAX_KEPT: Final = 256
"""Notes up to that many characters may be like others, of which so many are kept."""

_MORE_THAN_WORDS: Final = ("&", "<", "\\", "\t", "    ", "```", "~~~", "]:")
_DIGITS: Final = re.compile(r"(?<!\S)(\S*?(?:\]\(|://)\S*)|([0-9]++)(?![.)](?:\s|$))")


def render_markdown(text: str) -> Markup:
    """A note as HTML: CommonMark with tables and strikethrough, and no raw HTML.

    Pictures become their alternative text, links lead to http, https and mailto addresses only,
    headings start at level 3 without gaps. What lies beyond 200 kB is cut, and the output says so.
    """
    shown = show_controls(text)
    if len(shown) <= MAX_ALIKE and not any(one in shown for one in _MORE_THAN_WORDS):
        return _render_alike(shown)
    note = Markup(_render(shown[:MAX_NOTE]))
    if len(shown) <= MAX_NOTE:
        return note
    whole = format_bytes(len(text.encode(errors="replace")))
    return note + Markup("<p><em>Cut here: the whole note has {}.</em></p>\n").format(whole)


def _render(text: str) -> str:
    return _cleaner().clean(_parser().render(text))  # sanitised last


def _render_alike(text: str) -> Markup:
    """A note from what is kept of another one that has other digits."""
    around, words, digits = _split(text)
    return Markup(_cast(around, words).fill(digits))


def _split(text: str) -> tuple[tuple[str, ...], tuple[str | None, ...], list[str]]:
    """What is around digits, the words there that stay as they are, and the digits."""
    parts = _DIGITS.split(text)
    return tuple(parts[::3]), tuple(parts[1::3]), parts[2::3]


@lru_cache(maxsize=MAX_KEPT)
def _cast(around: tuple[str, ...], words: tuple[str | None, ...]) -> Mould:
    """The mould of notes: one is rendered with digits that no other note has, and cut at these."""
    mark = str(secrets.randbelow(9 * 10**19) + 10**19)
    marked = [around[0]]
    for number, (word, after) in enumerate(zip(words, around[1:], strict=True)):
        marked += (f"{mark}{number:04}" if word is None else word, after)
    pieces = re.split(f"{mark}([0-9]{{4}})", _render("".join(marked)))
    return Mould(pieces[::2], [int(number) for number in pieces[1::2]])


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
