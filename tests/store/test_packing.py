from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import runfolio
from runfolio.errors import StoreDamaged, StoreWriteFailed
from runfolio.schema import TABLES
from runfolio.store import pack_writing, packing, parquet, read_overview, read_store
from runfolio.store.layout import PackFolder, list_pack_folders, run_folder
from runfolio.store.packing import pack_store, remove_from_packs
from runfolio.store.packs import PackIndex, read_packed_run

from .samples import write_run, write_sealed_run
from .snapshots import snapshot


def log_runs(store: Path, count: int, *, points: int = 3) -> list[str]:
    """Runs with parameters, tags, odd metrics and, every third, an artifact; returns their ids."""
    ids = []
    for number in range(count):
        with runfolio.start_run(
            store=store, experiment=f"e{number % 2}", params={"n": number}, capture=False
        ) as run:
            run.set_tag("label", f"run {number}")
            for step in range(points * (number % 4)):
                run.log_metrics({"loss": step / 7, "odd": float("nan")}, step=step)
            if number % 3 == 0:
                run.log_text("text", "a.txt")
        ids.append(run.id)
    return ids


def only_pack(store: Path) -> PackFolder:
    (pack,) = list_pack_folders(store)
    return pack


def test_packing_changes_nothing_for_readers(tmp_path: Path) -> None:
    log_runs(tmp_path, 12)
    live = write_run(tmp_path, writer={"host": "elsewhere"})
    before = snapshot(tmp_path)
    packed = pack_store(tmp_path)
    assert (packed.runs, packed.written, packed.absorbed, packed.damaged) == (12, 1, 0, ())
    assert snapshot(tmp_path) == before
    assert {path.name for path in live.path.iterdir()} == {"journal"}
    assert not list(tmp_path.glob("runs/*/tables"))


def test_artifacts_stay_and_empty_folders_go(tmp_path: Path) -> None:
    ids = log_runs(tmp_path, 4)
    pack_store(tmp_path)
    left = {run_id for run_id in ids if run_folder(tmp_path, run_id).path.exists()}
    assert left == {ids[0], ids[3]}
    assert (run_folder(tmp_path, ids[3]).artifacts / "a.txt").read_text() == "text"


def test_other_readers_take_packed_and_loose_runs_by_one_glob(tmp_path: Path) -> None:
    log_runs(tmp_path, 5)
    pack_store(tmp_path)
    log_runs(tmp_path, 4)
    tables = read_store(tmp_path)
    for name in TABLES:
        with duckdb.connect() as connection:
            query = f"select count(*) from '{tmp_path}/*/*/tables/{name}*.parquet'"
            (count,) = connection.execute(query).fetchone() or (None,)
        assert count == getattr(tables, "runs" if name == "run" else name).num_rows, name


def test_packing_again_takes_new_runs_and_small_packs(tmp_path: Path) -> None:
    log_runs(tmp_path, 6)
    pack_store(tmp_path)
    log_runs(tmp_path, 2)
    packed = pack_store(tmp_path)
    assert (packed.runs, packed.absorbed, len(list_pack_folders(tmp_path))) == (2, 0, 2)
    log_runs(tmp_path, 7)
    before = snapshot(tmp_path)
    packed = pack_store(tmp_path)
    assert (packed.runs, packed.absorbed, len(list_pack_folders(tmp_path))) == (7, 2, 1)
    assert snapshot(tmp_path) == before
    assert pack_store(tmp_path).written == 0


def test_many_runs_make_several_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_RUNS", 4)
    log_runs(tmp_path, 10)
    before = snapshot(tmp_path)
    assert pack_store(tmp_path).written == 3
    assert snapshot(tmp_path) == before


def test_small_row_groups_are_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BUFFERED_ROWS", 5)
    ids = log_runs(tmp_path, 8, points=7)
    before = snapshot(tmp_path)
    pack_store(tmp_path)
    assert snapshot(tmp_path) == before
    index = PackIndex(tmp_path)
    pack = only_pack(tmp_path)
    metrics = read_store(tmp_path).metrics
    for run_id in ids:
        mine = read_packed_run(pack, index.manifests[pack.pack_id], run_id, "metrics")
        theirs = [row for row in metrics.to_pylist() if row["run_id"] == run_id]
        assert repr(mine.to_pylist()) == repr(theirs)
    log_runs(tmp_path, 9)
    before = snapshot(tmp_path)
    assert pack_store(tmp_path).absorbed == 1
    assert snapshot(tmp_path) == before


