"""Texts that would run, fetch or deceive if a page took them for more than text.

Each holds `MARK`, so that it is found wherever it ends up; what runs sets ``window.hostile``, and
what loads asks a server, the beacon, for something.
"""

from __future__ import annotations

from typing import Final

MARK: Final = "hostile7f3a"
"""A word that stands in every hostile text and in nothing else."""

BEACON: Final = "http://127.0.0.1:9"
"""The address in texts made without a server; whatever asks for it is seen by the browser."""

ODD_NAMES: Final = (
    *("__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "then"),
    *("length", "name", "body", "location", "document", "runfolio", "currentScript", "undefined"),
)
"""Names that objects and documents in browsers have by themselves."""

BREAKS: Final = "\u2028\u2029\x85\x0b\x0c"
DECEIVING: Final = (
    "\u202egnp.exe\u202c \u2066a\u2069 \u200b\u200d\u2060\ufeff\u061c\u00ad\U000e0041"
)
"""Characters that turn the direction of text, or that nobody sees."""


def polyglot(tag: str, beacon: str = BEACON) -> str:
    """Markup that would run in a text, an attribute, a title, a script, a comment or a template.

    It leaves what it gets into before anything that acts, and leaves nothing open that would hide
    what stands after it. Short enough for a name, with a `tag` of up to 20 letters.
    """
    return (
        f"{MARK} {tag} <!--<script>'\"`></script></title></textarea>-->"
        f"<img src={beacon}/{tag} onerror=hostile=1><svg onload=hostile=2>"
        "<script>hostile=3</script>"
        "{{7*7}}${7*7}{%x%}%(x)s{0.__class__}]]>\u2028&lt;b&#62;\\u003cb\\"
    )
