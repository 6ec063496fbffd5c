"""Where a run stands among the runs of its experiment: ranks, neighbours, whom to compare it with.

In a large experiment nearly every page would change with each new value, if every page told its
rank. There a page tells what moves seldom, the first ranks, and a script adds the rest from a
shard of the experiment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import Any, ClassVar, Final, Literal

import numpy as np

from runfolio.query.directions import is_counter, order_by_interest
from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.pages import Link, run_page_link

TOLD_RUNS: Final = 50
"""With more runs than this, pages leave ranks and neighbours to the script."""

FIRST_RANKS: Final = 10
"""So many ranks a page tells in any case."""

MAX_HEADLINES: Final = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run's page says of its place among the others.

    `place` and the neighbours are by rank. `ranks` has a text for each metric that the run is
    ranked by, empty where only the script can tell; `told` is False when the script adds what is
    missing here. `other` is the run to compare with and `role` what that is.
    """

    PRINTED: ClassVar = ("place",)

    told: bool
    place: str | None
    previous: Link | None
    next: Link | None
    ranks: dict[str, str]
    other: Link | None
    other_id: str | None
    role: str | None


def find_standing(experiment: ExperimentEntry, run: RunEntry) -> Standing:
    """Where a run stands in its experiment."""
    told = len(experiment.runs) <= TOLD_RUNS
    ranks = {
        metric: text
        for metric in headline_metrics(experiment, run)
        if (text := _rank(experiment, run, metric, told=told)) is not None
    }
    if not told:
        return Standing(told, None, None, None, ranks, None, None, None)
    ranked, place = experiment.ranked, experiment.places[run.id]
    other = _other(experiment, run)
    return Standing(
        told,
        f"{place + 1} of {len(ranked)}",
        run_page_link(ranked[place - 1]) if place else None,
        run_page_link(ranked[place + 1]) if place + 1 < len(ranked) else None,
        ranks,
        run_page_link(other) if other else None,
        other.id if other else None,
        None if other is None else "best" if other is experiment.best else "baseline",
    )


def find_standings(experiment: ExperimentEntry) -> Iterator[Standing]:
    """Where each run stands in its experiment; what is told of several is shared by them."""
    if len(experiment.runs) <= TOLD_RUNS:
        yield from (find_standing(experiment, run) for run in experiment.runs)
        return
    ranks = {metric: _find_ranks(experiment, metric) for metric in experiment.metrics}
    shared: dict[tuple[tuple[str, str], ...], Standing] = {}
    for number, headlines in enumerate(_headlines_of(experiment)):
        texts = tuple((key, text) for key in headlines if (text := ranks[key][number]) is not None)
        if texts not in shared:
            shared[texts] = Standing(False, None, None, None, dict(texts), None, None, None)
        yield shared[texts]


def _headlines_of(experiment: ExperimentEntry) -> Iterator[list[str]]:
    """The metrics that the page of each run begins with."""
    table, metrics = experiment.table, experiment.metrics
    counts = [table.metric_array(key, "count") for key in metrics]
    had = np.array([one.is_valid().to_numpy(zero_copy_only=False) for one in counts])
    known: dict[bytes, list[str]] = {}
    for column in had.reshape(len(metrics), len(table.ids)).T:
        mark = column.tobytes()
        if mark not in known:
            known[mark] = _headlines_among(experiment, compress(metrics, column.tolist()))
        yield known[mark]


def _find_ranks(experiment: ExperimentEntry, key: str) -> list[str | None]:
    """What pages tell of each run's rank by a metric in a large experiment."""
    table, values, direction = experiment.table, experiment.values[key], experiment.direction(key)
    own, counts = table.last(key), len(values)
    if direction is None or counts < 2:
        return [None] * len(own)
    side: Literal["left", "right"] = "left" if direction == "down" else "right"
    before = values.searchsorted(own, side=side)
    before = before if direction == "down" else counts - before
    texts: list[str | None] = [""] * len(own)
    for number in np.flatnonzero(before < FIRST_RANKS).tolist():
        texts[number] = _tell_first(int(before[number]))
    for number in np.flatnonzero(np.isnan(own) | ~table.contending).tolist():
        texts[number] = None
    return texts


def _tell_first(before: int) -> str:
    return "best" if before == 0 else f"rank {before + 1}"


def own_metrics(experiment: ExperimentEntry, run: RunEntry) -> list[str]:
    """The metrics of a run without those of its machine, the most telling first."""
    return order_by_interest(
        (key for key in run.summaries if not key.startswith(SYSTEM_PREFIX)),
        primary=experiment.primary.metric if experiment.primary else None,
    )


def headline_metrics(experiment: ExperimentEntry, run: RunEntry) -> list[str]:
    """The metrics that a run's page begins with: counters and settings only where all are such."""
    return _headlines_among(experiment, run.summaries)


def _headlines_among(experiment: ExperimentEntry, metrics: Iterable[str]) -> list[str]:
    primary = experiment.primary.metric if experiment.primary else None
    own = [key for key in metrics if not key.startswith(SYSTEM_PREFIX)]
    return choose_headlines(own, primary=primary)


def choose_headlines(metrics: Iterable[str], *, primary: str | None) -> list[str]:
    """The first few of some metrics by how much they tell, without counters and settings."""
    ordered = order_by_interest(metrics, primary=primary)
    telling = [name for name in ordered if name == primary or not is_counter(name)]
    return (telling or ordered)[:MAX_HEADLINES]


def _rank(experiment: ExperimentEntry, run: RunEntry, key: str, *, told: bool) -> str | None:
    own, values, direction = run.last(key), experiment.values[key], experiment.direction(key)
    if own is None or direction is None or len(values) < 2 or not experiment.counts(run):
        return None
    lower, upper = int(values.searchsorted(own)), int(values.searchsorted(own, side="right"))
    before = lower if direction == "down" else len(values) - upper
    if not told:
        return _tell_first(before) if before < FIRST_RANKS else ""
    return f"best of {len(values)}" if before == 0 else f"rank {before + 1} of {len(values)}"


def _other(experiment: ExperimentEntry, run: RunEntry) -> RunEntry | None:
    """The run to compare this one with: the best, or the baseline when it is the best itself."""
    others = (experiment.best, experiment.baseline)
    return next((one for one in others if one is not None and one.id != run.id), None)


def shard_standing(experiment: ExperimentEntry) -> dict[str, Any] | None:
    """What the script needs to tell where each run of a large experiment stands."""
    if len(experiment.runs) <= TOLD_RUNS:
        return None
    table = experiment.table
    found = {key for one in table.metric_sets for key in _headlines_among(experiment, one)}
    metrics = sorted(key for key in found if experiment.direction(key) is not None)
    best, baseline, names = experiment.best, experiment.baseline, table.own("name")
    return {
        "id": [table.ids[number] for number in experiment.ranks],
        "name": [names[number] for number in experiment.ranks],
        "values": {key: experiment.values[key].tolist() for key in metrics},
        "best": best.id if best else None,
        "baseline": baseline.id if baseline else None,
    }
