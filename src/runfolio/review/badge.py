"""A badge for a README: one metric's value as a small SVG picture."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

from runfolio.analysis.comparison import relative_change
from runfolio.charts.palette import ink_on
from runfolio.errors import InvalidValue, NoBadgeValue
from runfolio.query.directions import guess_direction
from runfolio.review.escaping import shorten, show_hidden
from runfolio.review.figures import show_change, show_percent, show_value
from runfolio.review.sides import Sides, list_names, read_sides
from runfolio.review.text_widths import measure_text

if TYPE_CHECKING:
    from runfolio.review.runs import Group
    from runfolio.store.layout import StorePath

COLORS: Final = {"green": "#1a7f37", "red": "#b3261e", "blue": "#1f5fbf", "grey": "#5a6270"}
"""White on each has a contrast of 4.5 or more; tests/review/test_badge.py measures it."""

LABEL_COLOR: Final = "#3d434c"
MOST_LETTERS: Final = 60
SIZE: Final = 11
PADDING: Final = 6
HEIGHT: Final = 20

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_WORDS: Final = {"better": "▲", "worse": "▼"}


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says: on the left, on the right, in which colour, and in a sentence."""

    label: str
    value: str
    color: str
    title: str


def make_badge(
    metric: str,
    *,
    run: str | None = None,
    filter: str = "",  # noqa: A002
    experiment: str | None = None,
    baseline: str | None = None,
    direction: str | None = None,
    label: str | None = None,
    color: str | None = None,
    store: StorePath | None = None,
) -> str:
    """Make a badge of a metric as SVG: the best last value of the runs that are meant.

    These are those of `run` (an id, or another side that `compare_runs` takes), those a `filter`
    finds, or those of an `experiment`; runs that broke off count only when all did. `baseline` is
    such a side too, whose best value the badge is compared with. `direction` is "up" or "down".
    Raises `NoBadgeValue` where no run has such a value, or several experiments have it.
    """
    with read_sides(
        baseline,
        run if run is not None else filter,
        experiments=experiment,
        store=store,
        base_store=None,
        repository=None,
    ) as sides:
        named = run is not None or bool(filter) or experiment is not None
        badge = describe_badge(
            metric,
            sides,
            named=named,
            direction=direction,
            label=metric if label is None else label,
        )
    return render_badge(badge if color is None else replace(badge, color=read_color(color)))


def describe_badge(
    metric: str, sides: Sides, *, named: bool, direction: str | None = None, label: str = ""
) -> Badge:
    """Say what a badge shows; unless the runs were `named`, one experiment must have the metric."""
    having = {name: group for name, group in sides.head_groups.items() if metric in group.metrics}
    if len(having) > 1 and not named:
        raise NoBadgeValue(
            f"Several experiments have the metric {metric!r}: {list_names(having)}. Choose one "
            "with --experiment."
        )
    better = direction or _find_direction(metric, sides, having)
    value = _choose_best(metric, having, better)
    if value is None:
        known = {key for group in sides.head_groups.values() for key in group.metrics}
        raise NoBadgeValue(
            f"No run that is meant has a finite value of the metric {metric!r}. They have "
            f"{list_names(known) if known else 'no metrics'}."
        )
    if not sides.base_groups:
        return _make_badge(label, metric, show_value(value), "blue")
    base = _choose_best(metric, sides.base_groups, better)
    if base is None:
        raise NoBadgeValue(
            f"The baseline has no finite value of the metric {metric!r}. Choose another one."
        )
    verdict = _judge(value, base, better)
    shown, change = show_value(value), _show_change(value, base)
    said = shown if verdict == "same" else f"{shown} {_WORDS.get(verdict, 'Δ')} {change}"
    told = "the same as" if verdict == "same" else f"{change}, {verdict}, from"
    color = {"better": "green", "worse": "red"}.get(verdict, "grey")
    return _make_badge(label, metric, said, color, f"{shown}, {told} {show_value(base)}")


def _make_badge(label: str, metric: str, value: str, color: str, told: str | None = None) -> Badge:
    """A badge with safe texts; one without a label still says in its title what it shows."""
    name = _clean(label) or _clean(metric)
    return Badge(_clean(label), value, COLORS[color], f"{name}: {told or value}")


