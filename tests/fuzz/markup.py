"""What HTML made of a stranger's text may hold: tags, attributes and addresses, each by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from bs4 import BeautifulSoup

_ADDRESS: Final = re.compile(r"https?://|mailto:", re.IGNORECASE)
_INSIDE: Final = re.compile(r"#[^\s\"'<>]+|\.\./[a-z]+/[\w.-]+(?:#[^\s\"'<>]*)?")
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]*")
_FOR_ALL: Final = frozenset({"class", "id", "role", "tabindex", "title"})


def check_markup(
    html: str, tags: Collection[str], attributes: Mapping[str, Collection[str]], *, inside: bool
) -> None:
    """Raise `AssertionError` for markup beyond `tags` and `attributes`, or that leads elsewhere.

    `inside` says whether links to places of the site may stand in it.
    """
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        assert element.name in tags, element.name
        allowed = {*_FOR_ALL, *attributes.get(element.name, ())}
        for name, value in element.attrs.items():
            assert name in allowed or name.startswith(("aria-", "data-")), (element.name, name)
            if name == "href":
                good = _ADDRESS.match(str(value)) or (inside and _INSIDE.fullmatch(str(value)))
                assert good, value
            if name == "src":
                assert _PICTURE.fullmatch(str(value)) or (inside and _INSIDE.fullmatch(str(value)))
