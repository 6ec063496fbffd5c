"""What a page's scripts and styles weigh on the way, all its charts drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.kinds import KINDS, page_of, see_all
from tests.browser.serving import served
from tests.browser.watching import PageOpener

pytestmark = pytest.mark.browser

MOST_BYTES = 400_000
WEIGHTS = """() => Object.fromEntries(
  performance.getEntriesByType("resource")
    .filter((one) => /[/]assets[/].*[.](js|css)$/.test(one.name))
    .map((one) => [one.name.replace(/.*[/]|[.][0-9a-f]+(?=[.])/g, ""), one.encodedBodySize])
)"""


@pytest.mark.parametrize("kind", KINDS)
def test_scripts_and_styles_are_light(open_page: PageOpener, demo_site: Path, kind: str) -> None:
    with served(demo_site, compress=True) as host:
        page = open_page(host + page_of(demo_site, kind).relative_to(demo_site).as_posix())
        see_all(page)
        weights: dict[str, int] = page.evaluate(WEIGHTS)
    assert weights["site.js"] > 0 < weights["site.css"]
    assert kind not in ("experiment", "compare") or weights["vega.js"] > 0
    assert sum(weights.values()) <= MOST_BYTES, weights
