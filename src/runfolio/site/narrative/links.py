"""Where links of a report lead: the web, its own sections, other reports, runs, experiments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import nearest, shorten
from runfolio.site.addresses import experiment_page, report_page, run_page
from runfolio.site.library import Library
from runfolio.site.markdown import WEB_ADDRESS
from runfolio.site.narrative.targets import find_experiment, find_run

_INSIDE: Final = re.compile(r"#[^\s\"'<>]+|\.\./[a-z]+/[\w-]+\.html(?:#[^\s\"'<>]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads; `slug` and `anchor` name a section of a report, which has to be there."""

    href: str
    slug: str | None = None
    anchor: str | None = None


def keep_inside(href: str) -> str | None:
    """A link to a place of the site as it is, or None: what the sanitiser asks."""
    return href if _INSIDE.fullmatch(href) else None


def resolve_link(
    href: str, *, slug: str, pages: Mapping[str, str], library: Library, root: str
) -> Target:
    """Where a link of the report `slug` leads; `pages` are the reports' slugs by file name.

    Raises `ReportMistake` for one that leads nowhere.
    """
    if WEB_ADDRESS.match(href):
        return Target(href)
    place, hash_, fragment = href.partition("#")
    scheme, _, rest = place.partition(":")
    if scheme == "run":
        return Target(root + run_page(find_run(unquote(rest), library).id) + hash_ + fragment)
    if scheme == "experiment":
        found = find_experiment(unquote(rest), library)
        return Target(root + experiment_page(found.id) + hash_ + fragment)
    if not place and fragment:
        return Target(href, slug, _anchor(fragment))
    name = unquote(place).removeprefix("./")
    if name in pages:
        page = root + report_page(pages[name])
        return Target(page + hash_ + fragment, pages[name], _anchor(fragment))
    raise ReportMistake(_say_where(unquote(href), name, pages))


def _anchor(fragment: str) -> str | None:
    """The section that a fragment names; one with ``=`` holds the state of a page instead."""
    return unquote(fragment) if fragment and "=" not in fragment else None


def _say_where(href: str, name: str, pages: Mapping[str, str]) -> str:
    if name.endswith((".md", ".markdown")):
        like = nearest(name, pages)
        hint = f" Did you mean {like!r}?" if like is not None else ""
        return f"There is no report {shorten(name)!r} in this folder.{hint}"
    return (
        f"The link {shorten(href)!r} leads nowhere in this site. Links lead to https and mailto "
        "addresses, #sections, other reports (other.md), run:ID and experiment:NAME."
    )
