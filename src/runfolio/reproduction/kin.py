"""The runs that a repeated run belongs with: those within both, in pairs, and those above."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import RunNotFound, StoreDamaged
from runfolio.query.runs import RunRecord, find_runs
from runfolio.reproduction.matching import match_all
from runfolio.store import StoreTables, read_overview
from runfolio.store.single import read_run


@dataclass(frozen=True, slots=True)
class Kept:
    """A run of the user's store with the tables that hold it."""

    run: RunRecord
    tables: StoreTables


@dataclass(frozen=True, slots=True)
class Pair:
    """A run and its repetition, of which one may not be there."""

    before: Kept | None
    after: RunRecord | None

    @property
    def ids(self) -> tuple[str, str]:
        """The ids of both, "" for one that is not there."""
        return self.before.run.id if self.before else "", self.after.id if self.after else ""

    @property
    def name(self) -> str:
        """What the run is called, first or only."""
        one = self.before.run if self.before else self.after
        return one.name if one else ""


def read_parents(place: Path | str) -> dict[str, str]:
    """The run that each run of a store is within, by start."""
    runs = read_overview(place).runs.sort_by("start_time")
    told = zip(runs["run_id"].to_pylist(), runs["parent_id"].to_pylist(), strict=True)
    return {run_id: parent for run_id, parent in told if parent is not None}


def pair_within(
    before: str,
    after: str,
    *,
    place: Path | str,
    parents: Mapping[str, str],
    candidates: Sequence[RunRecord],
    above: Collection[str] = (),
) -> Iterator[Pair]:
    """The runs within a run of the store at `place`, each with its own within the repetition.

    `parents` are those of the store, `candidates` the runs that were logged now, and `above` the
    runs that were seen on the way down.
    """
    theirs = [one for one in candidates if one.parent_id == after]
    ids = [one for one, parent in parents.items() if parent == before and one not in above]
    ours = {one.run.id: one for one in _read(ids, place)}
    matched = match_all([one.run for one in ours.values()], theirs)
    for run_id, kept in ours.items():
        other = matched.get(run_id)
        yield Pair(kept, other)
        if other is not None:
            yield from pair_within(
                run_id,
                other.id,
                place=place,
                parents=parents,
                candidates=candidates,
                above={*above, before},
            )
    taken = {one.id for one in matched.values()}
    yield from (Pair(None, one) for one in theirs if one.id not in taken)


def _read(run_ids: Sequence[str], place: Path | str) -> Iterator[Kept]:
    for run_id in run_ids:
        with suppress(RunNotFound, StoreDamaged):
            tables = read_run(run_id, store=place).tables
            for run in find_runs(tables):
                yield Kept(run, tables)


def pair_above(
    before: str, after: RunRecord, *, parents: Mapping[str, str], candidates: Sequence[RunRecord]
) -> dict[str, str]:
    """What each run that the repetition is within repeats: its id, and that of the store's run."""
    by_id, found = {one.id: one for one in candidates}, {}
    above, original = by_id.get(after.parent_id or ""), parents.get(before)
    while above is not None and original is not None and above.id not in found:
        found[above.id] = original
        above, original = by_id.get(above.parent_id or ""), parents.get(original)
    return found
