"""Telling how a repetition came out, with the runs within it, and keeping it in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from runfolio.query.curves import Curve, group_curves
from runfolio.query.runs import RunRecord, find_runs
from runfolio.reproduction.adding import add_runs
from runfolio.reproduction.comparing import (
    Comparison,
    Side,
    compare_repetition,
    compare_within,
    join,
)
from runfolio.reproduction.kin import Kept, Pair, pair_above, pair_within, read_parents
from runfolio.reproduction.matching import find_kin, find_match
from runfolio.reproduction.plan import REPRODUCES, VERDICT
from runfolio.store import StoreTables
from runfolio.store.layout import is_address


@dataclass(frozen=True, slots=True)
class Concluded:
    """The new run, how it came out, and how many runs of the command were not kept."""

    repeated: str
    comparison: Comparison
    others: int


@dataclass(frozen=True)
class Logged:
    """What the command has logged, to be compared with runs of the store at `place`."""

    place: Path | str
    tables: StoreTables
    tolerance: float
    ignore: Sequence[str]

    @cached_property
    def runs(self) -> list[RunRecord]:
        """The runs of the command."""
        return find_runs(self.tables)

    @cached_property
    def _curves(self) -> dict[str, dict[str, Curve]]:
        return group_curves(self.tables.metrics)

    def compare(self, before: Kept, after: RunRecord) -> Comparison:
        """Compare a run of the store with one of the command."""
        _bring_differing(self.place, before, after)
        return compare_repetition(
            Side(before.run, group_curves(before.tables.metrics).get(before.run.id, {})),
            Side(after, self._curves.get(after.id, {})),
            tolerance=self.tolerance,
            ignore=self.ignore,
        )


def conclude(original: Kept, logged: Logged) -> Concluded:
    """Compare a run with its repetition, and add that to the store with all it belongs with.

    Each run that is added says which one it repeats.
    """
    repeated = find_match(original.run, logged.runs)
    parents = read_parents(logged.place)
    pairs = list(
        pair_within(
            original.run.id,
            repeated.id,
            place=logged.place,
            parents=parents,
            candidates=logged.runs,
        )
    )
    compared = [(pair, _compare(logged, pair)) for pair in pairs]
    rows = [compare_within(pair.name, *pair.ids, own) for pair, own in compared]
    comparison = join(logged.compare(original, repeated), rows)
    above = pair_above(original.run.id, repeated, parents=parents, candidates=logged.runs)
    tags = {
        **{new: {REPRODUCES: old} for new, old in above.items()},
        **{pair.ids[1]: _tag(pair.ids[0], own) for pair, own in compared if own},
        repeated.id: _tag(original.run.id, comparison),
    }
    kin = [one.id for one in find_kin(repeated, logged.runs)]
    add_runs(logged.tables, kin, logged.place, tags=tags)
    return Concluded(repeated.id, comparison, len(logged.runs) - len(kin))


def _compare(logged: Logged, pair: Pair) -> Comparison | None:
    if pair.before is None or pair.after is None:
        return None
    return logged.compare(pair.before, pair.after)


def _tag(run_id: str, comparison: Comparison) -> dict[str, str]:
    return {REPRODUCES: run_id, VERDICT: comparison.verdict}


def _bring_differing(place: Path | str, before: Kept, after: RunRecord) -> None:
    """Fetch the files that have changed from a store at an address, to look into them."""
    if not is_address(place):
        return
    from runfolio.store.remote import RemoteStore

    remote, under = RemoteStore(place), f"runs/{before.run.id}/artifacts"
    known = {one.path: one.sha256 for one in after.artifacts}
    differing = {
        f"{under}/{one.path}"
        for one in before.run.artifacts
        if known.get(one.path, one.sha256) != one.sha256
    }
    if differing:
        objects = [one for path, one in remote.list(under).items() if path in differing]
        remote.fetch(objects, before.tables.root)
