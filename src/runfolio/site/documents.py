"""HTML documents as they may be shown: what they say, without what they would do or fetch."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3


def quieten(text: str) -> str:
    """An HTML document without scripts, styles, forms, and pictures from elsewhere.

    The frame it is shown in would block all of these; leaving them out keeps a browser from trying.
    """
    return _cleaner().clean(text)


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
    """Addresses may stand in links and citations; a picture must carry its data with it."""
    if attribute != "src":
        return value
    return value if tag == "img" and value.startswith("data:image/") else None
