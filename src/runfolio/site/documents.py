"""HTML documents as they may be shown: what they say, without what they would do or fetch."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import nh3

MAX_KEPT: Final = 256 << 10
MAX_TAGS: Final = 10_000
"""Characters and tags of a document at most, its scripts and styles aside."""

_PROGRAM: Final = re.compile(r"<(script|style)\b", re.IGNORECASE | re.ASCII)
_ENDS: Final = {
    name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE | re.ASCII)
    for name in ("script", "style")
}


def quieten(text: str) -> str:
    """An HTML document without scripts, styles, forms, and pictures from elsewhere.

    The frame it is shown in would block all of these; leaving them out keeps a browser from trying.
    Raises `ValueError` for what would take the cleaner long, whose time grows with what is inside
    each other, and with the attributes of a tag.
    """
    kept = _drop_programs(text)
    if len(kept) > MAX_KEPT or kept.count("<") > MAX_TAGS:
        raise ValueError(f"it has more than {MAX_TAGS:,} tags, or too much beside its scripts.")
    return _cleaner().clean(kept)


def _drop_programs(text: str) -> str:
    """The text without the scripts and styles, which are most of many documents."""
    parts, place = [], 0
    while (opening := _PROGRAM.search(text, place)) is not None:
        parts.append(text[place : opening.start()])
        closing = _ENDS[opening[1].lower()].search(text, opening.end())
        if closing is None:
            return "".join(parts)
        place = closing.end()
    return "".join([*parts, text[place:]])


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_keep,
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Links and citations lead to the web or to people; a picture must carry its data with it."""
    if attribute != "src":
        return None if value.lstrip().lower().startswith("data:") else value
    return value if tag == "img" and value.startswith("data:image/") else None
