"""Giving back the store that an archive holds: into a new store, or beside the runs of another.

Everything is checked first, so that a damaged archive changes nothing. Runs that the store has are
left as they are there, as are those that were deleted there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.archive.contents import Contents, open_contents, read_chunks
from runfolio.archive.keeping import (
    as_sorted_tables,
    describe_settings,
    tags_of_experiments,
    write_tables,
)
from runfolio.archive.layout import STORE
from runfolio.archive.verification import Progress, check_contents, refuse_damaged
from runfolio.errors import ArchiveUnreadable
from runfolio.store import Edit, StoreTables, read_overview, read_store, write_edit
from runfolio.store.artifacts import check_artifact_path, copy_artifact
from runfolio.store.edited import read_said
from runfolio.store.edits import read_edits
from runfolio.store.files import reported_writes, sync_file, sync_folder
from runfolio.store.layout import (
    MARKER,
    RunFolder,
    StorePath,
    choose_store,
    create_store,
    list_run_folders,
    run_folder,
)
from runfolio.store.narrowing import only_runs
from runfolio.store.packs import PackIndex
from runfolio.store.registry import MODEL, VERSION, describe_models
from runfolio.store.removal import remove_empty_store
from runfolio.store.replay import list_journals
from runfolio.store.sealed import find_sealed

if TYPE_CHECKING:
    from runfolio.store import ExperimentSettings

_TABLES: Final = (f"{STORE}/packs/", f"{STORE}/edits/", f"{STORE}/{MARKER}")


@dataclass(frozen=True, slots=True)
class ImportedArchive:
    """What an import did: runs added, those that the store had, and those deleted there."""

    path: Path
    store: Path
    added: int
    known: int
    deleted: int
    artifacts: int


def import_archive(
    path: str | os.PathLike[str],
    *,
    store: StorePath | None = None,
    progress: Progress | None = None,
) -> ImportedArchive:
    """Add the runs of an archive to a store, with their artifacts and what was said of experiments.

    The store is made where there is none. Importing again adds nothing. Raises `ArchiveDamaged`,
    and writes nothing, where any file of the archive isn't what was written.
    """
    place = choose_store(store)
    with open_contents(path) as contents:
        refuse_damaged(check_contents(Path(path), contents, progress))
        with tempfile.TemporaryDirectory(prefix="runfolio-archive-") as folder:
            tables = _read_tables(Path(path), contents, Path(folder))
            with _made_store(place):
                return _Import(Path(path), contents, tables, place, Path(folder)).run()


@contextmanager
def _made_store(place: Path) -> Iterator[None]:
    """A store at `place`; one that was made for nothing is taken back."""
    is_new = not (place / MARKER).exists()
    create_store(place)
    try:
        yield
    except BaseException:
        if is_new:
            remove_empty_store(place)
        raise


def _read_tables(place: Path, contents: Contents, folder: Path) -> StoreTables:
    """The tables of the archive's store, which are unpacked into `folder`."""
    with reported_writes(folder):
        for path in contents.sizes:
            if path.startswith(_TABLES):
                _unpack(contents, path, folder / path)
    if not (folder / STORE / MARKER).exists():
        raise ArchiveUnreadable(
            f"{str(place)!r} holds no store. Name an archive that build-report --archive wrote."
        )
    tables = read_store(folder / STORE)
    if tables.damage:  # such as a run whose id would name a folder elsewhere
        reason = tables.damage[0].named_as(str(place), folder).reason
        raise ArchiveUnreadable(
            f"{str(place)!r} is refused, since its store is damaged: {reason} "
            "Take a copy from whom you trust."
        )
    return tables


