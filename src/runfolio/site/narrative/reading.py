"""Reports read as Markdown: the parser with maths, footnotes, task lists and inline values."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from runfolio.site.markdown import ATTRIBUTES, TAGS, make_cleaner, make_parser, shallow
from runfolio.site.narrative.expressions import MAX_EXPRESSION
from runfolio.site.narrative.links import keep_inside

if TYPE_CHECKING:
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

    from runfolio.site.markdown import InlineRule

FIRST_LEVEL: Final = 2
"""The level of a report's outermost headings, below its title."""

READY: Final = "ready"
"""The type of tokens that stand for HTML made elsewhere; `meta["part"]` says which."""

_EXPRESSION: Final = re.compile(
    r"""\{\{((?:'(?:''|[^'])*+'|"(?:""|[^"])*+"|`(?:``|[^`])*+`|(?!\}\})[^'"`])*+)\}\}"""
)
_BEGUN: Final = re.compile(r"\{\{\s*[A-Za-z_]\w*\s*\([^\n]*")

_EXTRA: Final = {
    **{f"h{level}": {"id"} for level in range(2, 7)},
    "a": {*ATTRIBUTES["a"], "id", "aria-label"},
    "li": {"id", "class"},
    "ul": {"class"},
    "sup": {"class"},
    "section": {"class", "aria-label"},
}


@cache
def report_parser(*, footnotes: bool) -> MarkdownIt:
    """The parser of reports; inline tokens carry in `meta["line"]` how many lines come before."""
    from markdown_it.rules_inline import image, link
    from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = make_parser(first_level=FIRST_LEVEL)
    inline = parser.inline.ruler
    maths = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)
    inline.before("escape", "math_inline", _with_line(maths))
    inline.before("escape", "expression", _with_line(_read_expression))
    inline.at("image", _with_line(shallow(image)))
    inline.at("link", _with_line(shallow(link)))
    stops: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", math_block_dollar(allow_labels=False), stops)
    tasklists_plugin(parser)
    if footnotes:
        footnote_plugin(parser)
        parser.add_render_rule("footnote_ref", _render_reference)
        parser.add_render_rule("footnote_block_open", _open_footnotes)
        parser.add_render_rule("footnote_block_close", _close_footnotes)
        parser.add_render_rule("footnote_open", _open_footnote)
        parser.add_render_rule("footnote_anchor", _render_way_back)
    parser.add_render_rule(READY, _render_ready)
    parser.add_render_rule("link_open", _open_link)
    return parser


@cache
def report_cleaner() -> nh3.Cleaner:
    """What sanitises a report before the parts that are made elsewhere are put in."""
    tags = (*TAGS, "h2", "sup", "section")
    return make_cleaner(tags=tags, attributes={**ATTRIBUTES, **_EXTRA}, relative=keep_inside)


def _with_line(rule: InlineRule) -> InlineRule:
    """A rule whose first new token tells how many lines of the text come before it."""

    def read(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent and len(state.tokens) > known:
            made = next((one for one in state.tokens[known:] if one.type != "text"), None)
            if made is not None:
                made.meta["line"] = state.src.count("\n", 0, start)
        return found

    return read


def _read_expression(state: StateInline, silent: bool) -> bool:
    """``{{ … }}``, or one that is begun as a call and not closed on its line."""
    if not state.src.startswith("{{", state.pos):
        return False
    end = state.pos + MAX_EXPRESSION + 4
    closed = state.src.find("}}", state.pos, end)
    found = _EXPRESSION.match(state.src, state.pos, end) if closed >= 0 else None
    if found is None and closed >= 0:  # a quote inside is not closed, which its reader will say
        content, after = state.src[state.pos + 2 : closed], closed + 2
    elif found is not None:
        content, after = found[1], found.end()
    else:
        begun = _BEGUN.match(state.src, state.pos, end)
        if begun is None:
            return False
        content, after = begun[0][2:], begun.end()
    if not silent:
        token = state.push("expression", "", 0)
        token.content = content
        token.markup = state.src[state.pos : after]
        token.meta["closed"] = token.markup.endswith("}}")
    state.pos = after
    return True


def _render_ready(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, env: Any
) -> str:
    token = tokens[place]
    return str(env["mark"](token.meta["part"])) + ("\n" if token.block else "")


def _open_link(
    renderer: RendererHTML, tokens: list[Token], place: int, options: OptionsDict, env: Any
) -> str:
    """A link, after the part that says what is wrong with it."""
    before = tokens[place].meta.get("before")
    said = "" if before is None else str(env["mark"](before))
    return said + renderer.renderToken(tokens, place, options, env)


def _numbers(token: Token) -> tuple[str, str]:
    """A footnote's number, and what tells its references apart."""
    number, again = token.meta["id"] + 1, token.meta.get("subId", -1)
    return str(number), f"{number}-{again}" if again > 0 else str(number)


def _render_reference(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Any
) -> str:
    number, reference = _numbers(tokens[place])
    link = f'<a href="#fn{number}" id="fnref{reference}" aria-label="note {number}">{number}</a>'
    return f"<sup>{link}</sup>"


def _open_footnotes(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return '<section class="footnotes" aria-label="Notes">\n<ol>\n'


def _close_footnotes(
    _renderer: RendererHTML, _tokens: list[Token], _place: int, _options: OptionsDict, _env: Any
) -> str:
    return "</ol>\n</section>\n"


def _open_footnote(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Any
) -> str:
    return f'<li id="fn{_numbers(tokens[place])[0]}">'


def _render_way_back(
    _renderer: RendererHTML, tokens: list[Token], place: int, _options: OptionsDict, _env: Any
) -> str:
    number, reference = _numbers(tokens[place])
    return f' <a href="#fnref{reference}" aria-label="back to note {number}">\u21a9\ufe0e</a>'
