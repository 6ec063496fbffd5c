"""Large tables lie in files without a name, and are the same there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from runfolio.store import held
from runfolio.store.held import HELD_FROM, hold, release_pages

ROWS = HELD_FROM // 8


def make_table(rows: int) -> pa.Table:
    schema = pa.schema([pa.field("number", pa.int64()), pa.field("text", pa.string())], {"a": "b"})
    texts = pa.array(["é", None, ""] * (rows // 3) + ["x"] * (rows % 3), pa.string())
    return pa.Table.from_arrays([pa.array(range(rows)), texts], schema=schema)


def test_a_large_table_is_the_same_in_a_file() -> None:
    table, before = make_table(ROWS), pa.total_allocated_bytes()
    found = hold(table)
    assert pa.total_allocated_bytes() - before < table.nbytes / 100
    assert found.equals(table, check_metadata=True)
    assert [column.num_chunks for column in found.columns] == [1, 1]
    release_pages()
    assert found.equals(table)


def test_what_is_taken_outlives_the_table() -> None:
    part = hold(make_table(ROWS)).slice(ROWS - 2, 2)
    release_pages()
    assert part["number"].to_pylist() == [ROWS - 2, ROWS - 1]


def test_a_small_table_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    table = make_table(3)
    assert hold(table) is table


def test_without_a_file_a_table_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    table = make_table(ROWS)
    assert hold(table) is table


def test_only_so_many_files_are_kept_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "HELD_FROM", 0)
    table = make_table(3)
    kept = [hold(table) for _ in range(held.MOST_HELD + 2)]
    assert len(held._views) == held.MOST_HELD
    assert kept[-1] is table
    del kept[:2]
    assert hold(table) is not table


@pytest.mark.skipif(os.name == "nt", reason="files need a name there while they are open")
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = hold(make_table(ROWS))
    assert list(tmp_path.iterdir()) == []
    views = len(held._views)
    del found
    assert len(held._views) == views - 1
