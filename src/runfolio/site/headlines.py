"""The numbers that say most of a run, at the top of its page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from runfolio.query.directions import is_counter, order_by_interest
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.pages import DIRECTION_WORDS, Number, Spark, metric_label, show_number

MAX_HEADLINES: Final = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the run's most telling numbers, with its rank among the experiment's runs.

    `line` is the id of its curve's drawing further down, which its `spark` shows small.
    """

    metric: str
    direction: str | None
    value: Number
    rank: str | None
    spark: Spark | None
    line: str | None


def choose_headlines(metrics: Iterable[str], *, primary: str | None) -> list[str]:
    """The metrics that a run's page begins with: counters and settings only where all are such."""
    ordered = order_by_interest(metrics, primary=primary)
    telling = [name for name in ordered if name == primary or not is_counter(name)]
    return (telling or ordered)[:MAX_HEADLINES]


def view_headlines(
    experiment: ExperimentEntry,
    run: RunEntry,
    metrics: Iterable[str],
    sparks: Mapping[str, Spark | None],
    lines: Mapping[str, str],
) -> tuple[Headline, ...]:
    """The headline numbers of a run among its `metrics`; `lines` are the ids of drawn curves."""
    primary = experiment.primary.metric if experiment.primary else None
    chosen = choose_headlines(metrics, primary=primary)
    return tuple(_headline(experiment, run, key, sparks.get(key), lines.get(key)) for key in chosen)


def _headline(
    experiment: ExperimentEntry, run: RunEntry, key: str, spark: Spark | None, line: str | None
) -> Headline:
    direction = experiment.direction(key)
    return Headline(
        metric=metric_label(experiment, key),
        direction=DIRECTION_WORDS.get(direction or ""),
        value=show_number(run.summaries[key].last),
        rank=_rank(experiment, run, key, direction),
        spark=spark,
        line=line,
    )


def _rank(
    experiment: ExperimentEntry, run: RunEntry, key: str, direction: str | None
) -> str | None:
    own, values = run.last(key), experiment.values[key]
    if own is None or direction is None or len(values) < 2 or run.id not in experiment.contenders:
        return None
    lower, upper = bisect_left(values, own), len(values) - bisect_right(values, own)
    before = lower if direction == "down" else upper
    return f"best of {len(values)}" if before == 0 else f"rank {before + 1} of {len(values)}"
