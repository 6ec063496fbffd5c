"""Runfolio's own store: journals, sealed tables, manifests and edits, damaged or made up."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from runfolio.errors import RunfolioError, StoreDamaged
from runfolio.schema import TABLES
from runfolio.store import read_overview, read_store
from runfolio.store.edits import Edit, encode_edit
from runfolio.store.journal import read_journal
from runfolio.store.layout import RunFolder
from runfolio.store.manifest import Manifest, encode_manifest, read_manifest
from runfolio.upkeep.recovery import recover
from runfolio.upkeep.verification import verify
from tests.fuzz.target import (
    Target,
    choose,
    chosen,
    fresh_folder,
    join_pieces,
    split_pieces,
    workshop,
)
from tests.store.samples import START, begin_run, only_journal, write_run, write_sealed_run

_FRAME: Final = struct.Struct("<II")
_FILES: Final = tuple(f"{name}.parquet" for name in TABLES)
_MODEL: Final = {"run_id": "0" * 16, "path": "model", "files": {"MLmodel": "0" * 64}}


@cache
def _live() -> tuple[Path, RunFolder, bytes]:
    """A store with a run whose journal is replaced, and what that was."""
    store = workshop() / "live"
    run = write_run(store)
    return store, run, only_journal(run).read_bytes()


@cache
def _records() -> tuple[bytes, ...]:
    """The payloads of a journal that has a record of each kind."""
    folder, journal = begin_run(workshop() / "records")
    journal.append(4, {"depth": ["int", "3", 3.0], "name": ["str", "x", None]})
    journal.append(5, {"label": "all"})
    journal.append(6, "A *note*.")
    journal.append_points(("loss", "rmse"), 0, START + 1, [1.5, float("nan")])
    artifact = {"path": "a.txt", "size": 1, "sha256": "0" * 64, "time": START, "media_type": None}
    journal.append(7, artifact | {"step": None, "caption": None, "series": None})
    journal.append(8, {"name": "wine", "digest": "1", "context": "train", "source": None})
    journal.append(9, {"git": {"commit": "0" * 40}, "user": "u", "command": ["a"], "host": "h"})
    journal.append(10, {"status": "FINISHED", "end_time": START + 2, "duration": 2.0})
    journal.close()
    data, place, found = only_journal(folder).read_bytes(), 0, []
    while place < len(data):
        length, _ = _FRAME.unpack_from(data, place)
        found.append(data[place + 8 : place + 8 + length])
        place += 8 + length
    return tuple(found)


def _check_live(journal: bytes) -> None:
    """Read, check and recover a store whose only run has this journal."""
    store, run, _ = _live()
    shutil.rmtree(run.tables, ignore_errors=True)
    run.journals.mkdir(exist_ok=True)
    for path in run.journals.iterdir():
        path.unlink()
    path = run.journals / "0123456789abcdef.journal"
    path.write_bytes(journal)
    found = read_journal(path)
    assert found.size <= len(journal)
    assert (found.damage is None) == (found.size == len(journal))
    tables = read_store(store)
    assert tables.runs.num_rows or tables.damage
    read_overview(store)
    verify(store=store)
    recover(store=store)
    after = read_store(store)
    assert after.metrics.num_rows == tables.metrics.num_rows
    assert after.runs.num_rows == tables.runs.num_rows
    verify(store=store)


def _check_records(data: bytes) -> None:
    """A journal of such records, each with the right checksum."""
    pieces = [one for one in split_pieces(data) if one]
    _check_live(b"".join(_FRAME.pack(len(one), zlib.crc32(one)) + one for one in pieces))


def _seeds_of_journals() -> Sequence[bytes]:
    return [_live()[2], b""]


def _seeds_of_records() -> Sequence[bytes]:
    return [join_pieces(_records()), join_pieces([*_records(), *_records()[1:]])]


@cache
def _sealed() -> tuple[Path, RunFolder, dict[str, bytes], Manifest]:
    """A store with a sealed run, the content of its files, and its manifest."""
    store = workshop() / "sealed"
    run = write_sealed_run(store)
    files = {path.name: path.read_bytes() for path in run.tables.iterdir()}
    return store, run, files, read_manifest(run.manifest)


def _check_sealed() -> None:
    store = _sealed()[0]
    tables = read_store(store)
    assert tables.runs.num_rows or tables.damage
    read_overview(store)
    verify(store=store)


def _check_table(data: bytes) -> None:
    """A table that its manifest vouches for, and that was written by somebody who means harm."""
    _, run, files, manifest = _sealed()
    name, content = choose(data, _FILES)
    said = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    changed = Manifest(
        manifest.owner,
        manifest.files | {name: said},
        manifest.journals,
        overview=None,
        groups=manifest.groups,
    )
    for one, whole in files.items():
        (run.tables / one).write_bytes(whole)
    (run.tables / name).write_bytes(content)
    run.manifest.write_bytes(encode_manifest(changed))
    _check_sealed()


def _seeds_of_tables() -> Sequence[bytes]:
    files = _sealed()[2]
    return [chosen(name, _FILES, files[name]) for name in _FILES]


def _check_manifest(data: bytes) -> None:
    """A manifest; one that begins with a digest gets the right one."""
    _, run, files, _ = _sealed()
    for one, whole in files.items():
        (run.tables / one).write_bytes(whole)
    opening, rest = b'{"sha256": "', data[76:]
    if data.startswith(opening):
        data = opening + hashlib.sha256(rest).hexdigest().encode() + rest
    run.manifest.write_bytes(data)
    with suppress(StoreDamaged):
        read_manifest(run.manifest)
    _check_sealed()


def _seeds_of_manifests() -> Sequence[bytes]:
    content = _sealed()[2]["manifest.json"]
    return [content, b"{\n" + content[1:]]


def _check_edits(data: bytes) -> None:
    """A file of edits in a store with a run, and what is shown of runs, experiments and models."""
    store, run, _ = _live()
    if run.is_sealed:
        shutil.rmtree(run.tables)
    run.journals.mkdir(exist_ok=True)
    (run.journals / "0123456789abcdef.journal").write_bytes(_live()[2])
    (store / "edits").mkdir(exist_ok=True)
    file = store / "edits" / "0001700000000000-00000000.jsonl"
    file.write_bytes(data.replace(b"RUN", run.run_id.encode()))
    try:
        for view in ("active", "deleted", "all"):
            tables = read_store(store, view=view)
            read_overview(store, view=view)
            for model in tables.models:
                assert model.name
        verify(store=store)
    finally:
        file.unlink()


def _seeds_of_edits() -> Sequence[bytes]:
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("run", "RUN", {"note": "x", "tags": {"a": "b", "label": None}, "name": "n"}),
        ("run", "RUN", {"deleted": True}),
        ("experiment", "wine", {"primary_metric": "loss", "direction": "down", "note": "*n*"}),
        ("experiment", "wine", {"name": "beer", "deleted": False, "tags": {"t": "v"}}),
        ("model", "m", {"created": START, "tags": {"a": "b"}, "aliases": {"best": "v"}}),
        ("version", "v", {"model": "m", "created": START, **_MODEL}),
    ]
    edits = [Edit(START + place, *one) for place, one in enumerate(said)]
    lines = [encode_edit(edit).encode() + b"\n" for edit in edits]
    return [b"".join(lines), *lines]


def _check_marker(data: bytes) -> None:
    """The file that makes a folder a store."""
    folder = fresh_folder("marker")
    (folder / "runfolio.json").write_bytes(data)
    with suppress(RunfolioError):
        read_store(folder)


_WORDS: Final = (
    *(b'"run_id"', b'"start_time"', b'"format": 2', b'"turn": -1', b'"rank": 1e9', b'"writer": 7'),
    *(b'"path": "../x"', b'"path": "/etc/passwd"', b'"path": "a\\u0000b"', b'"path": null'),
    *(b'"status": "ODD"', b'"duration": NaN', b'"size": -1', b'"tags": []', b'"set": {}'),
    *(b'"\\ud800"', b"{}", b"[]", b'""', b"\x02[0,[]]", b"\x03", b"\x0a{}", b"\x07{}", b"\x05[]"),
)

TARGETS: Final = (
    Target("journal", _check_live, _seeds_of_journals, _WORDS, 60),
    Target("records", _check_records, _seeds_of_records, _WORDS, 150),
    Target("table", _check_table, _seeds_of_tables, examples=120),
    Target("manifest", _check_manifest, _seeds_of_manifests, _WORDS, 100),
    Target("edits", _check_edits, _seeds_of_edits, _WORDS, 150),
    Target(
        "marker", _check_marker, lambda: [json.dumps({"format": 1}).encode(), b"{}"], examples=100
    ),
)
