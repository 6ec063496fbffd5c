"""Keeping the runs of another tool's store in a store of our own, as often as it grows."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidValue, SourceNotRecognised
from runfolio.schema import WholeRun, check_name
from runfolio.sources.opening import ForeignStore, SourceOptions, open_foreign
from runfolio.sources.reading import NO_COLUMNS, Skipped, TableColumns
from runfolio.sources.records import ForeignExperiment
from runfolio.sources.registering import Registering
from runfolio.spreading import Engine
from runfolio.store.adders import open_adder
from runfolio.store.adding import Added
from runfolio.store.edited import Said, read_said
from runfolio.store.edits import Edit, read_edits, write_edit
from runfolio.store.files import absolute_path
from runfolio.store.layout import StorePath, locate_store
from runfolio.store.opening import ensure_store, open_store

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: runs by what became of them, and what was skipped and why.

    `title` names the tool that was recognised. `deleted` runs were deleted in the store, and were
    left alone. `models` are the registered models that the tool has, and `versions` counts those
    of their versions that are new here.
    """

    kind: str
    title: str
    store: Path | str
    added: int
    extended: int
    unchanged: int
    deleted: int
    skipped: tuple[Skipped, ...]
    models: int = 0
    versions: int = 0


def import_runs(
    path: str | os.PathLike[str],
    *,
    store: StorePath | None = None,
    kind: str | None = None,
    experiment: str | None = None,
    strict: bool = False,
    columns: TableColumns = NO_COLUMNS,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> ImportSummary:
    """Keep the runs and registered models of another tool's store at `path`; again, only new ones.

    `kind` says what lies there where it is not to be found out, and `experiment` is the name of
    the experiment that all runs go to. What can't be read is skipped and listed, or with `strict`
    raises before anything is kept. `columns` names the columns of plain tables. `progress` is
    called with the number of runs so far. Where the runs of a kind are read one by one, `engine`
    says where that is done, by default on all cores of this machine. Raises
    `SourceNotRecognised` for what is no known store.
    """
    engine = engine or Engine()
    if experiment is not None:
        check_name(experiment, "experiment")
    options = SourceOptions(kind=kind, experiment=experiment, strict=strict, columns=columns)
    if path == "":
        raise SourceNotRecognised("No path was given. Name the folder or file to import.")
    if locate_store(store) == Path(os.path.abspath(absolute_path(path))):  # noqa: PTH100
        raise InvalidValue(
            f"The store can't be {str(path)!r} itself, which is imported. Name another one."
        )
    if strict:
        for _ in open_foreign(path, options).records(engine):
            pass
    foreign = open_foreign(path, options)
    return _Import(foreign, ensure_store(store), engine).run(progress)


class _Import:
    def __init__(self, foreign: ForeignStore, place: Path | str, engine: Engine) -> None:
        self._foreign = foreign
        self._engine = engine
        self._place = place
        self._adder = open_adder(place)
        root = open_store(place, "overview")
        self._said = read_said(root)
        self._registering = Registering(place, foreign.source.kind, read_edits(root)[0])
        self._counts: Counter[str] = Counter()
        self._runs: dict[str, list[str]] = {}
        self._refused: list[Skipped] = []

    def run(self, progress: Progress | None) -> ImportSummary:
        for number, added in enumerate(self._adder.add_all(self._wanted()), 1):
            self._note(added)
            if progress is not None:
                progress(number)
        for name, said in self._foreign.experiments.items():
            self._describe(self._foreign.reading.experiment or name, said)
        versions = sum([self._registering.add(said) for said in self._foreign.models])
        foreign, counts = self._foreign, self._counts
        return ImportSummary(
            kind=foreign.source.kind,
            title=foreign.source.title,
            store=self._place,
            added=counts["added"],
            extended=counts["extended"],
            unchanged=counts["unchanged"],
            deleted=counts["deleted"],
            skipped=(*foreign.skipped, *self._refused),
            models=len(foreign.models),
            versions=versions,
        )

    def _wanted(self) -> Iterator[WholeRun]:
        """The runs but for those that were deleted here, which stay so."""
        for record in self._foreign.records(self._engine):
            said = self._said.runs.get(record.id)
            if not record.deleted and said is not None and said.deleted and said.deleted[1]:
                self._counts["deleted"] += 1
            else:
                yield record

    def _note(self, added: Added) -> None:
        record = added.run
        if added.outcome == "refused":
            self._refused.append(Skipped(f"run {record.name!r}", added.reason.removesuffix(".")))
            return
        self._counts[added.outcome] += 1
        self._runs.setdefault(record.experiment, []).append(record.id)
        if record.deleted and _may_delete(self._said, record.id):
            self._edit("run", record.id, {"deleted": True})

    def _describe(self, name: str, found: ForeignExperiment) -> None:
        """Say of an experiment what the tool says, unless it was said before, here or there."""
        before = self._said.experiments.get(name)
        values = before.values if before is not None else {}
        tags = before.tags if before is not None else {}
        told = {key: getattr(found, key) for key in ("note", "primary_metric", "direction")}
        changes: dict[str, Any] = {
            key: value for key, value in told.items() if value and key not in values
        }
        fresh = {key: value for key, value in found.tags.items() if key not in tags}
        if fresh:
            changes["tags"] = fresh
        apart = self._foreign.reading.experiment is None  # else all runs are in one
        known = before is not None and before.deleted is not None
        if found.deleted and apart and not known and self._runs.get(name):
            changes |= {"deleted": True, "runs": sorted(self._runs[name])}
        if changes:
            self._edit("experiment", name, changes)

    def _edit(self, kind: str, name: str, changes: dict[str, Any]) -> None:
        write_edit(self._place, Edit(time.time_ns() // 1000, kind, name, changes))


def _may_delete(said: Said, run_id: str) -> bool:
    """Whether nobody has said yet, in the store itself, that the run is deleted or not."""
    subject = said.runs.get(run_id)
    return subject is None or subject.deleted is None
