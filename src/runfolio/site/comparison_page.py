"""The page of a comparison of runs: one file that needs nothing else, and no scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from runfolio.analysis.numbers import format_number
from runfolio.site.details import templates_folder
from runfolio.site.render import Renderer
from runfolio.version import __version__

WIDTH: Final = 360
HEIGHT: Final = 120
_MARGIN: Final = 3


@dataclass(frozen=True, slots=True)
class Drawing:
    """Both curves of a metric as points of lines, and what they show."""

    label: str
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What the template shows: the page's ready texts, with drawings beside each section."""

    page: Any
    sections: tuple[tuple[Any, tuple[Drawing, ...]], ...]
    link: str | None
    policy: str
    style: Markup
    version: str


def render_comparison(page: Any, *, link: str | None = None) -> str:
    """The HTML of a comparison that is described as `runfolio.review.page.Page` does it.

    The page may load nothing; its own style is allowed by its hash. `link` leads to the published
    compare page.
    """
    style = (templates_folder() / "_partials" / "comparison.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    view = ComparisonView(
        page=page,
        sections=tuple((one, tuple(map(draw_curves, one.charts))) for one in page.sections),
        link=link,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        style=Markup(style),
        version=__version__,
    )
    return Renderer().part("comparison.html", view).lstrip()


def draw_curves(pair: Any) -> Drawing:
    """Both curves of a pair on one scale, in a box of `WIDTH` by `HEIGHT`."""
    low, high = min(*pair.base, *pair.head), max(*pair.base, *pair.head)
    span = f"{format_number(low)} to {format_number(high)}"
    return Drawing(
        f"{pair.metric.shown}: {span}, steps {pair.steps[0]} to {pair.steps[-1]}",
        _points(pair.base, low, high),
        _points(pair.head, low, high),
    )


def _points(values: Sequence[float], low: float, high: float) -> str:
    room = HEIGHT - 2 * _MARGIN
    places = []
    for number, value in enumerate(values):
        across = number * WIDTH / (len(values) - 1)
        # Halves, for the range of float64 may overflow.
        up = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
        places.append(f"{across:.1f},{HEIGHT - _MARGIN - up * room:.1f}")
    return " ".join(places)
