"""Charts of panels: a picture each, light and dark, and what the scripts draw in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from runfolio.charts import Filled
from runfolio.charts.palette import SEQUENCE_LIGHT
from runfolio.site.narrative.panels.subjects import Drawn
from runfolio.site.pages import Picture
from runfolio.site.pictures import PictureFiles, name_picture

TEMPLATE: Final = "_partials/panel_plot.html"
WIDTH: Final = 720
HALF: Final = 440
HEIGHT: Final = 320
LEAST_HEIGHT: Final = 160
MOST_HEIGHT: Final = 900
_SHADES: Final = len(SEQUENCE_LIGHT)


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A colour of the picture and what it stands for; without a colour it is grey."""

    name: str
    color: int | None


@dataclass(frozen=True, slots=True)
class Ramp:
    """The colours of numbers, from the lowest to the highest."""

    title: str
    low: str
    high: str
    colors: tuple[str, ...] = tuple(f"var(--seq-{place})" for place in range(_SHADES))


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart of a panel: `kind` and `options` are a call of ``runfolio.charts``.

    `title` says what it shows, `heading` tells it from the others of its panel, and `legend` and
    `ramp` say what the colours of the picture stand for.
    """

    kind: str
    title: str
    filled: Filled
    options: dict[str, Any]
    height: int = HEIGHT
    width: int = WIDTH
    heading: str = ""
    legend: tuple[LegendItem, ...] = ()
    ramp: Ramp | None = None


@dataclass(frozen=True, slots=True)
class _Shown:
    picture: Picture
    heading: str
    legend: tuple[LegendItem, ...]
    ramp: Ramp | None


@dataclass(frozen=True, slots=True)
class _PlotsView:
    root: str
    plots: tuple[_Shown, ...]


def draw_plots(
    plots: Sequence[Plot], *, root: str, words: str, notes: tuple[str, ...] = ()
) -> Drawn:
    """The figure that holds some charts."""
    files = tuple(_picture(plot) for plot in plots)
    shown = tuple(
        _Shown(one.picture, plot.heading, plot.legend, plot.ramp)
        for one, plot in zip(files, plots, strict=True)
    )
    data = {"charts": [{"kind": plot.kind, "options": plot.options} for plot in plots]}
    return Drawn("figure", TEMPLATE, _PlotsView(root, shown), words, notes, data, files)


def _picture(plot: Plot) -> PictureFiles:
    stem = f"charts/panel-{plot.kind}"
    return name_picture(stem, plot.kind, plot.title, plot.filled, plot.width, plot.height)
