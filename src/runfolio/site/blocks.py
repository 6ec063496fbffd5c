"""Blocks: runs of one experiment whose files are made together, in any process on any machine.

What makes the files of a block is a pure function of a `Task`, which holds all that its pages show
and where the points of its runs are to be read. Which runs form a block goes by their ids alone, so
that a new run changes no block but its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.query import group_curves
from runfolio.site.assets import Assets
from runfolio.site.library import ExperimentEntry, RunEntry, make_entries
from runfolio.site.parts import Parts, PartsDone, PartWriter
from runfolio.site.publish import Staging, Written
from runfolio.site.record import Record
from runfolio.site.render import Renderer
from runfolio.site.rendering import Pages
from runfolio.site.run_files import Drawn, RunPlace, draw_runs, write_run
from runfolio.site.stages import Stages
from runfolio.spreading import cut
from runfolio.store import StoreTables
from runfolio.store.parquet import encode_table
from runfolio.store.points import METRICS, Points

if TYPE_CHECKING:
    import pyarrow as pa

TOGETHER: Final = 200
"""So many runs' curves are packed at once."""

RUN: Final = "run "
"""How the names of parts begin that are the files of one run."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some runs of an experiment, by id; `experiment` is without its runs.

    `points` is the file that has their points, and `mark` what this file is made from.
    """

    experiment: ExperimentEntry
    runs: tuple[str, ...]
    points: str
    mark: str


@dataclass(frozen=True, slots=True)
class PageKit:
    """What the pages of all blocks share; `code` is the digest of the program and the templates."""

    title: str
    assets: Assets
    templates: Path | None
    code: str
    built: str

    def pages(self) -> Pages:
        """What renders pages."""
        renderer = Renderer(self.templates, version=self.code)
        return Pages(self.title, self.assets, renderer, self.built, total=0, progress=None)


@dataclass(frozen=True, slots=True)
class Task:
    """Blocks to be made in one go, and where their points are.

    Of the runs whose files are to be made there are the `tables`; `places` say what surrounds each,
    `numbers` which number and mark it has, and `marks` what its files are made from. `before` is
    what is known of them and of the blocks in the site that is replaced.
    """

    kit: PageKit
    staging: Staging
    blocks: tuple[Block, ...]
    tables: StoreTables
    points: Points
    places: Mapping[str, RunPlace]
    numbers: Mapping[str, tuple[int, int]]
    marks: Mapping[str, str]
    before: Record


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task: its parts, with their record, and what was `written`."""

    parts: PartsDone
    written: Written
    runs: int
    stages: Stages


def write_task(task: Task) -> Done:
    """Make the files of some blocks."""
    stages = Stages()
    parts = Parts(task.staging, task.before)
    fresh = list(task.marks)
    stale = [block for block in task.blocks if not _take_over_points(parts, block)]
    wanted = {*fresh, *(one for block in stale for one in block.runs)}
    with stages.of("read points"):
        points = task.points.read(sorted(wanted))
    with stages.of("make runs"):
        entries = _make_entries(task, fresh, points_of(fresh, points))
        pages = task.kit.pages()
        for block in task.blocks:
            for some in cut([one for one in block.runs if one in entries], TOGETHER):
                runs_of_block = [entries[one] for one in some]
                made = draw_runs(block.experiment, runs_of_block)
                for run, drawn in zip(runs_of_block, made, strict=True):
                    _write_run(parts, pages, task, block, run, drawn)
    with stages.of("points as Parquet"):
        for block in stale:
            _write_points(parts, block, points)
    own = {path for one in fresh for path in parts.files(f"{RUN}{one}") if _is_own(path, one)}
    return Done(parts.done(), task.staging.told(parts.all_files(), own), len(fresh), stages)


def _is_own(path: str, run_id: str) -> bool:
    """Whether only the run's own part writes a file; narrative reports copy artifacts as well."""
    return run_id in path and not path.startswith("artifacts/")


def _make_entries(task: Task, run_ids: Sequence[str], points: pa.Table) -> dict[str, RunEntry]:
    return make_entries(task.tables, set(run_ids), task.numbers, group_curves(points))


def _write_run(
    parts: Parts, pages: Pages, task: Task, block: Block, run: RunEntry, drawn: Drawn
) -> None:
    place = replace(task.places[run.id], experiment=block.experiment.alone(run))
    write = partial(write_run, pages=pages, place=place, run=run, drawn=drawn)
    parts.make(f"{RUN}{run.id}", task.marks[run.id], write)


def _take_over_points(parts: Parts, block: Block) -> bool:
    return parts.take_over(points_part(block), block.mark)


def points_part(block: Block) -> str:
    """The name of the part that is the table of a block's points."""
    return f"points {block.points}"


def _write_points(parts: Parts, block: Block, points: pa.Table) -> None:
    def write(out: PartWriter) -> None:
        out.write(block.points, encode_table(points_of(block.runs, points), METRICS))

    parts.make(points_part(block), block.mark, write)


def points_of(run_ids: Sequence[str], points: pa.Table) -> pa.Table:
    """The points of some runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    theirs = pc.is_in(points["run_id"], value_set=pa.array(run_ids, pa.string()))
    return points if pc.all(theirs).as_py() else points.filter(theirs)
