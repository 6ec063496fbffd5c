"""How much each parameter matters for a metric, as bars."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runfolio.analysis.drivers import MIN_RUNS, Drivers
from runfolio.analysis.numbers import count_noun
from runfolio.charts.layout import shorten_middle
from runfolio.site.experiment import TRUSTED_R2
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.narrative.panels.bars import Bar, plot_bars
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.plots import draw_plots
from runfolio.site.narrative.panels.subjects import Drawn, Subject

OPTIONS: Final = ("metric", "limit")
_MOST_PARAMS: Final = 8
_EFFECT: Final = 230
_HEADING: Final = "share of what the parameters explain"


def draw_importance(subject: Subject) -> Drawn:
    """How much each parameter matters for a metric, over the runs that count."""
    block, metric = subject.block, subject.metric()
    limit = block.whole("limit", _MOST_PARAMS, most=_MOST_PARAMS)
    if not any(metric.key == f"metrics.{key}" for run in subject.runs for key in run.summaries):
        message = f"metric: Importance is told of last values, not of {metric.title}."
        raise block.mistake("metric", message)
    drivers = _rank(subject, metric)
    words = f"Importance of parameters for {metric.title}"
    if drivers is None or not drivers.items:
        reason = drivers.method if drivers else (
            f"It takes at least {MIN_RUNS} runs with {metric.title} and a parameter that differ; "
            f"there {'is' if len(subject.contenders) == 1 else 'are'} "
            f"{count_noun(len(subject.contenders), 'run')}."
        )  # fmt: skip
        return Drawn("figure", "_partials/panel_empty.html", reason, words)
    bars = [_importance_bar(one.name, one.share, one.effect) for one in drivers.items[:limit]]
    words += f", {count_noun(drivers.runs, 'run')}"
    doubt = ("Hardly to be trusted: the parameters explain little of this metric.",)
    notes = (*(doubt if drivers.r2 < TRUSTED_R2 else ()), drivers.method)
    plot = plot_bars(words, _HEADING, bars, what="parameter")
    return draw_plots([plot], root=subject.root, words=words, notes=notes)


def _rank(subject: Subject, metric: Column) -> Drivers | None:
    """The drivers as the page of an experiment of just these runs would name them."""
    name = metric.key.removeprefix("metrics.")
    runs = tuple(subject.contenders)
    entries = subject.source.experiments_of(runs)
    params = tuple(sorted({key for run in runs for key in run.record.params}))
    entry = next((one for one in entries if one.direction(name)), entries[0])
    return ExperimentFacts(replace(entry, runs=runs, params=params)).drivers_of(name)


def _importance_bar(name: str, share: float, effect: str) -> Bar:
    text = f"{max(1, round(share * 100))} %  {shorten_middle(effect, _EFFECT)}"
    return {
        "id": name,
        "name": name,
        "color": 0,
        "href": None,
        "value": round(share, 4),
        "text": text,
        "note": effect,
    }
