"""Curves of runs, or of groups of runs as their mean with a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runfolio.analysis.bands import BANDS, CENTRES
from runfolio.analysis.numbers import count_noun
from runfolio.charts import Filled, picture_curves
from runfolio.site.curves import CURVE_POINTS, is_curve
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.groups import group_runs
from runfolio.site.narrative.panels.line_forms import live_line, picture_line, time_unit
from runfolio.site.narrative.panels.lines import Choice, Drawing, Line, fit_line, make_line
from runfolio.site.narrative.panels.plots import (
    HALF,
    HEIGHT,
    LEAST_HEIGHT,
    MOST_HEIGHT,
    WIDTH,
    Plot,
    draw_plots,
)
from runfolio.site.narrative.panels.subjects import Drawn, Subject, look_of
from runfolio.site.narrative.panels.words import count_shown, join_words, note_broken
from runfolio.site.pictures import PICTURE_POINTS

OPTIONS: Final = (
    *("metrics", "group", "x", "log", "smoothing", "aggregate", "band"),
    *("limit", "height"),
)
USUAL_LINES: Final = 10
MOST_LINES: Final = 50
MOST_POINTS: Final = 60_000
"""Points of all lines of a panel; beyond, each line gets fewer than `CURVE_POINTS`."""

_BAND_WORDS: Final = {
    "ci": "Band: 95 % interval of the {centre} (Student’s t).",
    "std": "Band: ± standard deviation.",
    "se": "Band: ± standard error.",
    "range": "Band: least to greatest value.",
}


def draw_curves(subject: Subject) -> Drawn:
    """A chart for each metric, all of the same runs or groups."""
    block, metrics = subject.block, subject.metrics()
    limit = block.whole("limit", USUAL_LINES, most=MOST_LINES)
    height = block.whole("height", HEIGHT, least=LEAST_HEIGHT, most=MOST_HEIGHT)
    runs = _with_curve(subject, metrics)
    by = [subject.named("group", name) for name in block.texts("group")]
    choices, among = _choose(subject, runs, by, limit)
    points = min(CURVE_POINTS, max(50, MOST_POINTS // (len(choices) * len(metrics))))
    plots, told = [], 0
    for metric in metrics:
        drawing = _drawing(subject, metric, grouped=bool(by))
        made = [line for one in choices if (line := make_line(one, drawing)) is not None]
        told = max([told, *(line.total for line in made)])
        heading = metric.title if len(metrics) > 1 else ""
        plots.append(_plot(subject, metric, drawing, made, points, heading, height))
    words = _words(subject, metrics, by, len(choices), among, len(runs))
    notes = (*_notes(subject, by), *_reduction(told, points))
    return draw_plots(plots, root=subject.root, words=words, notes=notes)


def _name(metric: Column) -> str:
    return metric.key.removeprefix("metrics.")


def _with_curve(subject: Subject, metrics: Sequence[Column]) -> list[RunEntry]:
    """The runs that count and have a curve of one of the metrics, best of the first one first."""
    names = [_name(one) for one in metrics]
    having = [
        run for run in subject.contenders if any(is_curve(run.curves.get(one)) for one in names)
    ]
    if not having:
        listed = join_words([repr(one.title) for one in metrics])
        raise subject.block.mistake(
            "metrics",
            f"metrics: No run has more than one value of {listed}. Use bars or a table for it.",
        )
    ranked = subject.valued(metrics[0])
    place = {run.id: number for number, run in enumerate(ranked)}
    return sorted(having, key=lambda run: place.get(run.id, len(place)))


def _choose(
    subject: Subject, runs: list[RunEntry], by: Sequence[Column], limit: int
) -> tuple[list[Choice], int]:
    """The lines to draw, and how many there could be."""
    if not by:
        shown = runs[:limit]
        looks = look_of(shown)
        return [
            Choice(run.id, run.record.name, *looks[run.id], subject.href(run), (run,))
            for run in shown
        ], len(runs)
    groups = group_runs(runs, by)
    prefix = f"{by[0].title} " if len(by) == 1 and by[0].numeric else ""
    return [
        Choice(
            f"group {place}", f"{prefix}{group.name} (n = {len(group.runs)})",
            place, place // 10, None, group.runs,
        )
        for place, group in enumerate(groups[:limit])
    ], len(groups)  # fmt: skip


def _drawing(subject: Subject, metric: Column, *, grouped: bool) -> Drawing:
    block = subject.block
    if not grouped:
        for key in ("aggregate", "band"):
            if key in block.values:
                raise block.mistake(
                    key, f"{key!r} is for groups of runs. Add 'group' to the block."
                )
    return Drawing(
        metric=_name(metric),
        x=block.choice("x", ("step", "time"), "step"),
        smoothing=block.number("smoothing", least=0, most=0.99),
        grouped=grouped,
        centre=block.choice("aggregate", CENTRES, "mean"),
        band=block.choice("band", BANDS, "ci"),
    )


def _plot(
    subject: Subject,
    metric: Column,
    drawing: Drawing,
    lines: Sequence[Line],
    points: int,
    heading: str,
    height: int,
) -> Plot:
    log = subject.block.flag("log")
    title = f"{metric.title} by {drawing.x}, " + count_noun(
        len(lines), "group" if drawing.grouped else "run"
    )
    room = max(height, 15 * len(lines) + 64)
    options = {
        "title": title,
        "yTitle": metric.label,
        "log": log,
        "xKind": drawing.x,
        "legend": "compact",
        "height": height,
        "runs": [live_line(fit_line(line, points)) for line in lines],
    }
    width = HALF if heading else WIDTH
    filled = _picture(lines, drawing, metric.label, log=log, width=width, height=room)
    return Plot("curves", title, filled, options, room, width=width, heading=heading)


def _picture(
    lines: Sequence[Line], drawing: Drawing, y_title: str, *, log: bool, width: int, height: int
) -> Filled:
    longest = max((float(line.x[-1]) for line in lines if len(line.x)), default=0.0)
    size, unit = time_unit(longest) if drawing.x == "time" else (1, "")
    drawn = [picture_line(fit_line(line, PICTURE_POINTS), size) for line in lines]
    x_title = f"time since start ({unit})" if unit else "step"
    return picture_curves(
        drawn,
        y_title=y_title,
        x_title=x_title,
        log=log,
        width=width,
        height=height,
        palette={},
        least_step=None if drawing.x == "step" else 1e-9,
    )


def _words(
    subject: Subject,
    metrics: Sequence[Column],
    by: Sequence[Column],
    shown: int,
    among: int,
    runs: int,
) -> str:
    named = join_words([one.title for one in metrics])
    x = "time" if subject.block.values.get("x") == "time" else "step"
    if not by:
        ranked = metrics[0].direction is not None
        return f"{named} by {x}, {count_shown(shown, among, 'run', ranked=ranked)}"
    centre = subject.block.choice("aggregate", CENTRES, "mean").capitalize()
    which = "" if shown == among else f", the first {shown} of {count_noun(among, 'group')}"
    groups = join_words([one.title for one in by])
    return f"{centre} {named} by {x} for each {groups}{which}, {count_noun(runs, 'run')}"


def _notes(subject: Subject, by: Sequence[Column]) -> tuple[str, ...]:
    block, notes = subject.block, []
    band = block.choice("band", BANDS, "ci")
    if by and band != "none":
        centre = block.choice("aggregate", CENTRES, "mean")
        notes.append(_BAND_WORDS[band].format(centre=centre))
    weight = block.number("smoothing", least=0, most=0.99)
    if weight:
        notes.append(f"Smoothed exponentially, weight {weight:g}; pale: as logged.")
    return (*notes, *note_broken(subject.off()))


def _reduction(total: int, points: int) -> tuple[str, ...]:
    """What is said where lines are drawn from fewer points than there are."""
    if total <= points:
        return ()
    return (f"Long curves are reduced to {points:,} points that keep highs and lows.",)
