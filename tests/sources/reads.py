"""Reading a foreign store as its reader yields it, before names are checked."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from runfolio.sources.place import open_place
from runfolio.sources.reading import Reading, Skipped, TableColumns
from runfolio.sources.records import ForeignExperiment, ForeignModel, ForeignRun, Source


class Found(NamedTuple):
    """What a reader yielded, in its order, and what it skipped."""

    runs: list[ForeignRun]
    experiments: list[ForeignExperiment]
    skipped: list[Skipped]

    def run(self, name: str) -> ForeignRun:
        """The one run called `name`."""
        [found] = [run for run in self.runs if run.name == name]
        return found


def read_all(
    source: Source,
    path: Path,
    *,
    strict: bool = False,
    experiment: str | None = None,
    columns: TableColumns | None = None,
) -> Found:
    """Everything a source finds at a path."""
    reading = Reading(source.error, strict, experiment, columns or TableColumns())
    found = list(source.read(open_place(path), reading))
    runs = [one for one in found if isinstance(one, ForeignRun)]
    experiments = [one for one in found if isinstance(one, ForeignExperiment)]
    return Found(runs, experiments, reading.skipped)


def read_models(source: Source, path: Path, reading: Reading) -> list[ForeignModel]:
    """The registered models that a source finds at a path."""
    found = source.read(open_place(path), reading)
    return [one for one in found if isinstance(one, ForeignModel)]


def points_of(run: ForeignRun, key: str) -> list[tuple[int, float]]:
    """The (step, value) pairs of one metric, in log order."""
    [series] = [one for one in run.metrics if one.key == key]
    return [(int(s), float(v)) for s, v in zip(series.steps, series.values, strict=True)]
