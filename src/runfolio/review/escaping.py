"""Texts from a store, which anybody may have written, made harmless where they are shown."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSAFE_IN_CODE: Final = re.compile(r"[`|\\<>&]")
_PLAIN: Final = re.compile(r"[^\W_]| ", re.ASCII)
MOST_SHOWN: Final = 60


def show_hidden(text: str) -> str:
    """A text with control, direction and other characters one can't see shown by their codes."""
    return "".join(
        f"⟨U+{ord(one):04X}⟩" if unicodedata.category(one) in _UNSHOWN else one for one in text
    )


def shorten(text: str, most: int = MOST_SHOWN) -> str:
    """A text cut in its middle, so that its beginning and its end stay."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - 1 - end]}…{text[-end:]}"


def markdown_code(text: str) -> str:
    """A text as code in Markdown, in a cell of a table too, where nothing in it means anything.

    In code hosts link neither @names nor #numbers. What a code span can't hold in every dialect
    (backticks, pipes, backslashes, angle brackets) makes it a ``code`` element of entities.
    """
    shown = show_hidden(shorten(text))
    if not shown.strip():
        return "*(empty)*" if not shown else "*(blank)*"
    if _UNSAFE_IN_CODE.search(shown) or shown != shown.strip():
        return f"<code>{''.join(map(_entity, shown))}</code>"
    return f"`{shown}`"


def _entity(character: str) -> str:
    plain = _PLAIN.fullmatch(character) or not character.isascii()
    return character if plain else f"&#{ord(character)};"


def mermaid_text(text: str) -> str:
    """A text for quotes in a Mermaid chart: letters, digits and a few signs; else an underscore."""
    shown = shorten(show_hidden(text))
    return "".join(one if one.isalnum() or one in " _-./:()+,=…⟨⟩" else "_" for one in shown)
