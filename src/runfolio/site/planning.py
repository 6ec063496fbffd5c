"""The plan of a build: which runs are made together, what surrounds each, and what is new of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.site.addresses import points_file
from runfolio.site.blocks import RUN, Block, PageKit, Task, points_part
from runfolio.site.experiment_files import fingerprint_points
from runfolio.site.fingerprints import RunDigests
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.models.entries import Models
from runfolio.site.partition import MAX_RUNS, split_ids
from runfolio.site.publish import Staging
from runfolio.site.record import Record
from runfolio.site.run_files import RunPlace, fingerprint_run, place_runs
from runfolio.store import ExperimentSettings
from runfolio.store.narrowing import OF_RUNS
from runfolio.store.points import METRICS, Points, hold_points
from runfolio.store.run_rows import RunRows

if TYPE_CHECKING:
    from runfolio.site.parts import Parts
    from runfolio.store import StoreTables

_LIGHT: Final = ("runs", *(name for name in OF_RUNS if name != METRICS))


@dataclass(frozen=True, slots=True)
class Shared:
    """What all blocks are made from; `frame` is the digest of what all pages share."""

    kit: PageKit
    staging: Staging
    frame: str
    library: Library
    tables: StoreTables
    models: Models


@dataclass(slots=True)
class Planned:
    """A block with what surrounds those of its runs whose files are to be made, and from what."""

    block: Block
    places: dict[str, RunPlace] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def parts(self) -> Iterator[tuple[str, str]]:
        """The names and marks of its parts."""
        yield points_part(self.block), self.block.mark
        yield from self._runs()

    def take_over(self, parts: Parts) -> int:
        """Take over the runs of which nothing is new, and return how many these are."""
        known = [one for one in self._runs() if parts.is_known(*one)]
        if not parts.take_over_all(known):
            known = [one for one in known if parts.take_over(*one)]
        for run_id in [name.removeprefix(RUN) for name, _ in known]:
            del self.places[run_id], self.marks[run_id], self.numbers[run_id]
        return len(known)

    def _runs(self) -> Iterator[tuple[str, str]]:
        """The names and marks of its runs."""
        return ((f"{RUN}{run_id}", mark) for run_id, mark in self.marks.items())


class Plan:
    """The blocks of a build."""

    def __init__(self, shared: Shared, digests: Mapping[str, RunDigests], before: Record) -> None:
        self._shared = shared
        self._before = before
        self._blocks = [
            block
            for experiment in shared.library.experiments
            for block in self._split(experiment, digests)
        ]

    def take_over(self, parts: Parts) -> int:
        """Take over blocks and runs of which nothing is new, and return how many runs these are."""
        taken, fresh = 0, []
        for planned in self._blocks:
            if parts.take_over_all(list(planned.parts())):
                taken += len(planned.marks)
            else:
                taken += planned.take_over(parts)
                fresh.append(planned)
        self._blocks = fresh
        return taken

    def gather(self) -> deque[list[Planned]]:
        """Take the blocks that are left, small ones together."""
        gathered: deque[list[Planned]] = deque()
        runs = MAX_RUNS
        for planned in self._blocks:
            if runs + len(planned.block.runs) > MAX_RUNS:
                gathered.append([])
                runs = 0
            gathered[-1].append(planned)
            runs += len(planned.block.runs)
        self._blocks = []
        return gathered

    def tasks(self, gathered: deque[list[Planned]]) -> Iterator[Task]:
        """What is to be done of them, with the tables that each task needs; none is kept."""
        slices = _Slices(self._shared.tables)
        while gathered:
            some = gathered.popleft()
            places = {run_id: place for one in some for run_id, place in one.places.items()}
            marks = {run_id: mark for one in some for run_id, mark in one.marks.items()}
            names = [name for one in some for name, _ in one.parts()]
            yield Task(
                self._shared.kit,
                self._shared.staging,
                tuple(one.block for one in some),
                slices.of(marks),
                slices.points_of(chain.from_iterable(one.block.runs for one in some)),
                places,
                {run_id: numbers for one in some for run_id, numbers in one.numbers.items()},
                marks,
                self._before.of(names),
            )

    def _split(
        self, experiment: ExperimentEntry, found: Mapping[str, RunDigests]
    ) -> Iterator[Planned]:
        """The blocks of an experiment."""
        shared, bare, table = self._shared, _strip(experiment), experiment.table
        places = place_runs(shared.library, experiment, bare, shared.models.of_runs)
        placed = dict(zip(table.ids, zip(places, enumerate(table.marks), strict=True), strict=True))
        digests: dict[int, str] = {}
        for number, run_ids in enumerate(split_ids(placed, experiment.blocks)):
            if not run_ids:
                continue
            points = fingerprint_points(shared.kit.code, ((one, found[one]) for one in run_ids))
            path = points_file(experiment.id, number, experiment.blocks)
            planned = Planned(Block(bare, tuple(run_ids), path, points))
            for run_id in run_ids:
                place, planned.numbers[run_id] = placed[run_id]
                planned.places[run_id] = place
                if id(place) not in digests:
                    digests[id(place)] = place.digest
                mark = fingerprint_run(shared.frame, digests[id(place)], found[run_id])
                planned.marks[run_id] = mark
            yield planned


def _strip(experiment: ExperimentEntry) -> ExperimentEntry:
    """An experiment without its runs, and without what only its own page tells."""
    return ExperimentEntry(
        id=experiment.id,
        name=experiment.name,
        settings=ExperimentSettings(experiment.name),
        runs=(),
        metrics=experiment.metrics,
        params=(),
        primary=experiment.primary,
        blocks=experiment.blocks,
    )


class _Slices:
    """The rows of runs in all tables of a store, and where their points are."""

    def __init__(self, tables: StoreTables) -> None:
        self._tables = tables
        self._rows = {name: RunRows(getattr(tables, name)) for name in _LIGHT}
        self._points: Points = tables.points or hold_points(tables.metrics)
        self._files: dict[str, dict[tuple[str, str], Path]] = {}
        for key, file in tables.files.items():
            self._files.setdefault(key[0], {})[key] = file

    def points_of(self, run_ids: Iterable[str]) -> Points:
        """Where the points of some runs are."""
        return self._points.of(sorted(run_ids))

    def of(self, run_ids: Iterable[str]) -> StoreTables:
        """The tables of some runs, without their points."""
        wanted = sorted(run_ids)
        rows = {name: rows.of(wanted).combine_chunks() for name, rows in self._rows.items()}
        return replace(
            self._tables,
            **rows,
            metrics=self._tables.metrics.slice(0, 0),
            points=None,
            files={key: file for one in wanted for key, file in self._files.get(one, {}).items()},
            experiments={},
            damage=(),
            numbers={},
            models=(),
            edited=frozenset(),
        )
