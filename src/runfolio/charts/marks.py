"""What the kinds of chart share: named data, emphasis, and the colours that rows carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import altair as alt

if TYPE_CHECKING:
    from altair.vegalite.v6.schema.core import ExprRef

Drawing = alt.LayerChart | alt.FacetChart

_EMPHASISED: Final = "indexof(emphasis, datum.run) >= 0"


def named(name: str) -> alt.Chart:
    """A chart on data that is filled in later under `name`."""
    return alt.Chart(alt.NamedData(name))


def emphasis() -> alt.Parameter:
    """The ids of the runs to bring forward; none means all alike."""
    return alt.param(name="emphasis", value=[])


def fade(*, plain: float | ExprRef = 1.0, faded: float = 0.15) -> Any:
    """An opacity that lets all but the emphasised runs step back."""
    return alt.condition(
        f"length(emphasis) === 0 || {_EMPHASISED}", alt.value(plain), alt.value(faded)
    )


def swell(plain: float, emphasised: float) -> Any:
    """A size or width that grows for emphasised runs."""
    return alt.condition(_EMPHASISED, alt.value(emphasised), alt.value(plain))


def own_width(emphasised: float) -> Any:
    """The line width that each row carries, or a larger one for emphasised runs."""
    own = alt.StrokeWidth("width:Q", scale=None, legend=None)
    return alt.condition(_EMPHASISED, alt.value(emphasised), own)


def own_size(emphasised: float) -> Any:
    """The size that each row carries, or a larger one for emphasised runs."""
    own = alt.Size("size:Q", scale=None, legend=None)
    return alt.condition(_EMPHASISED, alt.value(alt.ExprRef(f"max({emphasised}, datum.size)")), own)


def own_color(channel: type[Any] = alt.Color) -> Any:
    """The colour that each row carries."""
    return channel("color:N", scale=None, legend=None)


def listed_axis(values: str, labels: str, **options: Any) -> alt.Axis:
    """An axis of numbers with ticks and texts from two parameters of that name."""
    return alt.Axis(
        values=alt.ExprRef(values),
        labelExpr=f"{labels}[indexof({values}, datum.value)]",
        grid=False,
        **options,
    )


def tick_count(length: str, pixels: int) -> ExprRef:
    """About one tick every so many pixels of "width" or "height"."""
    return alt.ExprRef(f"max(2, ceil({length} / {pixels}))")
