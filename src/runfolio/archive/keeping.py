"""A store written anew from its tables: what is shown of it now, and nothing else.

All runs go into one pack, whose tables anybody can read with a Parquet reader; live runs are told
as far as they have come. Edits are applied, so that what they replaced is not kept, and what was
said of experiments and models is said again. The same tables give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidPath
from runfolio.schema import TABLES
from runfolio.store import Damage, ExperimentSettings, StoreTables
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.edited import Said
from runfolio.store.edits import Edit, encode_edit
from runfolio.store.files import copy_plain, refuse_file, reported_writes, write_atomically
from runfolio.store.layout import create_store, run_folder
from runfolio.store.pack_writing import make_origins, write_pack
from runfolio.store.packs import ORIGINS
from runfolio.store.registry import describe_models

if TYPE_CHECKING:
    import pyarrow as pa

ExperimentTags = Mapping[str, Mapping[str, str]]

_SETTINGS: Final = ("note", "primary_metric", "direction")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An artifact that was kept: its run, its path there, and what the store says of it."""

    run_id: str
    path: str
    size: int
    sha256: str
    media_type: str

    @property
    def place(self) -> str:
        """Where it lies in the store."""
        return f"runs/{self.run_id}/artifacts/{self.path}"


@dataclass(frozen=True, slots=True)
class Kept:
    """The artifacts that a store written anew has, and those that could not be kept and why."""

    files: tuple[KeptFile, ...]
    missing: tuple[Damage, ...]


def keep_store(
    tables: StoreTables, root: Path, *, tags: ExperimentTags, share: bool = False
) -> Kept:
    """Write the runs of `tables` as a new store at `root`.

    `tags` are those of experiments. With `share` the artifacts may be other names of the files
    they are taken from, which is for a store that is read and then removed.
    """
    create_store(root)
    runs = as_sorted_tables(tables)
    if tables.runs.num_rows:
        write_tables(root, runs)
    _write_edits(root, [*_describe_all(tables.experiments, tags), *describe_models(tables.models)])
    files, missing = [], []
    for row in runs["artifacts"].select(_LISTED).to_pylist():
        kept = KeptFile(**row)
        reason = _keep_file(tables, root, kept, share=share)
        if reason is None:
            files.append(kept)
        else:
            missing.append(Damage(kept.run_id, kept.path, reason))
    return Kept(tuple(files), tuple(missing))


_LISTED: Final = ["run_id", "path", "size", "sha256", "media_type"]


def as_sorted_tables(tables: StoreTables) -> dict[str, pa.Table]:
    """The tables by the names of `runfolio.schema.TABLES`, their runs in the order of the ids."""
    import pyarrow as pa

    named = {name: getattr(tables, "runs" if name == "run" else name) for name in TABLES}
    ordered = sorted(tables.runs["run_id"].to_pylist())
    if ordered == tables.runs["run_id"].to_pylist():
        return named
    return {
        name: pa.concat_tables([table.slice(0, 0), *_slices(table, ordered)])
        for name, table in named.items()
    }


def _slices(table: pa.Table, run_ids: list[str]) -> Iterator[pa.Table]:
    import pyarrow.compute as pc

    for run_id in run_ids:
        yield table.filter(pc.equal(table["run_id"], run_id))


def write_tables(root: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write runs, which come in the order of their ids, as a pack of the store."""
    run_ids = tables["run"]["run_id"].to_pylist()
    packed: dict[str, Any] = dict(tables)
    packed[ORIGINS] = make_origins((run_id, 1, ()) for run_id in run_ids)
    write_pack(root, iter([("", packed)]), pack_id=name_pack(run_ids))


def name_pack(run_ids: Iterable[str]) -> str:
    """The id of the pack that holds some runs, which is made of theirs."""
    return hashlib.sha256("\n".join(sorted(run_ids)).encode()).hexdigest()[:16]


def tags_of_experiments(said: Said) -> dict[str, dict[str, str]]:
    """The tags of experiments by the names they are shown under."""
    found: dict[str, dict[str, str]] = {}
    for name, subject in said.experiments.items():
        tags = {key: value for key, value in subject.tags.items() if value is not None}
        found.setdefault(said.shown_name(name), {}).update(tags)
    return found


def describe_settings(settings: ExperimentSettings, tags: Mapping[str, str]) -> dict[str, Any]:
    """What an edit says to say the same of an experiment."""
    changes = {key: getattr(settings, key) for key in _SETTINGS}
    told = {key: value for key, value in changes.items() if value is not None}
    return told | ({"tags": dict(tags)} if tags else {})


def _describe_all(
    experiments: Mapping[str, ExperimentSettings], tags: ExperimentTags
) -> list[Edit]:
    """What was said of experiments, at a time before everything that is said later."""
    return [
        Edit(number, "experiment", name, describe_settings(experiments[name], tags.get(name, {})))
        for number, name in enumerate(sorted(experiments), 1)
    ]


def _write_edits(root: Path, edits: list[Edit]) -> None:
    """Write edits into one file, whose name tells the newest."""
    if not edits:
        return
    content = "".join(f"{encode_edit(edit)}\n" for edit in edits).encode(errors="replace")
    digest = hashlib.sha256(content).hexdigest()[:8]
    newest = max(edit.time for edit in edits)
    (root / "edits").mkdir()
    write_atomically(root / "edits" / f"{newest:016d}-{digest}.jsonl", content)


def _keep_file(tables: StoreTables, root: Path, kept: KeptFile, *, share: bool) -> str | None:
    """Keep one artifact; return why that can't be done."""
    try:
        check_artifact_path(kept.path)
    except InvalidPath:
        return "its path would leave the run"
    folder, source = tables.file_of(kept.run_id, kept.path)
    refusal = refuse_file(source, folder)
    if refusal is not None:
        return refusal
    target = run_folder(root, kept.run_id).artifacts / kept.path
    with reported_writes(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _take(source, target, share=share)
    return None


def _take(source: Path, target: Path, *, share: bool) -> None:
    if share:
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # another disk, or a file of somebody else
    copy_plain(source, target)
