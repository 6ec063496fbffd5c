"""Reading what neptune-exporter wrote; the service is gone, so its files are made here."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import NeptuneUnreadable
from runfolio.schema import FileRecord
from runfolio.sources.neptune.runs import SOURCE, _schema
from runfolio.sources.neptune.values import read_scalars, read_series
from runfolio.sources.place import open_place
from runfolio.store.parquet import encode_table
from tests.sources.reads import points_of, read_all

PROJECT = "team/wine"
FOLDER = "team_wine_0a1b"
START = datetime(2025, 1, 1, tzinfo=UTC)


def _row(path: str, kind: str, step: float | None = None, **values: Any) -> dict[str, Any]:
    time = START.replace(second=int(step) % 60) if step is not None else None
    exact = None if step is None else Decimal(str(step)).quantize(Decimal("1.000000"))
    return {
        "project_id": PROJECT,
        "run_id": "WIN-1",
        "attribute_path": path,
        "attribute_type": kind,
        "step": exact,
        "timestamp": time,
    } | values


ROWS = [
    _row("sys/name", "string", string_value="first"),
    _row("sys/id", "string", string_value="WIN-1"),
    _row("sys/owner", "string", string_value="ann"),
    _row("sys/description", "string", string_value="a note"),
    _row("sys/creation_time", "datetime", datetime_value=START),
    _row("sys/ping_time", "datetime", datetime_value=START.replace(hour=1)),
    _row("sys/running_time", "float", float_value=12.5),
    _row("sys/failed", "bool", bool_value=True),
    _row("sys/tags", "string_set", string_set_value=["best", "v2"]),
    _row("sys/group_tags", "string_set", string_set_value=["group"]),
    _row("params/lr", "float", float_value=0.1),
    _row("params/depth", "int", int_value=3),
    _row("params/on", "bool", bool_value=True),
    _row("params/when", "datetime", datetime_value=START),
    _row("params/sets", "string_set", string_set_value=["a", "b"]),
    *(_row("train/loss", "float_series", step, float_value=1 / (step + 1)) for step in range(5)),
    *(_row("odd", "float_series", i, float_value=v) for i, v in enumerate((np.nan, np.inf))),
    *(_row("half", "float_series", step / 2, float_value=step) for step in range(3)),
    *(_row("monitoring/ab12/cpu", "float_series", step, float_value=7.0) for step in range(2)),
    *(_row("monitoring/ab12/stdout", "string_series", s, string_value=f"line {s}") for s in (0, 1)),
    _row(
        "grads",
        "histogram_series",
        4,
        histogram_value={"type": "COUNTING", "edges": [0.0, 1.0, 2.0], "values": [3.0, 4.0]},
    ),
    _row("model", "file", file_value={"path": "WIN-1/model/model.bin"}),
    _row("pictures", "file_series", 2, file_value={"path": "WIN-1/pictures/2.png"}),
    _row("code", "file_set", file_value={"path": "WIN-1/code"}),
]


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_table(pa.Table.from_pylist(rows, _schema())))
    return path


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """The folders ``data`` and ``files`` of an export, with one run in two parts."""
    exports = tmp_path / "exports"
    _write(exports / "data" / FOLDER / "WIN-1_part_0.parquet", ROWS[:18])
    _write(exports / "data" / FOLDER / "WIN-1_part_1.parquet", ROWS[18:])
    files = exports / "files" / FOLDER / "WIN-1"
    for name in ("model/model.bin", "pictures/2.png", "code/a.py", "code/inner/b.py"):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(name)
    return exports


def test_reads_a_run(exports: Path) -> None:
    found = read_all(SOURCE, exports)
    assert found.skipped == []
    [run] = found.runs
    assert (run.experiment, run.name, run.status) == (PROJECT, "first", "FAILED")
    assert (run.note, run.context["user"], run.duration) == ("a note", "ann", 12.5)
    assert run.start_time == START.timestamp() * 1e6
    assert run.end_time == START.replace(hour=1).timestamp() * 1e6
    assert run.tags == {"neptune.id": "WIN-1", "tags": "best, v2", "group_tags": "group"}
    assert run.params == {
        "params/lr": 0.1,
        "params/depth": 3,
        "params/on": True,
        "params/when": "2025-01-01T00:00:00+00:00",
        "params/sets": ["a", "b"],
    }
    assert points_of(run, "train/loss") == [(step, 1 / (step + 1)) for step in range(5)]
    assert repr(points_of(run, "odd")) == "[(0, nan), (1, inf)]"
    assert points_of(run, "half") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert points_of(run, "system/ab12/cpu") == [(0, 7.0), (1, 7.0)]
    [loss] = [one for one in run.metrics if one.key == "train/loss"]
    assert list(loss.times)[1] == START.replace(second=1).timestamp() * 1e6


def test_reads_files(exports: Path) -> None:
    [run] = read_all(SOURCE, exports).runs
    files = {one.path: one for one in run.files}
    assert set(files) == {
        "model.bin",
        "pictures/2.png",
        "code/a.py",
        "code/inner/b.py",
        "texts/monitoring/ab12/stdout.txt",
        "histograms/grads/4.json",
    }
    picture = files["pictures/2.png"]
    assert (picture.kind, picture.key, picture.step) == ("image", "pictures", 2)
    assert _content(files["texts/monitoring/ab12/stdout.txt"]) == b"line 0\nline 1\n"
    histogram = json.loads(_content(files["histograms/grads/4.json"]))
    assert histogram == {"counts": [3.0, 4.0], "edges": [0.0, 1.0, 2.0], "count": 7.0}


def _content(file: FileRecord) -> bytes:
    assert isinstance(file.source, bytes)
    return file.source


def test_files_that_are_elsewhere_are_told(exports: Path) -> None:
    found = read_all(SOURCE, exports / "data")
    assert len(found.runs) == 1
    assert [one.reason for one in found.skipped] == [
        f"the file 'WIN-1/{path}' of {key!r} is not below this place"
        for path, key in (
            ("model/model.bin", "model"),
            ("pictures/2.png", "pictures"),
            ("code", "code"),
        )
    ]
    [alone] = read_all(SOURCE, exports / "data" / FOLDER / "WIN-1_part_0.parquet").runs
    assert alone.params["params/lr"] == 0.1


def test_many_runs_and_projects_are_kept_apart(exports: Path) -> None:
    other = [row | {"run_id": "WIN-2"} for row in ROWS[:18]]
    _write(exports / "data" / FOLDER / "WIN-2_part_0.parquet", other)
    third = [row | {"project_id": "team/beer"} for row in ROWS[:18]]
    _write(exports / "data" / "team_beer" / "WIN-1_part_0.parquet", third)
    found = read_all(SOURCE, exports)
    assert [(run.experiment, run.tags["neptune.id"]) for run in found.runs] == [
        ("team/beer", "WIN-1"),
        (PROJECT, "WIN-1"),
        (PROJECT, "WIN-2"),
    ]
    assert len({run.identity for run in found.runs}) == 3


def test_identity_stays_where_an_export_moves_and_grows(exports: Path, tmp_path: Path) -> None:
    [before] = read_all(SOURCE, exports).runs
    moved = Path(shutil.move(exports, tmp_path / "elsewhere"))
    more = [_row("train/loss", "float_series", 9, float_value=0.0)]
    _write(moved / "data" / FOLDER / "WIN-1_part_10.parquet", more)
    [after] = read_all(SOURCE, moved).runs
    assert after.identity == before.identity
    assert points_of(after, "train/loss")[-1] == (9, 0.0)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([_row("sys/state", "string", string_value="Active")], "RUNNING"),
        ([_row("sys/state", "string", string_value="Inactive")], "FINISHED"),
        ([_row("sys/failed", "bool", bool_value=False)], "FINISHED"),
    ],
)
def test_statuses(tmp_path: Path, rows: list[dict[str, Any]], status: str) -> None:
    _write(tmp_path / "WIN-1_part_0.parquet", rows)
    [run] = read_all(SOURCE, tmp_path).runs
    assert (run.name, run.status) == ("WIN-1", status)


def test_trashed_runs_are_deleted(tmp_path: Path) -> None:
    _write(tmp_path / "a_part_0.parquet", [_row("sys/trashed", "bool", bool_value=True)])
    [run] = read_all(SOURCE, tmp_path).runs
    assert run.deleted


def test_odd_columns_are_skipped(exports: Path) -> None:
    table = pa.Table.from_pylist(ROWS[:3], _schema())
    odd = table.set_column(4, "step", pa.array(["x"] * 3))
    (exports / "data" / FOLDER / "WIN-1_part_2.parquet").write_bytes(encode_table(odd))
    few = table.select(["project_id", "run_id", "attribute_path", "attribute_type"])
    (exports / "data" / FOLDER / "WIN-2_part_0.parquet").write_bytes(encode_table(few))
    _write(exports / "data" / FOLDER / "WIN-3_part_0.parquet", [ROWS[0] | {"run_id": None}])
    found = read_all(SOURCE, exports)
    assert [len(run.params) for run in found.runs] == [5, 0]
    assert [Path(one.path).name for one in found.skipped] == ["WIN-1_part_2.parquet", FOLDER]
    with pytest.raises(NeptuneUnreadable, match=r"WIN-1_part_2\.parquet"):
        read_all(SOURCE, exports, strict=True)


def test_damaged_parts_are_skipped_one_by_one(exports: Path) -> None:
    part = exports / "data" / FOLDER / "WIN-1_part_1.parquet"
    content = part.read_bytes()
    for length in range(0, len(content), max(1, len(content) // 80)):
        part.write_bytes(content[:length])
        found = read_all(SOURCE, exports)
        assert len(found.runs) == 1
        assert [Path(one.path).name for one in found.skipped] == [part.name]
    for place in range(0, len(content), max(1, len(content) // 200)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        part.write_bytes(damaged)
        assert read_all(SOURCE, exports).runs[0].params["params/lr"] == 0.1


def test_links_are_not_followed(exports: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    files = exports / "files" / FOLDER / "WIN-1"
    (files / "link").symlink_to(tmp_path / "secret.txt")
    (files / "code" / "link").symlink_to(tmp_path)
    os.mkfifo(files / "code" / "pipe")
    rows = [
        _row(f"file {number}", "file", file_value={"path": path})
        for number, path in enumerate(
            ("WIN-1/link", "../../../secret.txt", str(tmp_path / "secret.txt"))
        )
    ]
    _write(exports / "data" / FOLDER / "WIN-1_part_2.parquet", rows)
    found = read_all(SOURCE, exports)
    assert len(found.skipped) == 3
    paths = {one.path for one in found.runs[0].files}
    assert {path for path in paths if path.startswith("code/")} == {"code/a.py", "code/inner/b.py"}
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "a_part_0.parquet").symlink_to(
        exports / "data" / FOLDER / "WIN-1_part_0.parquet"
    )
    assert not SOURCE.finds(open_place(tmp_path / "linked"))


def test_other_parquet_is_none(tmp_path: Path) -> None:
    (tmp_path / "a_part_0.parquet").write_bytes(encode_table(pa.table({"step": [1]})))
    (tmp_path / "b_part_0.parquet").write_bytes(b"PAR1")
    assert not SOURCE.finds(open_place(tmp_path))


CELLS = st.fixed_dictionaries(
    {
        "attribute_path": st.none() | st.text(max_size=3),
        "attribute_type": st.none() | st.sampled_from(["float_series", "float", "string", "odd"]),
        "step": st.none() | st.decimals(-(10**6), 10**6, places=6),
        "timestamp": st.none() | st.datetimes(timezones=st.just(UTC)),
        "float_value": st.none() | st.floats(),
        "string_value": st.none() | st.text(max_size=3),
    }
)


@given(st.lists(CELLS, max_size=8))
def test_any_rows_are_read(rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, _schema())
    series = list(read_series(table, 0))
    expected = [
        row
        for row in rows
        if row["attribute_type"] == "float_series"
        and row["attribute_path"]
        and row["float_value"] is not None
    ]
    assert sum(len(one.values) for one in series) == len(expected)
    assert all(len(one.steps) == len(one.times) == len(one.values) for one in series)
    assert set(read_scalars(table)) <= {row["attribute_path"] for row in rows}
