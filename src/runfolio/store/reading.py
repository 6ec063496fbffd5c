"""A whole store as Arrow tables: packed, sealed and live runs alike, with edits applied.

One damaged run never hides the others: it is left out and reported. A store may change while it is
read: a run that is sealed or packed in the meantime is read in its new form.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, arrow_schema
from runfolio.spreading import Engine, cut
from runfolio.store.assembly import Assembly
from runfolio.store.collecting import uncollected
from runfolio.store.columns import OVERVIEW, UNEXPECTED, Columns, make_overview
from runfolio.store.edited import ExperimentSettings, View, apply_edits, number_runs, read_said
from runfolio.store.layout import RunFolder, StorePath, locate_store, run_folder
from runfolio.store.manifest import Manifest
from runfolio.store.memory import Known, ReadMemory, read_together
from runfolio.store.opening import named_as, open_store
from runfolio.store.packs import damaged_at, read_pack_rows
from runfolio.store.parquet import release_memory
from runfolio.store.places import (
    Damage,
    Places,
    StoreChanged,
    check_unchanged,
    find_places,
    place_anew,
)
from runfolio.store.points import METRICS, Points, StorePoints, hold_points
from runfolio.store.registry import RegisteredModel, shown_models
from runfolio.store.replay import Tables
from runfolio.store.sealed import (
    SealedForm,
    find_sealed,
    read_sealed_bytes,
    read_sealed_table,
    read_sealed_tables,
    replay_onto,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store.mirror import Needed

T = TypeVar("T")

_ATTEMPTS: Final = 10

TOGETHER: Final = 250
"""So many runs a process reads in one go."""

WORTHWHILE: Final = 2000
"""From so many runs on processes are sooner done than this one, though they have to start."""

Sealed = tuple[RunFolder, Manifest]


@dataclass(frozen=True, slots=True)
class StoreOverview:
    """What a search needs of all runs: tables as in `StoreTables` without their long columns."""

    root: Path
    runs: pa.Table
    params: pa.Table
    tags: pa.Table
    summaries: pa.Table
    inputs: pa.Table
    experiments: dict[str, ExperimentSettings]
    damage: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class StoreTables(StoreOverview):
    """All runs of a store; each table has the columns of `runfolio.schema.TABLES`.

    `files` tells of artifacts that lie elsewhere than in the store, by run id and path, and `tool`
    names the tool whose store this is, where it is none of our own. `numbers` are the places of
    runs among all that their experiment ever had, by id, where some of them are not shown.
    `models` are the registered models that are not deleted. Where there are `points`, these read
    the rows of `metrics`, which is empty. `edited` are the runs of which something was said later.
    """

    metrics: pa.Table
    artifacts: pa.Table
    files: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    tool: str | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    models: tuple[RegisteredModel, ...] = ()
    points: Points | None = None
    edited: frozenset[str] = frozenset()

    def whole(self) -> StoreTables:
        """The same with all points in memory."""
        if self.points is None:
            return self
        metrics = self.points.read(self.runs["run_id"].to_pylist())
        return replace(self, metrics=metrics, points=None)

    def file_of(self, run_id: str, path: str) -> tuple[Path, Path]:
        """The folder that an artifact has to be within, and where it lies.

        That is the store's, unless `files` says another place.
        """
        elsewhere = self.files.get((run_id, path))
        if elsewhere is not None:
            return elsewhere.parent, elsewhere
        return self.root, self.root / "runs" / run_id / "artifacts" / path


def read_store(store: StorePath | None = None, *, view: View = "active") -> StoreTables:
    """Read the runs of a store that are not deleted, or as `view` says "deleted" or "all".

    Raises `StoreNotFound` where there is no store.
    """
    return StoreTables(**_read(store, view, _read_whole, "everything"))


def read_lightly(
    store: StorePath | None,
    memory: ReadMemory,
    *,
    without: Sequence[Damage] = (),
    engine: Engine | None = None,
) -> StoreTables:
    """Read the runs of a store that are not deleted, and their points when they are asked for.

    With the `memory` of an earlier reading of the same store, only what changed is read. `without`
    names runs whose points turned out to be unreadable. Processes of the `engine` on this machine
    read many runs that are not packed.
    """
    reader = _LightReader(memory, without, engine or Engine(jobs=1))
    return StoreTables(**_read(store, "active", reader.read, "everything"), points=reader.points)


def read_overview(store: StorePath | None = None, *, view: View = "active") -> StoreOverview:
    """Read what a search needs: one small file of each run that is not packed."""
    return StoreOverview(**_read(store, view, _read_short, "overview"))


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run as it was logged, deleted or not: `shown` is the name its experiment has now."""

    id: str
    name: str
    experiment: str
    shown: str


