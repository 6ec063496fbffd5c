from __future__ import annotations

import json
import os
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runfolio.errors import StoreDamaged, StoreNotFound
from runfolio.schema import TABLES, arrow_schema
from runfolio.store import journal as records
from runfolio.store import read_parquet_head, read_store, sealed
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import create_store
from runfolio.store.replay import replay_run
from runfolio.store.sealing import seal_run

from .samples import END, START, begin_run, only_journal, write_run, write_sealed_run

SCHEMAS = {("runs" if name == "run" else name): arrow_schema(name) for name in TABLES}


def test_a_store_holds_sealed_and_live_runs_alike(tmp_path: Path) -> None:
    sealed, live = write_sealed_run(tmp_path), write_run(tmp_path)
    tables = read_store(tmp_path)
    assert set(tables.runs["run_id"].to_pylist()) == {sealed.run_id, live.run_id}
    for name, schema in SCHEMAS.items():
        assert getattr(tables, name).schema.equals(schema, check_metadata=True)
        mine = [
            [
                row | {"run_id": ""}
                for row in getattr(tables, name).to_pylist()
                if row["run_id"] == one
            ]
            for one in (sealed.run_id, live.run_id)
        ]
        assert repr(mine[0]) == repr(mine[1])


def test_an_empty_store_has_empty_tables(tmp_path: Path) -> None:
    create_store(tmp_path)
    tables = read_store(tmp_path)
    for name, schema in SCHEMAS.items():
        assert getattr(tables, name).schema == schema
        assert getattr(tables, name).num_rows == 0
    assert (tables.experiments, tables.damage) == ({}, ())


def test_no_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFound, match="No run store"):
        read_store(tmp_path)


def test_metrics_are_in_log_order_within_a_name(tmp_path: Path) -> None:
    folder, journal = begin_run(tmp_path)
    for step in (5, 1, 1, -2):
        journal.append_points(("b", "a"), step, START, [step, step])
        journal.append_points(("a",), step, START, [step + 0.5])
    seal_run(folder, END)
    metrics = read_store(tmp_path).metrics.to_pylist()
    assert [(row["key"], row["value"]) for row in metrics] == [
        *(("a", value) for value in (5, 5.5, 1, 1.5, 1, 1.5, -2, -1.5)),
        *(("b", value) for value in (5, 1, 1, -2)),
    ]


TIMES = {
    "run": ("start_time", "end_time"),
    "metrics": ("time",),
    "summaries": ("first_time", "last_time"),
    "artifacts": ("time",),
}


def _by_duckdb(glob: str, times: tuple[str, ...]) -> list[tuple[Any, ...]]:
    replaced = ", ".join(f"epoch_us({time}) as {time}" for time in times)
    columns = f"* replace ({replaced})" if times else "*"
    with duckdb.connect() as connection:
        return connection.execute(f"select {columns} from '{glob}'").fetchall()


def _by_polars(glob: str, times: tuple[str, ...]) -> list[tuple[Any, ...]]:
    frame = polars.read_parquet(glob)
    return frame.with_columns(polars.col(*times).dt.epoch("us") if times else []).rows()


def _by_us(table: pa.Table, times: tuple[str, ...]) -> list[tuple[Any, ...]]:
    for time in times:
        index = table.column_names.index(time)
        table = table.set_column(index, time, table[time].cast(pa.int64()))
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_other_readers_take_a_whole_store_by_a_glob(tmp_path: Path, name: str) -> None:
    for number in range(3):
        folder, journal = begin_run(tmp_path, name=f"run {number} \U0001f377")
        journal.append(records.PARAMS, {"alpha": ["float", repr(number / 3), number / 3]})
        journal.append(records.TAGS, {"label": "all"})
        for step in range(20 * number):
            journal.append_points(("loss", "acc/uracy"), step, START + step, [step / 7, -step])
        journal.append_points(("odd",), -1, START, [float("nan")])
        journal.append_points(("odd",), -1, START, [float("-inf")])
        journal.append(records.ARTIFACT, {"path": f"{number}.txt", "size": number, "time": START})
        seal_run(folder, END)
    tables, times = read_store(tmp_path), TIMES.get(name, ())
    glob = str(tmp_path / "*" / "*" / "tables" / f"{name}*.parquet")
    ours = sorted(_by_us(getattr(tables, "runs" if name == "run" else name), times), key=repr)
    assert len(ours) == {"metrics": 126, "summaries": 7, "inputs": 0}.get(name, 3)
    assert repr(sorted(_by_duckdb(glob, times), key=repr)) == repr(ours)
    assert repr(sorted(_by_polars(glob, times), key=repr)) == repr(ours)