def _judge(value: float, base: float, direction: str | None) -> str:
    if value == base:
        return "same"
    if direction is None:
        return "changed"
    return "better" if (value > base) == (direction == "up") else "worse"


def _show_change(value: float, base: float) -> str:
    relative = relative_change(value, base)
    return show_change(value - base) if relative is None else show_percent(relative)


def _find_direction(metric: str, sides: Sides, groups: dict[str, Group]) -> str | None:
    """Which way is better, as the experiment's settings say or the name tells."""
    primaries = [sides.find_primary(group) for group in groups.values()]
    known = [one for one in primaries if one is not None and not one.guessed]
    said = {one.direction for one in known if one.metric == metric}
    return said.pop() if len(said) == 1 else guess_direction(metric)


def _choose_best(metric: str, groups: dict[str, Group], direction: str | None) -> float | None:
    """The best finite last value; raises `NoBadgeValue` where it isn't known which that is."""
    found = [value for group in groups.values() for value in group.values(metric)]
    finite = [value for value in found if math.isfinite(value)]
    if direction is None and len(set(finite)) > 1:
        raise NoBadgeValue(
            f"It isn't known whether high or low values of the metric {metric!r} are better. Say "
            "--direction up or down, or name one run with --run."
        )
    return (max if direction == "up" else min)(finite, default=None)


def read_color(color: str) -> str:
    """A colour by name or as #rrggbb; raises `InvalidValue` for another text."""
    if color in COLORS:
        return COLORS[color]
    if _HEX.fullmatch(color):
        digits = color[1:].lower()
        return f"#{digits}" if len(digits) == 6 else f"#{''.join(2 * one for one in digits)}"
    raise InvalidValue(
        f"{color!r} is no colour of a badge. Write #rrggbb, or one of {', '.join(COLORS)}."
    )


def _clean(text: str) -> str:
    return shorten(show_hidden(" ".join(text.split())), MOST_LETTERS)


def render_badge(badge: Badge) -> str:
    """A badge as SVG: named for screen readers, without scripts, links or anything to load."""
    words = [one for one in (badge.label, badge.value) if one]
    widths = [measure_text(one, size=SIZE) for one in words]
    left = widths[0] + 2 * PADDING if badge.label else 0
    right = widths[-1] + 2 * PADDING
    title = escape(badge.title)
    parts = [_box(0, left, LABEL_COLOR, corners="left")] if badge.label else []
    parts.append(_box(left, right, badge.color, corners="right" if badge.label else "both"))
    places = [(0, left), (left, right)] if badge.label else [(left, right)]
    inks = ["#ffffff", ink_on(badge.color)][-len(words) :]
    for word, width, (start, wide), ink in zip(words, widths, places, inks, strict=True):
        parts.append(_text(word, width, start + wide / 2, ink))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" '
        f'viewBox="0 0 {left + right} {HEIGHT}" role="img" aria-label="{title}">'
    )
    return "\n".join([head, f"<title>{title}</title>", *parts, "</svg>\n"])


def _box(start: int, width: int, color: str, *, corners: str) -> str:
    """A box whose outer corners are round, drawn as a path so that it needs no clipping."""
    left, right = (3 if corners in (side, "both") else 0 for side in ("left", "right"))
    end = start + width
    return (
        f'<path fill="{color}" d="M{start + left} 0H{end - right}'
        f"{f'a{right} {right} 0 0 1 {right} {right}' if right else ''}"
        f"V{HEIGHT - right}{f'a{right} {right} 0 0 1 -{right} {right}' if right else ''}"
        f"H{start + left}{f'a{left} {left} 0 0 1 -{left} -{left}' if left else ''}"
        f'V{left}{f"a{left} {left} 0 0 1 {left} -{left}" if left else ""}z"/>'
    )


def _text(text: str, width: int, middle: float, ink: str) -> str:
    return (
        f'<text x="{middle:g}" y="14" text-anchor="middle" textLength="{width}" fill="{ink}" '
        'lengthAdjust="spacingAndGlyphs" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" '
        f'font-size="{SIZE}">{escape(text)}</text>'
    )