def read_logged_runs(root: Path) -> list[LoggedRun]:
    """All runs of a store, deleted ones too, before any edits."""
    tables = _without_strangers(*read_steadily(root, _read_short))
    said = read_said(root)
    rows = tables["run"].select(["run_id", "name", "experiment"]).to_pylist()
    return [
        LoggedRun(row["run_id"], row["name"], row["experiment"], said.shown_name(row["experiment"]))
        for row in rows
    ]


def _read(
    store: StorePath | None, view: View, read: Callable[[Places], Tables], needed: Needed
) -> dict[str, Any]:
    place = locate_store(store)
    root = open_store(place, needed)
    with named_as(place, root):
        places, tables = read_steadily(root, read)
        tables = _without_strangers(places, tables)
    said = read_said(root)
    damage = [*places.damage, *(Damage(None, path, why) for path, why in said.damaged)]
    damage = [one.named_as(place, root) for one in damage]
    edited = apply_edits(tables, said, view)
    release_memory()
    settings = said.settings(edited["run"]["experiment"].unique().to_pylist(), view)
    found = {"root": root, "experiments": settings, "damage": tuple(damage), **as_fields(edited)}
    if needed == "everything":
        found["models"] = shown_models(said.registry)
        found["edited"] = frozenset(said.runs)
        if edited["run"].num_rows < tables["run"].num_rows:
            found["numbers"] = number_runs(tables["run"], said)
    return found


def as_fields(tables: Tables) -> Tables:
    """Tables by the names that they have in `StoreTables`."""
    return {("runs" if name == "run" else name): table for name, table in tables.items()}


def read_steadily(root: Path, read: Callable[[Places], T]) -> tuple[Places, T]:
    """Read what is placed where, and again from the start while runs move meanwhile."""
    for attempt in range(_ATTEMPTS):
        try:
            with uncollected():
                places = find_places(root)
                return places, read(places)
        except StoreChanged:
            time.sleep(attempt * 0.01)
    raise StoreDamaged(
        f"The store {str(root)!r} changed while it was read, {_ATTEMPTS} times. Try again."
    )