def test_another_reader_finds_the_format_in_the_file(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    folder = write_sealed_run(tmp_path)
    metadata = pq.read_schema(folder.tables / "metrics.parquet").metadata
    assert metadata[b"runfolio.format"] == b"1"
    assert metadata[b"runfolio.table"] == b"metrics"


@pytest.mark.parametrize("name", sorted(TABLES))
@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "text", "other", "folder"])
def test_a_damaged_table_hides_its_run_only(tmp_path: Path, name: str, harm: str) -> None:
    sound, broken = write_sealed_run(tmp_path), write_sealed_run(tmp_path)
    path = broken.tables / f"{name}.parquet"
    content = path.read_bytes()
    path.unlink()
    if harm == "folder":
        path.mkdir()
    elif harm != "missing":
        other = broken.tables / ("tags.parquet" if name != "tags" else "params.parquet")
        harmed = {"empty": b"", "cut": content[:-5], "text": b"hello", "other": other.read_bytes()}
        path.write_bytes(harmed[harm])
    tables = read_store(tmp_path)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    assert set(tables.metrics["run_id"].to_pylist()) == {sound.run_id}
    (damage,) = tables.damage
    assert (damage.run_id, damage.path) == (broken.run_id, str(path))
    assert damage.reason


def test_a_damaged_journal_hides_its_run_only(tmp_path: Path) -> None:
    sound, broken = write_run(tmp_path), write_run(tmp_path)
    only_journal(broken).write_bytes(b"garbage that is no journal")
    tables = read_store(tmp_path)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    (damage,) = tables.damage
    assert damage.run_id == broken.run_id
    assert "no readable journal" in damage.reason


def test_a_journal_damaged_at_its_end_is_read_and_reported(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    path = only_journal(folder)
    path.write_bytes(path.read_bytes()[:-3])
    tables = read_store(tmp_path)
    assert tables.metrics.num_rows == 4
    (damage,) = tables.damage
    assert (damage.run_id, damage.path) == (folder.run_id, str(path))
    assert re.fullmatch(
        r"the last record is incomplete; \d+ bytes from byte \d+ on can't be read", damage.reason
    )


@pytest.mark.parametrize("size", range(0, 400, 7))
def test_a_cut_journal_is_read_or_reported(tmp_path: Path, size: int) -> None:
    path = only_journal(write_run(tmp_path))
    path.write_bytes(path.read_bytes()[:size])
    tables = read_store(tmp_path)
    assert tables.runs.num_rows == 1 or tables.damage


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (records.PARAMS, ["depth"]),
        (records.PARAMS, {"depth": 3}),
        (records.PARAMS, {"depth": ["int", 3, "x"]}),
        (records.TAGS, [1]),
        (records.TAGS, {"a": 5}),
        (records.NOTE, 5),
        (records.ARTIFACT, {"size": 3}),
        (records.ARTIFACT, "a"),
        (records.ARTIFACT, {"path": "a", "size": "x", "time": 0}),
        (records.ARTIFACT, {"path": "a", "size": 1 << 70, "time": 0}),
        (records.INPUT, {"name": [], "digest": "x"}),
        (records.CONTEXT, [[1]]),
        (records.CONTEXT, {"git_dirty": "yes"}),
        (records.END, 5),
        (records.END, {"status": 3}),
        (records.END, {"status": "FINISHED", "end_time": "now"}),
    ],
)
def test_a_record_of_the_wrong_shape_hides_its_run_only(
    tmp_path: Path, kind: int, document: object
) -> None:
    sound = write_run(tmp_path)
    broken, journal = begin_run(tmp_path)
    journal.append(kind, document)
    tables = read_store(tmp_path)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    (damage,) = tables.damage
    assert damage.run_id == broken.run_id


