"""Reading another tool's store where it lies, without a store of our own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from runfolio.errors import InvalidValue, SourceNotRecognised, StoreNotFound
from runfolio.schema import FileRecord, WholeRun
from runfolio.sources.checking import fit_name
from runfolio.sources.kinds import find_source
from runfolio.sources.models import ModelChecker, SaidModel, holds_model
from runfolio.sources.parts import HERE, read_checked
from runfolio.sources.place import Place, open_place
from runfolio.sources.reading import NO_COLUMNS, Reading, Skipped, TableColumns
from runfolio.sources.records import ForeignExperiment, ForeignModel, Source
from runfolio.spreading import Engine
from runfolio.store.edited import ExperimentSettings
from runfolio.store.gathering import Gathering
from runfolio.store.layout import MARKER, StorePath, is_address, locate_store
from runfolio.store.memory import ReadMemory
from runfolio.store.places import Damage
from runfolio.store.reading import StoreTables, read_lightly, read_store
from runfolio.store.registry import RegisteredModel, find_registered, shown_models


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to read a foreign store: its kind where that isn't to be found out, and so on."""

    kind: str | None = None
    experiment: str | None = None
    strict: bool = False
    columns: TableColumns = NO_COLUMNS


@dataclass(slots=True)
class ForeignStore:
    """A foreign store that was recognised."""

    place: Place
    source: Source
    reading: Reading
    experiments: dict[str, ForeignExperiment] = field(default_factory=dict)
    models: list[SaidModel] = field(default_factory=list)

    def records(self, engine: Engine = HERE) -> Iterator[WholeRun]:
        """Its runs one by one; `experiments` and `models` have what is said of these afterwards.

        Where they can be read separately, `engine` says where that is done.
        """
        known: dict[str, tuple[FileRecord, ...]] = {}
        registry = ModelChecker(self.source.kind, self.place.path, self.reading, known)
        for found in read_checked(self.place, self.source, self.reading, engine):
            if isinstance(found, ForeignExperiment):
                self.experiments[fit_name(found.name, self.place.name)] = found
                continue
            if isinstance(found, ForeignModel):
                self.models.append(registry.say(found))
                continue
            if found.id in known:
                self.reading.skip(
                    f"{self.place.path}: run {found.name!r}", "a run of the same id came before it"
                )
                continue
            known[found.id] = tuple(found.files) if holds_model(found.files) else ()
            yield found

    @property
    def settings(self) -> dict[str, ExperimentSettings]:
        """What the tool says of experiments that are shown."""
        told = {
            self.reading.experiment or name: one
            for name, one in self.experiments.items()
            if not one.deleted and (one.note or one.primary_metric)
        }
        return {
            name: ExperimentSettings(name, one.primary_metric, one.direction, one.note)
            for name, one in told.items()
        }

    def registered(self) -> tuple[RegisteredModel, ...]:
        """The registered models that are shown, as a store that said the same would have them."""
        edits = [edit for one in self.models for edit in (*one.versions, one.model)]
        return shown_models(find_registered(sorted(edits, key=lambda edit: edit.time)))

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What was left out, with paths as they are in the store."""
        above = f"{self.place.folder}{os.sep}"
        return tuple(
            Damage(None, one.path.replace(above, ""), one.reason.replace(above, ""))
            for one in self.reading.skipped
        )

    @property
    def skipped(self) -> list[Skipped]:
        """What was left out so far."""
        return self.reading.skipped


def open_foreign(
    path: str | os.PathLike[str], options: SourceOptions | None = None
) -> ForeignStore:
    """Recognise what lies at a path; raises `SourceNotRecognised` for what no reader knows."""
    options = options or SourceOptions()
    place = open_place(path)
    if (place.folder / MARKER).exists():
        raise SourceNotRecognised(
            f"{str(place.path)!r} is a store of Runfolio already. Report it as it is, or copy what "
            "is in its folders runs, packs and edits into those of another store to merge them."
        )
    source = find_source(place, options.kind)
    if options.columns != NO_COLUMNS and source.kind != "table":
        raise InvalidValue(
            f"Columns can be named in plain tables only, and {str(place.path)!r} is read as "
            f"{source.title}. Say --kind table, or leave the columns out."
        )
    reading = Reading(source.error, options.strict, options.experiment, options.columns)
    return ForeignStore(place, source, reading)


@contextmanager
def read_foreign(foreign: ForeignStore) -> Iterator[StoreTables]:
    """The tables of a foreign store; files that are parts of others are there within the block."""
    with tempfile.TemporaryDirectory(prefix="runfolio-source-") as spool:
        gathering = Gathering(foreign.place.folder, Path(spool))
        for record in foreign.records():
            if not record.deleted:
                gathering.add(record)
        tables = gathering.tables(foreign.settings, foreign.damage, foreign.source.title)
        yield replace(tables, models=foreign.registered())


@contextmanager
def read_anything(
    store: StorePath | None,
    options: SourceOptions | None = None,
    memory: ReadMemory | None = None,
    without: Sequence[Damage] = (),
    engine: Engine | None = None,
) -> Iterator[StoreTables]:
    """The tables of a store of our own, or else of the foreign one that lies at its place.

    With a `memory` a store of our own is read without its points, which are read when needed, and
    only what changed since it was read before; `without` and `engine` as `read_lightly` takes them.
    Raises `StoreNotFound` where neither is, and `SourceNotRecognised` where it is not the kind that
    the options name.
    """
    place = locate_store(store)
    kind = options.kind if options is not None else None
    ours = is_address(place) or (Path(place) / MARKER).exists() or not Path(place).exists()
    if ours and kind is None:
        if memory is None:
            yield read_store(place)
        else:
            yield read_lightly(place, memory, without=without, engine=engine)
        return
    try:
        foreign = open_foreign(place, options)
    except SourceNotRecognised as error:
        if kind is not None:
            raise
        raise StoreNotFound(
            f"No run store at {str(place)!r}, and no runs of another tool. Name the folder that "
            "holds runfolio.json, or what another tool wrote; `runfolio import --help` lists them."
        ) from error
    with read_foreign(foreign) as tables:
        yield tables
