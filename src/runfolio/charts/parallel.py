"""Parallel coordinates: what the runs have in common that did well."""

from __future__ import annotations

from typing import Any

import altair as alt

from runfolio.charts.marks import Drawing, emphasis, fade, named, own_color, own_width

# Drawn below a text, so that lines stay off it.
_HALO: dict[str, Any] = {"stroke": "var(--surface)", "strokeWidth": 4, "opacity": 0.9}


def chart_parallel(*, narrow: bool = False) -> Drawing:
    """A line per run across axes, side by side or, on a narrow screen, below each other.

    Data: `rows` (run, at, level, color, width), `axes` (at, low, high, title), `ticks` (at, level,
    label), `brushes` (at, low, high) and `labels` (at, level, text; names right of the last axis).
    `at` numbers the axes; levels are 0 to 1; lines have the parameter `opacity`.
    """
    place = _Place(narrow=narrow)
    layers = [
        place.axes(),
        place.lines(),
        place.brushes(),
        *place.ticks(),
        *place.titles(),
        place.labels(),
    ]
    opacity = alt.param(name="opacity", value=0.85)
    return alt.layer(*layers).add_params(emphasis(), opacity).properties(width=600, height=300)


class _Place:
    """Which channel leads across the axes and which along them."""

    def __init__(self, *, narrow: bool) -> None:
        self._narrow = narrow

    def _channels(self, along: str, until: str | None = None) -> dict[str, Any]:
        scale = alt.Scale(zero=False, nice=False)
        # Read downwards on a narrow screen: the first axis is the upper one.
        order = alt.Scale(zero=False, nice=False, reverse=self._narrow)
        across, level = (alt.Y, alt.X) if self._narrow else (alt.X, alt.Y)
        channels: dict[str, Any] = {
            "y" if self._narrow else "x": across("at:Q", axis=None, scale=order),
            "x" if self._narrow else "y": level(f"{along}:Q", axis=None, scale=scale),
        }
        if until is not None:
            channels["x2" if self._narrow else "y2"] = until
        return channels

    def axes(self) -> alt.Chart:
        drawn: alt.Chart = (
            named("axes")
            .mark_rule(color="var(--muted)", opacity=0.7)
            .encode(**self._channels("low", "high:Q"))
        )
        return drawn

    def lines(self) -> alt.Chart:
        drawn: alt.Chart = (
            named("rows")
            .mark_line(strokeJoin="round")
            .encode(
                **self._channels("level"),
                detail="run:N",
                order="at:Q",
                stroke=own_color(alt.Stroke),
                strokeWidth=own_width(3.5),
                opacity=fade(plain=alt.ExprRef("opacity"), faded=0.08),
            )
        )
        return drawn

    def brushes(self) -> alt.Chart:
        drawn: alt.Chart = (
            named("brushes")
            .mark_rule(color="var(--accent)", strokeWidth=10, opacity=0.4)
            .encode(**self._channels("low", "high:Q"))
        )
        return drawn

    def ticks(self) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
        """Small strokes on the axes and their labels."""
        if self._narrow:
            stroke: dict[str, Any] = {"angle": 90}
            text: dict[str, Any] = {
                "align": alt.ExprRef(
                    "datum.level > 0.9 ? 'right' :"
                    " datum.level >= 0 && datum.level < 0.1 ? 'left' : 'center'"
                ),
                "baseline": "top",
                "dy": 6,
            }
        else:
            stroke = {"angle": 0}
            text = {"align": "right", "baseline": "middle", "dx": -7}
        marks = (
            named("ticks")
            .mark_point(shape="stroke", size=36, strokeWidth=1, color="var(--muted)", **stroke)
            .encode(**self._channels("level"))
        )
        labels = named("ticks").encode(**self._channels("level"), text="label:N")
        halo = labels.mark_text(**_HALO, **text)
        return marks, halo, labels.mark_text(color="var(--muted)", **text)

    def titles(self) -> tuple[alt.Chart, alt.Chart]:
        place: dict[str, Any] = {
            "fontWeight": 600,
            "align": "center",
            "baseline": "bottom",
            "dy": -12,
        }
        if self._narrow:
            place |= {"align": "left", "dy": -8}
        channels = self._channels("low" if self._narrow else "high")
        titles = named("axes").encode(**channels, text="title:N")
        return titles.mark_text(**_HALO, **place), titles.mark_text(**place)

    def labels(self) -> alt.Chart:
        drawn: alt.Chart = (
            named("labels")
            .mark_text(align="left", baseline="middle", dx=10)
            .encode(**self._channels("level"), text="text:N")
        )
        return drawn