@pytest.mark.parametrize("header", [{"experiment": 5}, {"start_time": "x"}, {"format": 2}])
def test_a_header_of_the_wrong_shape_hides_its_run_only(
    tmp_path: Path, header: dict[str, object]
) -> None:
    sound, broken = write_run(tmp_path), write_run(tmp_path, **header)
    tables = read_store(tmp_path)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    assert [damage.run_id for damage in tables.damage] == [broken.run_id]


def test_a_run_sealed_while_the_store_is_read_is_read_from_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(tmp_path)

    def seal_first(*args: object, **options: object) -> object:
        seal_run(folder)
        return replay_run(folder)

    monkeypatch.setattr(sealed, "replay_run", seal_first)
    tables = read_store(tmp_path)
    assert (tables.metrics.num_rows, tables.damage) == (4, ())


def test_a_run_removed_while_the_store_is_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(tmp_path)

    def remove_first(*args: object, **options: object) -> object:
        shutil.rmtree(folder.path)
        return replay_run(folder)

    monkeypatch.setattr(sealed, "replay_run", remove_first)
    tables = read_store(tmp_path)
    assert (tables.runs.num_rows, tables.damage) == (0, ())


def test_a_run_is_read_while_it_logs(tmp_path: Path) -> None:
    _, journal = begin_run(tmp_path)
    stop = threading.Event()

    def log() -> None:
        step = 0
        while not stop.is_set() and step < 20_000:
            journal.append_points(("loss",), step, START, [step / 2])
            step += 1

    thread = threading.Thread(target=log)
    thread.start()
    counts = []
    try:
        for _ in range(10):
            tables = read_store(tmp_path)
            values = tables.metrics["value"].to_pylist()
            assert values == [step / 2 for step in range(len(values))]
            assert tables.runs["status"].to_pylist() == ["RUNNING"]
            counts.append(len(values))
    finally:
        stop.set()
        thread.join()
    assert counts == sorted(counts)


def test_links_pipes_and_strangers_in_the_store_are_left_out(tmp_path: Path) -> None:
    store, outside = tmp_path / "runs", write_sealed_run(tmp_path / "other")
    folder = write_run(store)
    (store / "runs" / ("0" * 16)).symlink_to(outside.path, target_is_directory=True)
    (store / "runs" / ".DS_Store").write_text("x")
    (store / "runs" / ("1" * 16)).write_text("a file")
    (store / "runs" / "notes").mkdir()
    os.mkfifo(folder.journals / "a.journal")
    (folder.journals / "b.journal").symlink_to(outside.manifest)
    tables = read_store(store)
    assert tables.runs["run_id"].to_pylist() == [folder.run_id]
    assert [one.run_id for one in tables.damage] == ["0" * 16]


def test_two_writers_of_one_run_are_read_together(tmp_path: Path) -> None:
    folder, journal = begin_run(tmp_path)
    journal.append_points(("loss",), 0, START, [1.0])
    other, second = begin_run(tmp_path)
    second.append_points(("loss",), 1, START, [2.0])
    only_journal(other).rename(folder.journals / "zz.journal")
    shutil.rmtree(other.path)
    tables = read_store(tmp_path)
    assert sorted(tables.metrics["value"].to_pylist()) == [1.0, 2.0]
    assert set(tables.metrics["run_id"].to_pylist()) == {folder.run_id}


