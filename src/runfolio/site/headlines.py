"""The numbers that say most of a run, at the top of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.numbers import format_number
from runfolio.site.pages import DIRECTION_WORDS, metric_label
from runfolio.site.sparks import Spark
from runfolio.site.standing import Standing, headline_metrics


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a script needs to tell the rank of a value in a large experiment."""

    PRINTED: ClassVar = ("metric", "value")

    metric: str
    direction: str
    value: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the run's most telling numbers, with its rank among the experiment's runs.

    `ranked` is there where a script tells the rank.
    """

    PRINTED: ClassVar = ("metric", "value", "rank")

    metric: str
    direction: str | None
    value: str
    rank: str | None
    ranked: Ranked | None
    spark: Spark | None


def view_headlines(
    experiment: ExperimentEntry,
    run: RunEntry,
    standing: Standing,
    sparks: Mapping[str, Spark | None],
) -> tuple[Headline, ...]:
    """The headline numbers of a run, with the curves that are drawn."""
    return tuple(
        _headline(experiment, run, key, standing, sparks.get(key))
        for key in headline_metrics(experiment, run)
    )


def _headline(
    experiment: ExperimentEntry,
    run: RunEntry,
    key: str,
    standing: Standing,
    spark: Spark | None,
) -> Headline:
    direction, rank = experiment.direction(key), standing.ranks.get(key)
    by_script = rank is not None and direction is not None and not standing.told
    return Headline(
        metric=metric_label(experiment, key),
        direction=DIRECTION_WORDS.get(direction or ""),
        value=format_number(run.summaries[key].last),
        rank=rank and rank,
        ranked=_ranked(run, key, direction or "") if by_script else None,
        spark=spark,
    )


def _ranked(run: RunEntry, key: str, direction: str) -> Ranked:
    return Ranked(key, direction, repr(run.last(key)))