def test_a_packed_run_is_resumed_and_packed_again(tmp_path: Path) -> None:
    ids = log_runs(tmp_path, 4)
    pack_store(tmp_path)
    with runfolio.start_run(store=tmp_path, run_id=ids[2], capture=False) as run:
        run.log_metric("loss", 9)
        live = {row["run_id"]: row["status"] for row in read_store(tmp_path).runs.to_pylist()}
        assert live[ids[2]] == "RUNNING"
        assert snapshot(tmp_path)["metrics"].count("9.0") == 1
    steps = [
        row["step"]
        for row in read_store(tmp_path).metrics.to_pylist()
        if (row["run_id"], row["key"]) == (ids[2], "loss")
    ]
    assert steps == list(range(7))
    before = snapshot(tmp_path)
    assert pack_store(tmp_path).runs == 1
    assert snapshot(tmp_path) == before


def test_a_damaged_run_stays_where_it_is(tmp_path: Path) -> None:
    ids = log_runs(tmp_path, 5)
    broken = run_folder(tmp_path, ids[1]).tables / "metrics.parquet"
    broken.write_bytes(broken.read_bytes()[:-1])
    before = snapshot(tmp_path)
    packed = pack_store(tmp_path)
    assert packed.runs == 4
    assert [damage.run_id for damage in packed.damaged] == [ids[1]]
    assert broken.exists()
    assert snapshot(tmp_path) == before


def test_a_damaged_part_of_a_pack_hides_only_its_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BUFFERED_ROWS", 8)
    log_runs(tmp_path, 16, points=4)
    pack_store(tmp_path)
    pack = only_pack(tmp_path)
    path = pack.tables / "metrics.parquet"
    content = bytearray(path.read_bytes())
    content[40] ^= 0x55
    path.write_bytes(content)
    tables = read_store(tmp_path)
    hidden = {damage.run_id for damage in tables.damage}
    assert 0 < len(hidden) < 16
    assert hidden.isdisjoint(tables.runs["run_id"].to_pylist())
    assert tables.runs.num_rows == 16 - len(hidden)
    assert all(str(path) in damage.reason for damage in tables.damage)


@pytest.mark.parametrize("name", [*TABLES, "origins", "manifest"])
def test_an_unreadable_file_of_a_pack_hides_the_pack_only(tmp_path: Path, name: str) -> None:
    log_runs(tmp_path, 3)
    pack_store(tmp_path)
    sound = write_sealed_run(tmp_path)
    (path,) = only_pack(tmp_path).tables.glob(f"{name}.*")
    path.write_bytes(b"no longer what it was")
    tables = read_store(tmp_path)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    assert set(tables.metrics["run_id"].to_pylist()) == {sound.run_id}
    assert any(str(path) in damage.path for damage in tables.damage)


def test_runs_are_removed_from_packs(tmp_path: Path) -> None:
    ids = log_runs(tmp_path, 6)
    pack_store(tmp_path)
    remove_from_packs(tmp_path, [ids[0], ids[4]])
    assert set(read_store(tmp_path).runs["run_id"].to_pylist()) == set(ids) - {ids[0], ids[4]}
    remove_from_packs(tmp_path, ids)
    assert read_store(tmp_path).runs.num_rows == 0
    assert list_pack_folders(tmp_path) == []