def test_a_killed_run_ends_when_it_was_last_heard_of(tmp_path: Path) -> None:
    gone = {"host": "elsewhere"}
    _, journal = begin_run(tmp_path, writer=gone)
    journal.append_points(("loss",), 0, START + 7_000_000, [1.0])
    journal.append_points(("loss",), 0, START - 9_000_000, [1.0])
    assert read_store(tmp_path).runs["status"].to_pylist() == ["RUNNING"]


@pytest.mark.parametrize(("given", "seconds"), [(7, 7.0), (-9, 0.0)])
def test_a_killed_run_never_ends_before_it_starts(
    tmp_path: Path, given: int, seconds: float
) -> None:
    from runfolio.store.liveness import describe_writer

    _, journal = begin_run(tmp_path, writer=describe_writer() | {"boot": "an earlier one"})
    journal.append_points(("loss",), 0, START + given * 1_000_000, [1.0])
    (run,) = read_store(tmp_path).runs.to_pylist()
    assert (run["status"], run["duration"]) == ("KILLED", seconds)
    assert (run["end_time"] - run["start_time"]).total_seconds() == seconds


def test_edits_describe_experiments(tmp_path: Path) -> None:
    write_sealed_run(tmp_path)
    for time, changes in (
        (3, {"direction": "up"}),
        (1, {"primary_metric": "rmse", "direction": "down"}),
        (2, {"note": 5, "primary_metric": ["x"]}),
        (4, {"direction": "sideways"}),
    ):
        write_edit(tmp_path, Edit(time, "experiment", "wine", changes))
    settings = read_store(tmp_path).experiments["wine"]
    assert (settings.primary_metric, settings.direction, settings.note) == (None, None, None)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[", b"[1]", b"\xff", b"[" * 100_000, b'{"time":"x"}']
)
def test_a_damaged_edit_is_reported(tmp_path: Path, content: bytes) -> None:
    write_sealed_run(tmp_path)
    write_edit(tmp_path, Edit(1, "experiment", "wine", {"direction": "up"}))
    path = tmp_path / "edits" / "0000000000000002-x.json"
    path.write_bytes(content)
    tables = read_store(tmp_path)
    assert tables.experiments["wine"].direction == "up"
    assert [(damage.run_id, damage.path) for damage in tables.damage] == [(None, str(path))]


def test_an_edit_is_one_small_file_of_its_own(tmp_path: Path) -> None:
    create_store(tmp_path)
    for _ in range(2):
        write_edit(tmp_path, Edit(17, "experiment", "caf\udce9", {"note": "n"}))
    first, second = sorted((tmp_path / "edits").iterdir())
    assert first.name.startswith("0000000000000017-")
    assert json.loads(second.read_bytes()) == {
        "time": 18,
        "kind": "experiment",
        "name": "caf?",
        "set": {"note": "n"},
    }


def test_a_table_of_another_schema_is_damaged(tmp_path: Path) -> None:
    from runfolio.store.parquet import read_parquet

    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(StoreDamaged, match="no readable Parquet file"):
        read_parquet(path)


def test_the_head_of_a_table_takes_little_memory(tmp_path: Path) -> None:
    path, rows = tmp_path / "x.parquet", 20_000_000
    column = pa.repeat(pa.scalar(7, pa.int64()), rows)
    pq.write_table(pa.table({"seven": column, "same": column}), path)
    usual = pa.default_memory_pool()
    watched = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(watched)
    try:
        head, total, width = read_parquet_head(path, 50)
        assert (head.num_rows, total, width) == (50, rows, 2)
        del head  # its memory goes back to the pool while that is there
    finally:
        pa.set_memory_pool(usual)
    assert 0 < watched.max_memory() < 5_000_000


@pytest.mark.parametrize("rows", [0, 3, 50])
def test_the_head_of_a_table_spans_its_groups(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "x.parquet"
    table = pa.table({"n": list(range(rows)), "text": list(map(str, range(rows)))})
    pq.write_table(table, path, row_group_size=2)
    head, *size = read_parquet_head(path, 7)
    assert (head, size) == (table.slice(0, 7), [rows, 2])