def _without_strangers(places: Places, tables: Tables) -> Tables:
    """The rows of the store's runs; others would name folders and pages by whatever they say."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = places.run_ids
    strangers = {
        name: set(pc.unique(table["run_id"]).to_pylist()) - known for name, table in tables.items()
    }
    odd = {name: found for name, found in strangers.items() if found}
    if not odd:
        return tables
    first, found = next(iter(odd.items()))
    reason = f"A table of {first} names the run {min(map(repr, found))}, which the store lacks."
    places.damage.append(Damage(None, str(places.root), reason))
    wanted = pc.field("run_id").isin(pa.array(sorted(known), pa.string()))
    return tables | {name: tables[name].filter(wanted) for name in odd}


class _LightReader:
    """Reads all tables but the points of sealed runs, and remembers where these lie."""

    def __init__(self, memory: ReadMemory, without: Sequence[Damage], engine: Engine) -> None:
        self._memory = memory
        self._without = without
        self._engine = engine
        self.points: StorePoints | None = None

    def read(self, places: Places) -> Tables:
        """The tables of a store of which some may be remembered."""
        known: list[Known] = []
        loose: dict[str, Manifest] = {}
        packed: dict[str, str] = {}
        fresh = Assembly(tuple(TABLES))
        _add_live(fresh, places)
        for folder, manifest in self._read_together(places, known, loose):
            with _reading_sealed(places, folder, manifest, fresh):
                known.append(self._memory.read_run(folder, manifest))
                loose[folder.run_id] = replace(manifest, overview=None)
        for pack_id, run_ids in places.packed.items():
            part = None
            with suppress(StoreDamaged):
                part = self._memory.read_pack(places.packs, pack_id, run_ids)
            if part is not None:
                known.append(part)
                packed |= dict.fromkeys(run_ids, pack_id)
            else:
                _add_pack(fresh, places, pack_id, run_ids)
        held = fresh.tables()
        manifests = {one: places.packs.manifests[one] for one in set(packed.values())}
        points = hold_points(held.pop(METRICS))
        self.points = StorePoints(places.root, packed, manifests, loose, points)
        return self._hide(places, self._memory.join(known, held))

    def _read_together(
        self, places: Places, known: list[Known], loose: dict[str, Manifest]
    ) -> list[Sealed]:
        """Read sealed runs in parts, many by processes, and return those that are left."""
        if self._memory.lasting:
            return places.sealed
        shared = self._engine.is_local and len(places.sealed) >= WORTHWHILE
        engine = self._engine if shared else Engine(jobs=1)
        left: set[str] = set()
        bare = [(folder, replace(said, overview=None)) for folder, said in places.sealed]
        with engine.map(read_together, cut(bare, TOGETHER)) as results:
            for found in results:
                known.append(Known((found.first, (), ()), found.tables))
                left |= found.left
                # What this process takes is counted already.
                apart = engine.backend == "loky" and not engine.is_here
                self._memory.helped += found.processor if apart else 0
        loose |= {folder.run_id: said for folder, said in bare if folder.run_id not in left}
        return [one for one in places.sealed if one[0].run_id in left]

    def _hide(self, places: Places, tables: Tables) -> Tables:
        """The tables without the runs whose points can't be read, and of points no row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        tables = tables | {METRICS: arrow_schema(METRICS).empty_table()}
        if not self._without:
            return tables
        places.damage += self._without
        hidden = pa.array(sorted({str(one.run_id) for one in self._without}), pa.string())
        wanted = ~pc.field("run_id").isin(hidden)
        return {name: table.filter(wanted) for name, table in tables.items()}


def _read_whole(places: Places) -> Tables:
    assembly = Assembly(tuple(TABLES))
    _add_live(assembly, places)
    for folder, manifest in places.sealed:
        with _reading_sealed(places, folder, manifest, assembly):
            _add_sealed(assembly, folder, manifest)
    for pack_id, run_ids in places.packed.items():
        _add_pack(assembly, places, pack_id, run_ids)
    tables = assembly.tables()
    for run_id, said in assembly.odd.items():
        path = str(run_folder(places.root, run_id).manifest)
        places.damage.append(Damage(run_id, path, _say_unexpected(said)))
    return tables


def _add_live(assembly: Assembly, places: Places) -> None:
    for folder, form in places.live:
        with _reading_live(places, folder, form, assembly):
            assembly.add(_replay(places, folder, form))


def _add_sealed(assembly: Assembly, folder: RunFolder, manifest: Manifest) -> None:
    for table in TABLES:
        if manifest.file_of(table) is None and table == "summaries":
            assembly.add({table: read_sealed_table(folder, manifest, table)})
        else:
            name, content = read_sealed_bytes(folder, manifest, table)
            assembly.add_file(table, folder.tables / name, content)


