"""The numbers that say most of a run, at the top of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.pages import DIRECTION_WORDS, Number, Spark, metric_label, show_number
from runfolio.site.standing import Standing, headline_metrics


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a script needs to tell the rank of a value in a large experiment."""

    metric: str
    direction: str
    value: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the run's most telling numbers, with its rank among the experiment's runs.

    `line` is the id of its curve's drawing further down, which its `spark` shows small. `ranked` is
    there where a script tells the rank.
    """

    metric: str
    direction: str | None
    value: Number
    rank: str | None
    ranked: Ranked | None
    spark: Spark | None
    line: str | None


def view_headlines(
    experiment: ExperimentEntry,
    run: RunEntry,
    standing: Standing,
    sparks: Mapping[str, Spark | None],
    lines: Mapping[str, str],
) -> tuple[Headline, ...]:
    """The headline numbers of a run; `lines` are the ids of drawn curves."""
    return tuple(
        _headline(experiment, run, key, standing, sparks.get(key), lines.get(key))
        for key in headline_metrics(experiment, run)
    )


def _headline(
    experiment: ExperimentEntry,
    run: RunEntry,
    key: str,
    standing: Standing,
    spark: Spark | None,
    line: str | None,
) -> Headline:
    direction, rank = experiment.direction(key), standing.ranks.get(key)
    by_script = rank is not None and direction is not None and not standing.told
    return Headline(
        metric=metric_label(experiment, key),
        direction=DIRECTION_WORDS.get(direction or ""),
        value=show_number(run.summaries[key].last),
        rank=rank,
        ranked=Ranked(key, direction or "", repr(run.last(key))) if by_script else None,
        spark=spark,
        line=line,
    )
