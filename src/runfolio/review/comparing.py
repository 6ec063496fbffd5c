"""Comparing two sides of runs: which metrics got better or worse, and what else changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from runfolio.analysis.sides import Difference, compare_values
from runfolio.errors import InvalidValue
from runfolio.query.directions import Primary, guess_direction, order_by_interest
from runfolio.review.averages import CurvePair, average_curves
from runfolio.review.changes import (
    Change,
    find_changed_environment,
    find_changed_packages,
    find_changed_params,
    find_varied_params,
)
from runfolio.review.choosing import Choice
from runfolio.review.runs import Group
from runfolio.review.sides import Names, Sides, as_names, list_names, read_sides
from runfolio.store.layout import StorePath


@dataclass(frozen=True, slots=True)
class ExperimentComparison:
    """The comparison of one experiment's runs; `base` and `head` may be of different ones.

    `metrics` are ordered by how much they tell, and `primary` is the one to judge by. `params`,
    `environment` and `packages` are what differs between the sides; `base_varied` and `head_varied`
    name the parameters, other than seeds, in which the runs of one side differ.
    """

    base: Group
    head: Group
    primary: str | None
    metrics: tuple[Difference, ...]
    params: tuple[Change, ...]
    environment: tuple[Change, ...]
    packages: tuple[Change, ...]
    base_varied: tuple[str, ...]
    head_varied: tuple[str, ...]
    curves: tuple[CurvePair, ...]

    @property
    def lead(self) -> Difference | None:
        """The difference to judge by: of the primary metric, or else of the first one."""
        found = (one for one in self.metrics if one.metric == self.primary)
        return next(found, next(iter(self.metrics), None))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides compared, by experiment; `only_base` and `only_head` are on one side alone.

    `are_same` tells that both sides are the very same runs, and `lacks_base` that there is nothing
    to compare with yet: then every metric is new.
    """

    base: Choice
    head: Choice
    experiments: tuple[ExperimentComparison, ...]
    only_base: tuple[str, ...]
    only_head: tuple[str, ...]
    same_store: bool
    are_same: bool

    @property
    def lacks_base(self) -> bool:
        """Whether the base has no runs of the head's experiments."""
        return not any(one.base.runs for one in self.experiments)


def compare_runs(
    base: str,
    head: str,
    *,
    experiments: Names = None,
    metrics: Names = None,
    store: StorePath | None = None,
    base_store: StorePath | None = None,
    repository: Path | None = None,
    allow_empty_base: bool = False,
) -> Comparison:
    """Compare the runs that `base` means with those that `head` means.

    A side is a run's id or its beginning, a filter ("" for all runs), ``git:REVISION`` (the runs
    logged at that commit, or at its nearest ancestor that has runs, in the repository of the
    working directory or of `repository`), ``tag:NAME=VALUE``, or ``tag:TEXT`` for a tag of that
    name or value. With `base_store`, `base` is looked up there. `metrics` are names or patterns
    such as ``val/*``. Several runs a side count as repeats. With `allow_empty_base` a base that has
    no runs yet leaves the head's numbers to show. Raises `SideEmpty`, `RunNotFound`,
    `RevisionNotFound`, `InvalidFilter` and `ExperimentNotFound`.
    """
    with read_sides(
        base,
        head,
        experiments=experiments,
        store=store,
        base_store=base_store,
        repository=repository,
        may_lack_base=allow_empty_base,
    ) as sides:
        pairs = sides.pairs()
        wanted = as_names(metrics)
        _check_metrics(wanted, pairs)
        compared = tuple(_compare_groups(sides, *pair, wanted=wanted) for pair in pairs)
    taken = {(one.base.experiment, one.head.experiment) for one in compared}
    return Comparison(
        base=sides.base,
        head=sides.head,
        experiments=compared,
        only_base=tuple(sorted(set(sides.base_groups) - {name for name, _ in taken})),
        only_head=tuple(sorted(set(sides.head_groups) - {name for _, name in taken})),
        same_store=sides.same_store,
        are_same=sides.are_same,
    )


def _compare_groups(
    sides: Sides, base: Group, head: Group, *, wanted: Collection[str] | None
) -> ExperimentComparison:
    primary = sides.find_primary(base, head)
    chosen = primary.metric if primary else None
    keys = [key for key in base.metrics | head.metrics if _is_wanted(key, wanted)]
    ordered = order_by_interest(keys, primary=chosen)
    differences = tuple(
        compare_values(
            key, base.values(key), head.values(key), direction=direction_of(key, primary)
        )
        for key in ordered
    )
    pairs = (average_curves(key, base, head) for key in ordered)
    return ExperimentComparison(
        base=base,
        head=head,
        primary=chosen,
        metrics=differences,
        params=find_changed_params(base, head),
        environment=find_changed_environment(base, head) if base.runs else (),
        packages=find_changed_packages(base, head) if base.runs else (),
        base_varied=find_varied_params(base),
        head_varied=find_varied_params(head),
        curves=tuple(pair for pair in pairs if pair is not None),
    )


def direction_of(metric: str, primary: Primary | None) -> str | None:
    """Whether higher ("up") or lower ("down") values of a metric are better, if known."""
    if primary is not None and primary.metric == metric and not primary.guessed:
        return primary.direction
    return guess_direction(metric)


def _is_wanted(key: str, wanted: Collection[str] | None) -> bool:
    return wanted is None or any(key == one or fnmatchcase(key, one) for one in wanted)


def _check_metrics(wanted: Collection[str] | None, pairs: Sequence[tuple[Group, Group]]) -> None:
    known = sorted({key for pair in pairs for group in pair for key in group.metrics})
    for one in wanted or ():
        if not any(_is_wanted(key, [one]) for key in known):
            raise InvalidValue(
                f"No metric {one!r} on either side. There are: {list_names(known) or 'none'}."
            )