def _read_short(places: Places) -> Tables:
    assembly = Assembly(OVERVIEW, short=True)
    for folder, form in places.live:
        with _reading_live(places, folder, form, assembly):
            assembly.add_overview(folder.run_id, make_overview(_replay(places, folder, form)))
    for folder, manifest in places.sealed:
        with _reading_sealed(places, folder, manifest, assembly):
            assembly.add_overview(folder.run_id, _overview(folder, manifest))
    for pack_id, run_ids in places.packed.items():
        _add_pack(assembly, places, pack_id, run_ids)
    tables = assembly.tables()
    for run_id, said in assembly.odd.items():
        path = str(run_folder(places.root, run_id).manifest)
        places.damage.append(Damage(run_id, path, _say_unexpected(said)))
    return tables


def _overview(folder: RunFolder, manifest: Manifest) -> dict[str, Columns]:
    if manifest.overview is not None:
        return manifest.overview
    return make_overview(read_sealed_tables(folder, manifest, OVERVIEW))


def _replay(places: Places, folder: RunFolder, form: SealedForm | None) -> Tables:
    replayed = replay_onto(form, folder)
    _check_still_live(places, folder, form)
    places.damage += [Damage(folder.run_id, path, reason) for path, reason in replayed.damage]
    return replayed.tables


def _check_still_live(places: Places, folder: RunFolder, form: SealedForm | None) -> None:
    """Raise `StoreChanged` when a sealing may have removed journals before they were read."""
    if not folder.path.exists():
        raise StoreChanged
    now = find_sealed(folder, places.packs)
    if (now is None) != (form is None) or (now and form and now.journals != form.journals):
        raise StoreChanged


@contextmanager
def _reading_live(
    places: Places, folder: RunFolder, form: SealedForm | None, assembly: Assembly
) -> Iterator[None]:
    """Place a run anew that was sealed while it was read; the others may stay where they are."""

    def check() -> None:
        with suppress(StoreDamaged):
            _check_still_live(places, folder, form)

    try:
        with _hiding(places, folder, check, assembly):
            yield
    except StoreChanged:
        place_anew(places, folder)


@contextmanager
def _reading_sealed(
    places: Places, folder: RunFolder, manifest: Manifest, assembly: Assembly
) -> Iterator[None]:
    check = partial(check_unchanged, folder, manifest, was_sealed=True)
    with _hiding(places, folder, check, assembly):
        yield


@contextmanager
def _hiding(
    places: Places, folder: RunFolder, check: Callable[[], None], assembly: Assembly
) -> Iterator[None]:
    """Hide and report a run that can't be read, unless `check` says that it has changed."""
    try:
        yield
        return
    except StoreDamaged as error:
        path, reason = error.path or str(folder.path), str(error)
    except UNEXPECTED as error:
        path = str(folder.path)
        reason = _say_unexpected(f"{type(error).__name__}: {error}")
    check()
    places.damage.append(Damage(folder.run_id, path, reason))
    assembly.hide([folder.run_id])


def _say_unexpected(said: str) -> str:
    return f"A record isn't what this version of Runfolio writes ({said})."


def _add_pack(assembly: Assembly, places: Places, pack_id: str, run_ids: list[str]) -> None:
    pack, manifest = places.packs.folder(pack_id), places.packs.manifests[pack_id]
    everyone = places.packs.runs_of(pack)
    for table in assembly.names:
        try:
            found = read_pack_rows(pack, manifest, table, everyone, columns=assembly.columns(table))
        except StoreDamaged as error:
            if not pack.path.exists():
                raise StoreChanged from error
            assembly.hide(run_ids)
            places.damage.append(Damage(None, error.path or str(pack.path), str(error)))
            return
        assembly.add({table: found.table}, only=run_ids if len(run_ids) < len(everyone) else None)
        _hide_damaged(assembly, places, found.path, sorted(found.hidden & set(run_ids)))


def _hide_damaged(assembly: Assembly, places: Places, path: Path, run_ids: list[str]) -> None:
    for run_id in run_ids:
        places.damage.append(Damage(run_id, str(path), str(damaged_at(path, run_id))))
    assembly.hide(run_ids)