def _unpack(contents: Contents, path: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for chunk in read_chunks(contents, path):
            file.write(chunk)


class _Import:
    def __init__(
        self, path: Path, contents: Contents, tables: StoreTables, root: Path, work: Path
    ) -> None:
        self._path = path
        self._contents = contents
        self._tables = tables
        self._root = root
        self._work = work

    def run(self) -> ImportedArchive:
        run_ids = self._tables.runs["run_id"].to_pylist()
        known = _known_runs(self._root, run_ids)
        deleted = set(read_overview(self._root, view="deleted").runs["run_id"].to_pylist())
        fresh = only_runs(self._tables, [one for one in run_ids if one not in known])
        artifacts = self._add_runs(fresh) if fresh.runs.num_rows else 0
        self._describe_experiments()
        self._register_models()
        return ImportedArchive(
            path=self._path,
            store=self._root,
            added=fresh.runs.num_rows,
            known=len(known - deleted),
            deleted=len(known & deleted),
            artifacts=artifacts,
        )

    def _add_runs(self, fresh: StoreTables) -> int:
        """Add runs to the store, all or none; return how many artifacts they have.

        Their files are kept where no reader looks, and shown just before the tables tell of them.
        """
        staged = self._root / f".import.{os.urandom(4).hex()}.tmp"
        shown: list[RunFolder] = []
        try:
            kept = self._keep_artifacts(fresh, staged)
            with reported_writes(self._root):
                for path in sorted(staged.glob("*")):
                    _show(path, run_folder(self._root, path.name), shown)
                sync_folder(self._root / "runs")
            write_tables(self._root, as_sorted_tables(fresh))
        except BaseException:
            known = _known_runs(self._root, [folder.run_id for folder in shown])
            for folder in shown:
                if folder.run_id not in known:
                    shutil.rmtree(folder.path, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return kept

    def _keep_artifacts(self, fresh: StoreTables, staged: Path) -> int:
        """Keep the files of runs, each in a folder of its run's id below `staged`."""
        kept = 0
        for row in fresh.artifacts.select(["run_id", "path"]).to_pylist():
            run_id, path = row["run_id"], check_artifact_path(row["path"])
            member = f"{STORE}/runs/{run_id}/artifacts/{path}"
            if member in self._contents.sizes:
                self._keep_artifact(member, RunFolder(staged / run_id), path)
                kept += 1
        return kept

    def _keep_artifact(self, member: str, folder: RunFolder, path: str) -> None:
        spooled = self._work / "artifact"
        with reported_writes(folder.path):
            _unpack(self._contents, member, spooled)
            copy_artifact(folder, path, spooled)
            sync_file(folder.artifacts / path)
            sync_folder((folder.artifacts / path).parent)

    def _describe_experiments(self) -> None:
        """Say of experiments what the archive says, unless it was said in the store."""
        here = read_overview(self._root, view="all").experiments
        tags_here = tags_of_experiments(read_said(self._root))
        tags = tags_of_experiments(read_said(self._tables.root))
        for name, settings in sorted(self._tables.experiments.items()):
            told = describe_settings(settings, tags.get(name, {}))
            changes = _what_is_new(told, here.get(name), tags_here.get(name, {}))
            if changes or name not in here:
                write_edit(self._root, Edit(time.time_ns() // 1000, "experiment", name, changes))

    def _register_models(self) -> None:
        """Say of models and versions what the archive says, unless it was said in the store.

        Versions are written before aliases point to them.
        """
        said = _what_was_said(self._root)
        for edit in sorted(describe_models(self._tables.models), key=lambda one: one.kind == MODEL):
            changes = _unsaid(edit, said.get((edit.kind, edit.name)))
            if changes:
                write_edit(self._root, replace(edit, changes=changes))


def _what_was_said(root: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What edits of a store have said of models and versions, also of what is taken back."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for edit in read_edits(root)[0]:
        if edit.kind in (MODEL, VERSION):
            known = said.setdefault((edit.kind, edit.name), {})
            for key, value in edit.changes.items():
                inside = isinstance(value, dict) and isinstance(known.get(key), dict)
                known[key] = {**known[key], **value} if inside else value
    return said


def _unsaid(edit: Edit, said: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an edit says that was not said yet; of a version that is known that is nothing."""
    if said is None:
        return edit.changes
    if edit.kind == VERSION:
        return {}
    fresh = {key: value for key, value in edit.changes.items() if key not in ("created", *said)}
    for key in ("tags", "aliases"):
        known, told = said.get(key), edit.changes.get(key, {})
        if isinstance(known, dict):
            fresh[key] = {name: one for name, one in told.items() if name not in known}
    return {key: value for key, value in fresh.items() if value}


def _what_is_new(
    told: Mapping[str, Any], here: ExperimentSettings | None, tags: Mapping[str, str]
) -> dict[str, Any]:
    fresh = {key: value for key, value in told.get("tags", {}).items() if key not in tags}
    changes = {
        key: value
        for key, value in told.items()
        if key != "tags" and (here is None or getattr(here, key) is None)
    }
    return changes | ({"tags": fresh} if fresh else {})


def _show(path: Path, folder: RunFolder, shown: list[RunFolder]) -> None:
    """Give the files of a run their place, and add the folder to `shown` where it is a new one."""
    if not folder.path.exists():
        shown.append(folder)
        path.rename(folder.path)
        return
    for file in path.rglob("*"):  # a run that is gone may have left some
        if file.is_file():
            target = folder.path / file.relative_to(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)


def _known_runs(root: Path, run_ids: Iterable[str]) -> set[str]:
    """Which of some runs the store has, sealed, packed or live."""
    packs = PackIndex(root)
    folders = {folder.run_id for folder in list_run_folders(root)}
    return {
        run_id
        for run_id in run_ids
        if packs.find(run_id) is not None or (run_id in folders and _is_run(root, run_id, packs))
    }


def _is_run(root: Path, run_id: str, packs: PackIndex) -> bool:
    """Whether there is more than artifacts, which a run that is gone has left."""
    folder = run_folder(root, run_id)
    return find_sealed(folder, packs) is not None or bool(list_journals(folder))
