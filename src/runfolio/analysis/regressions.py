"""Regressions: the same settings at a later commit, with a worse result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from runfolio.analysis.sides import Difference, compare_values

LEAST_CHANGE: Final = 0.01
"""Single runs differ by chance: without repeats, a smaller relative change is no regression."""

SEEDS: Final = frozenset({"seed", "random_seed", "random_state", "rng", "rng_seed"})
"""Parameters in which repeats of one setting may differ."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A run by what it was told to do, the commit of its code and one metric's last value."""

    run_id: str
    start: int
    params: tuple[tuple[str, str], ...]
    commit: str | None
    value: float


@dataclass(frozen=True, slots=True)
class Regression:
    """The last of the runs that got worse, and the difference from those of the commit before."""

    run_id: str
    before: str
    commit: str
    difference: Difference


def find_regressions(
    trials: Iterable[Trial], *, metric: str, direction: str
) -> Iterator[Regression]:
    """Compare each setting's runs of one commit with those of the commit before, in order of start.

    Settings are the parameters but for seeds. With repeats on both sides the difference has to be
    more than noise (Welch's 95 % interval), without them at least `LEAST_CHANGE` of the value.
    """
    for members in _by_setting(trials):
        known = [trial for trial in members if trial.commit is not None]
        stretches = [list(one) for _, one in groupby(known, key=lambda trial: trial.commit)]
        for before, after in pairwise(stretches):
            difference = compare_values(
                metric,
                [trial.value for trial in before],
                [trial.value for trial in after],
                direction=direction,
            )
            if _is_regression(difference):
                last, previous = after[-1], before[-1]
                yield Regression(last.run_id, str(previous.commit), str(last.commit), difference)


def _by_setting(trials: Iterable[Trial]) -> Iterator[list[Trial]]:
    settings: dict[tuple[tuple[str, str], ...], list[Trial]] = {}
    for trial in sorted(trials, key=lambda one: (one.start, one.run_id)):
        key = tuple(pair for pair in trial.params if pair[0].rpartition(".")[2] not in SEEDS)
        settings.setdefault(key, []).append(trial)
    yield from settings.values()


def _is_regression(difference: Difference) -> bool:
    if difference.verdict != "worse":
        return False
    if difference.interval is not None:
        return True
    return difference.relative is not None and abs(difference.relative) >= LEAST_CHANGE