def interrupting(
    monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException
) -> Callable[[], int]:
    """Make the call to the system of this number fail; returns how many calls there were."""
    calls, opened = iter(range(10**9)), os.open
    made = [0]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **options: Any) -> Any:
            if call is opened and not args[1] & (os.O_WRONLY | os.O_RDWR):  # it only reads
                return call(*args, **options)
            made[0] = next(calls) + 1
            if made[0] == number + 1:
                raise error
            return call(*args, **options)

        return wrapper

    for name in ("mkdir", "rename", "unlink", "rmdir", "fsync", "open"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    return lambda: made[0]


def pristine(tmp_path: Path) -> Iterator[Path]:
    """Copies of one store, some runs of it packed and some not."""
    original = tmp_path / "original"
    log_runs(original, 3)
    pack_store(original)
    log_runs(original, 4)
    number = 0
    while True:
        copy = tmp_path / f"copy {number}"
        shutil.copytree(original, copy)
        yield copy
        shutil.rmtree(copy, ignore_errors=True)
        number += 1


def test_packing_interrupted_at_any_call_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = False
    for number, store in enumerate(pristine(tmp_path)):
        before = snapshot(store)
        with monkeypatch.context() as patched:
            made = interrupting(patched, number, KeyboardInterrupt())
            try:
                pack_store(store)
                finished = made() <= number
            except KeyboardInterrupt:
                pass
        assert snapshot(store) == before, number
        pack_store(store)
        assert snapshot(store) == before, number
        assert not list(store.glob("runs/*/tables")), number
        assert not list(store.glob("runs/*/.*")), number
        if finished:
            break
    assert number > 20


def test_a_full_disk_while_packing_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_runs(tmp_path, 3)
    before = snapshot(tmp_path)
    with monkeypatch.context() as patched:
        interrupting(patched, 3, OSError(28, "No space left on device"))
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            pack_store(tmp_path)
    assert snapshot(tmp_path) == before
    assert list_pack_folders(tmp_path) == []


def test_readers_see_every_run_while_it_is_packed(tmp_path: Path) -> None:
    log_runs(tmp_path, 8)
    before = snapshot(tmp_path)
    stop = threading.Event()
    failures: list[str] = []
    reads = threading.Semaphore(0)

    def read() -> None:
        while not stop.is_set():
            reads.release()
            found = read_store(tmp_path, view="all")
            if repr(found.runs.to_pylist()) != before["run"] or found.damage:
                failures.append(f"{found.runs.num_rows} runs, {found.damage}")
            if read_overview(tmp_path).runs.num_rows != 8:
                failures.append("overview")

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            pack_store(tmp_path)
            unpack(tmp_path)
            for _ in range(3):
                assert reads.acquire(timeout=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert snapshot(tmp_path) == before


def unpack(store: Path) -> None:
    """Let another pack take all runs up, so that readers meet packs that come and go."""
    pack = only_pack(store)
    twin = pack.path.with_name("f" * 16 if pack.pack_id != "f" * 16 else "0" * 16)
    shutil.copytree(pack.path, pack.path.with_name(".copy.tmp"))
    pack.path.with_name(".copy.tmp").rename(twin)
    aside = pack.path.with_name(f".{pack.pack_id}.old")
    pack.path.rename(aside)
    shutil.rmtree(aside)


def test_a_run_sealed_again_while_it_is_packed_keeps_its_new_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = log_runs(tmp_path, 1)
    retire = pack_writing.retire_tables

    def resume_first(*args: Any) -> None:
        with runfolio.start_run(store=tmp_path, run_id=run_id, capture=False) as run:
            run.log_metric("late", 1)
        retire(*args)

    monkeypatch.setattr(packing, "retire_tables", resume_first)
    pack_store(tmp_path)
    assert read_store(tmp_path).metrics["key"].to_pylist() == ["late"]
    monkeypatch.undo()
    pack_store(tmp_path)
    assert read_store(tmp_path).metrics["key"].to_pylist() == ["late"]


def test_copies_packed_apart_merge(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    ids = log_runs(first, 5)
    shutil.copytree(first, second)
    pack_store(first)
    log_runs(second, 3)
    pack_store(second)
    with runfolio.start_run(store=second, run_id=ids[3], capture=False) as run:
        run.log_metric("late", 1)
    expected = snapshot(second)
    shutil.copytree(second, first, dirs_exist_ok=True)
    assert snapshot(first) == expected
    pack_store(first)
    assert snapshot(first) == expected


def test_a_missing_table_in_a_manifest_is_damage(tmp_path: Path) -> None:
    log_runs(tmp_path, 1)
    pack_store(tmp_path)
    index, pack = PackIndex(tmp_path), only_pack(tmp_path)
    with pytest.raises(StoreDamaged, match="names no nothing table"):
        read_packed_run(pack, index.manifests[pack.pack_id], "0" * 16, "nothing")
