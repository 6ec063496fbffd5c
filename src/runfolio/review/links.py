"""Links from a comparison into the published site."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from runfolio.review.comparing import Comparison

MOST_LINKED: Final = 20
"""So many runs a link selects at most."""


def make_link(comparison: Comparison, site_url: str) -> str:
    """The published compare page with the runs selected; those of another store are not in it."""
    base = comparison.base.run_ids if comparison.same_store else ()
    runs = list(dict.fromkeys([*base, *comparison.head.run_ids]))[:MOST_LINKED]
    chosen = f"runs={','.join(map(quote, runs))}" + (f"&base={quote(base[0])}" if base else "")
    return f"{_base_url(site_url)}compare.html#{chosen}"


def make_run_link(run_id: str, site_url: str) -> str:
    """The published page of a run."""
    return f"{_base_url(site_url)}runs/{quote(run_id)}.html"


def _base_url(site_url: str) -> str:
    """An address that ends in a slash and can't end the link it stands in."""
    return quote(site_url.rstrip("/"), safe=":/?#[]@!$&'*+,;=%~") + "/"
