"""Keeping the runs of another tool's store in a store of our own, as often as it grows."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.schema import WholeRun
from runfolio.sources.opening import ForeignStore, SourceOptions, open_foreign
from runfolio.sources.reading import NO_COLUMNS, Skipped, TableColumns
from runfolio.sources.records import ForeignExperiment
from runfolio.store.adding import Adder, Outcome
from runfolio.store.edited import Said, read_said
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import StorePath, is_address
from runfolio.store.opening import ensure_store, open_store

if TYPE_CHECKING:
    from runfolio.store.remote_adding import RemoteAdder

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: runs by what became of them, and what was skipped and why.

    `title` names the tool that was recognised.
    """

    kind: str
    title: str
    store: Path | str
    added: int
    extended: int
    unchanged: int
    skipped: tuple[Skipped, ...]


def import_runs(
    path: str | os.PathLike[str],
    *,
    store: StorePath | None = None,
    kind: str | None = None,
    experiment: str | None = None,
    strict: bool = False,
    columns: TableColumns = NO_COLUMNS,
    progress: Progress | None = None,
) -> ImportSummary:
    """Keep the runs of another tool's store at `path` in a store; again, only what is new.

    `kind` says what lies there where it is not to be found out, and `experiment` is the name of
    the experiment that all runs go to. What can't be read is skipped and listed, or with `strict`
    raises before anything is kept. `columns` names the columns of plain tables. `progress` is
    called with the number of runs so far. Raises `SourceNotRecognised` for what is no known store.
    """
    options = SourceOptions(kind=kind, experiment=experiment, strict=strict, columns=columns)
    if strict:
        for _ in open_foreign(path, options).records():
            pass
    foreign = open_foreign(path, options)
    return _Import(foreign, ensure_store(store)).run(progress)


def _make_adder(place: Path | str) -> Adder | RemoteAdder:
    if not is_address(place):
        return Adder(Path(place))
    from runfolio.store.remote_adding import RemoteAdder

    return RemoteAdder(place)


class _Import:
    def __init__(self, foreign: ForeignStore, place: Path | str) -> None:
        self._foreign = foreign
        self._place = place
        self._adder = _make_adder(place)
        self._said = read_said(open_store(place, "overview"))
        self._counts: Counter[str] = Counter()
        self._runs: dict[str, list[str]] = {}

    def run(self, progress: Progress | None) -> ImportSummary:
        outcomes = self._adder.add_all(self._foreign.records())
        for number, (record, outcome) in enumerate(outcomes, 1):
            self._note(record, outcome)
            if progress is not None:
                progress(number)
        for name, said in self._foreign.experiments.items():
            self._describe(self._foreign.reading.experiment or name, said)
        foreign, counts = self._foreign, self._counts
        return ImportSummary(
            kind=foreign.source.kind,
            title=foreign.source.title,
            store=self._place,
            added=counts["added"],
            extended=counts["extended"],
            unchanged=counts["unchanged"],
            skipped=tuple(foreign.skipped),
        )

    def _note(self, record: WholeRun, outcome: Outcome) -> None:
        if outcome == "busy":
            self._foreign.reading.skip(
                f"run {record.name!r}",
                f"the run {record.id!r} in the store is being logged to, or waits to be sealed; "
                "import again when it has ended, or after `runfolio recover`",
            )
            return
        self._counts[outcome] += 1
        self._runs.setdefault(record.experiment, []).append(record.id)
        if record.deleted and _may_delete(self._said, record.id):
            self._edit("run", record.id, {"deleted": True})

    def _describe(self, name: str, found: ForeignExperiment) -> None:
        """Say of an experiment what the tool says, unless it was said before, here or there."""
        before = self._said.experiments.get(name)
        values = before.values if before is not None else {}
        tags = before.tags if before is not None else {}
        told = {name: getattr(found, name) for name in ("note", "primary_metric", "direction")}
        changes: dict[str, Any] = {
            name: value for name, value in told.items() if value and name not in values
        }
        fresh = {key: value for key, value in found.tags.items() if key not in tags}
        if fresh:
            changes["tags"] = fresh
        if found.deleted and self._runs.get(name) and (before is None or before.deleted is None):
            changes |= {"deleted": True, "runs": sorted(self._runs[name])}
        if changes:
            self._edit("experiment", name, changes)

    def _edit(self, kind: str, name: str, changes: dict[str, Any]) -> None:
        write_edit(self._place, Edit(time.time_ns() // 1000, kind, name, changes))


def _may_delete(said: Said, run_id: str) -> bool:
    """Whether nobody has said yet, in the store itself, that the run is deleted or not."""
    subject = said.runs.get(run_id)
    return subject is None or subject.deleted is None
