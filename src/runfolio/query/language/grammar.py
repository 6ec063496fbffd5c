"""The grammar of `filter.lark` at work: text to tokens in a tree. The only user of lark."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from runfolio.query.language.mistakes import Mistake, unreadable

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_LENGTH: Final = 50_000
"""Characters of a filter at most: a filter from a link must not keep anyone waiting."""


def parse_tree(text: str, start: Literal["filter", "order", "rule"]) -> Tree[Token]:
    """The syntax tree of a text; raises `Mistake` where it breaks the grammar."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if len(text) > MAX_LENGTH:
        limit = f"at most {MAX_LENGTH} characters"
        raise Mistake(MAX_LENGTH, text[MAX_LENGTH:], limit, f"It has {len(text)}; shorten it.")
    try:
        return _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        place, expected = error.pos_in_stream or 0, error.allowed or set()
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        place = len(text.rstrip()) if at_end else error.token.start_pos or 0
        expected = error.accepts or error.expected
    raise unreadable(text, place, expected, start)


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = Path(__file__).with_name("filter.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        start=["filter", "order", "rule"],
        keep_all_tokens=True,
        maybe_placeholders=False,
    )
