"""Reading a store again with what is remembered of it comes to the same tables."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import runfolio
from runfolio.schema import TABLES
from runfolio.spreading import Engine
from runfolio.store import read_store
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.manifest import Manifest
from runfolio.store.memory import ReadMemory
from runfolio.store.parquet import encode_table
from runfolio.store.reading import as_fields, read_lightly
from runfolio.store.sealed import read_sealed_bytes
from tests.hostile.bombs import replace_table

Read = Callable[[], None]
NAMES = tuple(as_fields(dict.fromkeys(TABLES)))


def log_run(store: Path, name: str = "one") -> str:
    with runfolio.start_run(experiment="demo", name=name, store=store, capture=False) as run:
        run.log_params({"rate": 0.5})
        run.log_metrics({"loss": 1.0, "other": 2.0})
    return run.id


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose sealed tables are read, by id."""
    found: list[str] = []

    def note(folder: RunFolder, manifest: Manifest, table: str) -> tuple[str, bytes]:
        if table == "run":
            found.append(folder.run_id)
        return read_sealed_bytes(folder, manifest, table)

    monkeypatch.setattr("runfolio.store.memory.read_sealed_bytes", note)
    return found


def assert_same(store: Path, memory: ReadMemory) -> None:
    again, plain = read_lightly(store, memory), read_store(store)
    for name in NAMES:
        if name != "metrics":
            assert getattr(again, name).equals(getattr(plain, name)), name
    assert again.metrics.num_rows == 0
    assert again.points is not None
    ids = again.runs["run_id"].to_pylist()
    assert again.points.read(ids).equals(plain.metrics)
    parts: list[list[str]] = [ids[:1], ids[1::2], []]
    for some in parts:
        wanted = plain.metrics.filter(
            pc.is_in(plain.metrics["run_id"], pa.array(some, pa.string()))
        )
        assert again.points.read(some).equals(wanted)
        sent = pickle.loads(pickle.dumps(again.points.of(some)))
        assert sent.read(some).equals(wanted)
        assert [sent.identity(one) for one in some] == [again.points.identity(one) for one in some]
    assert again.damage == plain.damage
    assert again.numbers == plain.numbers


def test_only_what_changed_is_read(store: Path, reads: list[str]) -> None:
    memory = ReadMemory()
    ids = [log_run(store) for _ in range(3)]
    assert_same(store, memory)
    assert sorted(reads) == sorted(ids)
    reads.clear()
    new = log_run(store)
    assert_same(store, memory)
    assert reads == [new]


def test_a_live_run_is_read_among_the_others(store: Path) -> None:
    memory = ReadMemory()
    for _ in range(5):
        log_run(store)
    with runfolio.start_run(experiment="demo", store=store, capture=False) as run:
        for step in range(3):
            run.log_metric("loss", step, step=step)
            assert_same(store, memory)
    assert_same(store, memory)


def test_runs_that_are_resumed_deleted_or_gone_are_told_anew(store: Path) -> None:
    import shutil

    memory = ReadMemory()
    first, second, third = (log_run(store) for _ in range(3))
    assert_same(store, memory)
    with runfolio.start_run(run_id=first, store=store, capture=False) as run:
        run.log_metric("loss", 9.0)
        assert_same(store, memory)
    assert_same(store, memory)
    runfolio.delete_runs(second, store=store)
    assert_same(store, memory)
    assert read_lightly(store, memory).numbers == {first: 0, second: 1, third: 2}
    shutil.rmtree(store / "runs" / third)
    assert_same(store, memory)


def test_packed_runs_are_remembered_as_a_whole(store: Path) -> None:
    memory = ReadMemory()
    ids = [log_run(store) for _ in range(4)]
    assert_same(store, memory)
    runfolio.pack(store=store)
    assert_same(store, memory)
    assert_same(store, memory)
    with runfolio.start_run(run_id=ids[1], store=store, capture=False) as run:
        run.log_metric("loss", 9.0)
        assert_same(store, memory)
    assert_same(store, memory)
    log_run(store)
    assert_same(store, memory)


def test_damage_is_noticed_and_mended(store: Path) -> None:
    memory = ReadMemory()
    first, _ = log_run(store), log_run(store)
    assert_same(store, memory)
    table = next((store / "runs" / first / "tables").glob("metrics*.parquet"))
    content = table.read_bytes()
    table.write_bytes(content[:-1] + b"x")
    assert_same(store, memory)
    assert len(read_lightly(store, memory).damage) == 1
    table.unlink()
    assert_same(store, memory)
    table.write_bytes(content)
    assert_same(store, memory)
    assert read_lightly(store, memory).damage == ()


def test_a_damaged_pack_hides_what_it_hides_without_a_memory(store: Path) -> None:
    memory = ReadMemory()
    for _ in range(3):
        log_run(store)
    runfolio.pack(store=store)
    log_run(store)
    assert_same(store, memory)
    table = next((store / "packs").rglob("params.parquet"))
    content = bytearray(table.read_bytes())
    content[len(content) // 3] ^= 255
    table.write_bytes(bytes(content))
    assert_same(store, memory)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_processes_read_as_one_does(
    store: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.store.reading.TOGETHER", 3)
    monkeypatch.setattr("runfolio.store.reading.WORTHWHILE", 0)
    ids = [log_run(store, f"run {number}") for number in range(8)]
    for run_id, table in ((ids[2], "params"), (ids[5], "metrics")):
        path = store / "runs" / run_id / "tables" / f"{table}.parquet"
        path.write_bytes(path.read_bytes()[:-9])
    alone = read_lightly(store, ReadMemory(lasting=False))
    together = read_lightly(
        store, ReadMemory(lasting=False), engine=Engine(jobs=2, backend=backend)
    )
    assert together.runs.num_rows == 6
    assert together.damage == alone.damage
    assert {one.run_id for one in together.damage} == {ids[2], ids[5]}
    for name in NAMES:
        assert getattr(together, name).equals(getattr(alone, name)), name
    assert together.points is not None
    whole = [one for one in sorted(ids) if one not in (ids[2], ids[5])]
    points = together.points.read(whole)
    assert points.equals(read_store(store).metrics)
    assert {together.points.identity(one) for one in whole} != {""}


def test_rows_that_name_other_runs_come_in_one_order(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(log_run(store) for _ in range(9))
    for number, run_id in enumerate(ids[1:]):
        folder = run_folder(store, run_id)
        table = pq.read_table(folder.tables / "params.parquet")
        foreign = table.set_column(0, "run_id", [[ids[0]]]).set_column(3, "text", [[str(number)]])
        replace_table(folder, "params", encode_table(pa.concat_tables([table, foreign])))
    expected = read_lightly(store, ReadMemory()).params
    assert expected.num_rows == 17
    monkeypatch.setattr("runfolio.store.reading.TOGETHER", 2)
    monkeypatch.setattr("runfolio.store.reading.WORTHWHILE", 0)
    for jobs in (1, 2, 2, 2):
        found = read_lightly(store, ReadMemory(lasting=False), engine=Engine(jobs=jobs))
        assert found.params.equals(expected)


def test_a_memory_that_does_not_last_reads_all_again(store: Path, reads: list[str]) -> None:
    run_id = log_run(store)
    memory = ReadMemory(lasting=False)
    for times in (1, 2):
        assert_same(store, memory)
        assert reads.count(run_id) == times
