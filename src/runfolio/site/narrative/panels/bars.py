"""Bars: a metric by run, or its mean for each group of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from runfolio.analysis.bands import mean_interval
from runfolio.analysis.sides import Side, make_side
from runfolio.charts import picture_bars
from runfolio.charts.theme import BAR_STEP
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.groups import Group, group_runs
from runfolio.site.narrative.panels.plots import WIDTH, Plot, draw_plots
from runfolio.site.narrative.panels.subjects import Drawn, Subject, look_of
from runfolio.site.narrative.panels.words import count_shown, join_words, note_broken

OPTIONS: Final = ("metric", "group", "sort", "limit")
USUAL_BARS: Final = 20
MOST_BARS: Final = 60
_AROUND: Final = 36
_INTERVAL: Final = "Lines: 95 % interval of the mean (Student’s t), from two runs on."

Bar = dict[str, Any]


def draw_bars(subject: Subject) -> Drawn:
    """A bar for each run, best first, or for each group of runs."""
    block, metric = subject.block, subject.metric()
    limit = block.whole("limit", USUAL_BARS, most=MOST_BARS)
    if "group" in block.values:
        return _draw_groups(subject, metric, limit)
    order = block.choice("sort", ("value", "name", "start"), "value")
    runs = subject.valued(metric)
    if not runs:
        raise block.mistake("metric", f"metric: No run has a finite value of {metric.title!r}.")
    if order == "name":
        runs.sort(key=lambda run: run.record.name)
    if order == "start":
        runs.sort(key=lambda run: run.record.start_time)
    shown = runs[:limit]
    looks = look_of(shown)
    bars = [
        {
            "id": run.id,
            "name": run.record.name,
            "color": looks[run.id][0],
            "href": subject.href(run),
            "value": metric.number(run),
        }
        for run in shown
    ]
    ranked = order == "value" and metric.direction is not None
    words = f"{metric.title} of {count_shown(len(shown), len(runs), 'run', ranked=ranked)}"
    notes = note_broken(subject.off())
    return draw_plots(
        [plot_bars(words, metric.label, bars)], root=subject.root, words=words, notes=notes
    )


def _draw_groups(subject: Subject, metric: Column, limit: int) -> Drawn:
    block = subject.block
    order = block.choice("sort", ("value", "name"), "value")
    by = [subject.named("group", name) for name in block.texts("group")]
    found = [
        (group, side)
        for group in group_runs(subject.contenders, by)
        if (side := _side(group, metric)).mean is not None
    ]
    if not found:
        raise block.mistake("metric", f"metric: No group has a finite value of {metric.title!r}.")
    colors = {group.labels: place for place, (group, _) in enumerate(found)}
    if order == "value":
        sign = -1.0 if metric.direction == "up" else 1.0
        found.sort(key=lambda pair: sign * (pair[1].mean or 0.0))
    shown = found[:limit]
    bars = [_group_bar(group, side, colors[group.labels]) for group, side in shown]
    ranked = order == "value" and metric.direction is not None
    which = count_shown(len(shown), len(found), "group", ranked=ranked)
    words = f"Mean {metric.title} for each {join_words([one.title for one in by])}, {which}"
    notes = (_INTERVAL, *note_broken(subject.off()))
    plot = plot_bars(words, metric.label, bars, what="group")
    return draw_plots([plot], root=subject.root, words=words, notes=notes)


def _group_bar(group: Group, side: Side, color: int) -> Bar:
    low, high = mean_interval(side) or (None, None)
    return {
        "id": group.name,
        "name": f"{group.name} (n = {side.count})",
        "color": color,
        "href": None,
        "value": side.mean,
        "low": low,
        "high": high,
    }


def _side(group: Group, metric: Column) -> Side:
    return make_side([value for run in group.runs if (value := metric.number(run)) is not None])


def plot_bars(words: str, x_title: str, bars: Sequence[Bar], *, what: str = "run") -> Plot:
    """A chart of bars, as high as they need; `what` is what a bar is of."""
    filled = picture_bars(bars, x_title=x_title, width=WIDTH, palette={})
    options = {"title": words, "xTitle": x_title, "what": what, "bars": list(bars)}
    return Plot("bars", words, filled, options, height=BAR_STEP * len(bars) + _AROUND)
