"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from runfolio.charts.palette import DASHES, RUN_COLORS_LIGHT
from runfolio.site.addresses import run_page
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.numbers import format_number
from runfolio.site.times import format_iso, format_time

STATUS_WORDS = {
    "RUNNING": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "stopped",
}
STATUS_MARKS = {"RUNNING": "◌", "FINISHED": "✓", "FAILED": "✕", "KILLED": "■"}
ARROWS = {"down": "↓", "up": "↑"}
DIRECTION_WORDS = {"down": "lower is better", "up": "higher is better"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the site's root, and its text."""

    PRINTED: ClassVar = ("href", "text")

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a page: `root` leads from the page to the site's root, such as "../".

    `window` is the title with that of the project, and `linked_data` what the page is, for search
    engines.
    """

    PRINTED: ClassVar = ("title", "window")
    PRINTED_HTML: ClassVar = ("linked_data",)

    page: str
    title: str
    window: str
    project: str
    root: str
    crumbs: tuple[Link, ...]
    style: str
    scripts: tuple[str, ...]
    data: dict[str, str]
    built: str
    version: str
    linked_data: Markup | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as people and as machines read it."""

    PRINTED: ClassVar = ("text", "iso")

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a run ended, as a word, a mark and a class."""

    word: str
    mark: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as shown and, when that is rounded, in full."""

    text: str
    full: str | None
    sort: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it stands without scripts: one picture for light and one for dark."""

    kind: str
    title: str
    light: str
    dark: str
    width: int
    height: int


def show_moment(microseconds: int | None) -> Moment | None:
    """A time to show, or None."""
    if microseconds is None:
        return None
    return Moment(format_time(microseconds), format_iso(microseconds))


def show_status(status: str) -> Status:
    """A run's status to show."""
    return Status(STATUS_WORDS.get(status, status.lower()), STATUS_MARKS.get(status, "?"))


def show_number(value: float | None) -> Number:
    """A number to show."""
    text = format_number(value)
    full = "" if value is None else repr(value)
    return Number(text, full if full and full != text else None, full)


_FIGURE_SPACE = "\u2007"
_POINT_SPACE = "\u2008"


def align_decimals(texts: list[str]) -> list[str]:
    """Pad numbers that stand right-aligned under each other so that their decimal points meet."""
    places = [_decimals(text) for text in texts]
    widest = max((place for place in places if place is not None), default=0)
    return [
        text if place is None else text + _padding(place, widest)
        for text, place in zip(texts, places, strict=True)
    ]


def _decimals(text: str) -> int | None:
    """How many decimals a plain number has; None for anything else."""
    whole, _, decimals = text.lstrip("-−").partition(".")
    return len(decimals) if whole.isdigit() and (not decimals or decimals.isdigit()) else None


def _padding(place: int, widest: int) -> str:
    point = _POINT_SPACE if place == 0 and widest else ""
    return point + _FIGURE_SPACE * (widest - place)


def metric_label(experiment: ExperimentEntry, metric: str) -> str:
    """A metric's name with the arrow of its better direction."""
    arrow = ARROWS.get(experiment.direction(metric) or "")
    return f"{metric} {arrow}" if arrow else metric


RUN_COLORS = len(RUN_COLORS_LIGHT)
DASH_PATTERNS = len(DASHES)


def run_color(run: RunEntry) -> int:
    """The number of a run's colour; it depends on nothing that comes after the run."""
    return run.mark % RUN_COLORS


def run_dash(run: RunEntry) -> int:
    """The number of a run's dash pattern, the second cue when colours come round again."""
    return run.mark // RUN_COLORS % DASH_PATTERNS


def run_page_link(run: RunEntry) -> Link:
    """A link to a run's page."""
    return Link(run_page(run.id), run.record.name)
