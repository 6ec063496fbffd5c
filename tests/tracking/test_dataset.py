from __future__ import annotations

import hashlib
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from runfolio.errors import InvalidName, InvalidValue
from runfolio.schema import TABLES
from runfolio.tracking import dataset
from runfolio.tracking.dataset import describe_dataset

COLUMNS: dict[str, list[Any]] = {"name": ["a", "b", "ö"], "x": [1, 2, 6], "y": [0.5, None, 1.5]}


def profile(data: Any) -> dict[str, Any]:
    text = describe_dataset(data)["profile"]
    assert text is not None
    return dict(json.loads(text))


def digest(data: Any) -> str:
    found = describe_dataset(data)["digest"]
    assert found is not None
    assert re.fullmatch("[0-9a-f]{16}", found)
    return found


def test_the_columns_are_those_of_the_store() -> None:
    found = describe_dataset(COLUMNS, name="wine", source="cellar", context="training")
    assert list(found) == [column.name for column in TABLES["inputs"]][1:]
    assert (found["name"], found["source"], found["context"]) == ("wine", "cellar", "training")


def test_a_table() -> None:
    found = describe_dataset(pa.table(COLUMNS))
    assert found["name"] == "dataset"
    assert found["source"] is None
    assert json.loads(found["schema"] or "") == [
        {"name": "name", "type": "string"},
        {"name": "x", "type": "int64"},
        {"name": "y", "type": "double"},
    ]
    assert json.loads(found["profile"] or "") == {
        "rows": 3,
        "columns": 3,
        "stats": {
            "x": {"min": 1, "max": 6, "mean": 3.0, "nulls": 0},
            "y": {"min": 0.5, "max": 1.5, "mean": 1.0, "nulls": 1},
        },
    }


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, dict])
def test_the_same_table_has_the_same_digest_in_every_library(kind: Any) -> None:
    assert digest(kind(COLUMNS)) == digest(pa.table(COLUMNS))


def test_any_change_of_a_table_changes_its_digest() -> None:
    others: list[dict[str, list[Any]]] = [
        COLUMNS,
        {**COLUMNS, "x": [1, 2, 7]},
        {**COLUMNS, "name": ["a", "b", "o"]},
        {**COLUMNS, "y": [0.5, 0.0, 1.5]},
        {"name": COLUMNS["name"], "z": COLUMNS["x"], "y": COLUMNS["y"]},
        {"x": COLUMNS["x"], "name": COLUMNS["name"], "y": COLUMNS["y"]},
        {key: values[:2] for key, values in COLUMNS.items()},
        {key: values[::-1] for key, values in COLUMNS.items()},
        {**COLUMNS, "x": [1.0, 2.0, 6.5]},
        {**COLUMNS, "list": [[1], [2, 3], []]},
        {**COLUMNS, "list": [[1], [2, 4], []]},
    ]
    assert len({digest(other) for other in others}) == len(others)


def test_digests_are_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "import json, sys, numpy as np\n"
        "from runfolio.tracking.dataset import describe_dataset\n"
        "for data in (json.loads(sys.argv[1]), np.arange(6).reshape(2, 3), np.array(['ö', {}])):\n"
        "    print(describe_dataset(data)['digest'])"
    )
    here = [digest(data) for data in (COLUMNS, np.arange(6).reshape(2, 3), np.array(["ö", {}]))]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, json.dumps(COLUMNS)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PYTHONHASHSEED": seed},
        )
        assert done.stdout.split() == here


def test_a_large_table_is_digested_by_some_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "MAX_CELLS", 100)
    frame = pd.DataFrame({"x": range(1000), "y": range(1000)})
    assert profile(frame)["rows"] == 1000
    assert profile(frame)["digest_rows"] == 50
    changed = frame.assign(x=range(1, 1001))
    assert digest(frame) == digest(frame.copy())
    assert digest(frame) != digest(changed)
    assert digest(frame) != digest(pd.concat([frame, frame.tail(1)]))


def test_only_so_many_columns_are_profiled() -> None:
    frame = pd.DataFrame(np.zeros((2, 300)))
    assert profile(frame)["columns"] == 300
    assert len(profile(frame)["stats"]) == 200


def test_an_array() -> None:
    found = describe_dataset(np.array([[1.0, np.nan], [3.0, np.inf]], np.float32))
    assert json.loads(found["schema"] or "") == [
        {"name": "values", "type": "float32", "shape": [2, 2]}
    ]
    stats = {"values": {"min": 1.0, "max": None, "mean": None, "nulls": 1}}
    assert json.loads(found["profile"] or "") == {"rows": 2, "columns": 2, "stats": stats}


def test_several_arrays() -> None:
    x, y = np.zeros((4, 3)), np.array(["a", "b", "c", "d"])
    named, numbered = describe_dataset({"x": x, "y": y}), describe_dataset((x, y))
    assert [one["name"] for one in json.loads(named["schema"] or "")] == ["x", "y"]
    assert [one["name"] for one in json.loads(numbered["schema"] or "")] == ["0", "1"]
    assert json.loads(named["profile"] or "")["columns"] == 4
    assert list(json.loads(named["profile"] or "")["stats"]) == ["x"]


def test_any_change_of_an_array_changes_its_digest() -> None:
    array = np.arange(6)
    others = [
        array,
        array[::-1],
        array.reshape(2, 3),
        array.astype(np.int32),
        array.astype(object),
        array[:5],
    ]
    assert len({digest(other) for other in others}) == len(others)
    assert digest(array) == digest(np.arange(12)[::2] // 2)
    assert digest(array) == digest(array.astype(">i8")) or sys.byteorder == "big"


def test_a_large_array_is_digested_by_some_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "MAX_CELLS", 100)
    array = np.arange(3000).reshape(1000, 3)
    assert profile(array)["digest_rows"] == {"values": 33}
    assert digest(array) != digest(array + 1)
    assert digest(array) != digest(array[:999])


def test_nothing_at_all() -> None:
    assert profile(np.zeros((0, 3)))["rows"] == 0
    assert profile(pd.DataFrame({"x": pd.Series([], dtype=float)}))["stats"]["x"]["min"] is None
    assert profile({}) == {"rows": 0, "columns": 0, "stats": {}}


def test_numbers_too_large_for_json() -> None:
    stats = profile({"x": [1e308, 1e308], "y": [math.inf, 1.0]})["stats"]
    assert stats["x"]["max"] == 1e308
    assert stats["y"]["max"] is None


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file(tmp_path: Path, kind: Any) -> None:
    file = tmp_path / "wine.quality.csv"
    file.write_bytes(b"alcohol,quality\n9.1,6\n")
    found = describe_dataset(kind(file))
    assert found["digest"] == hashlib.sha256(b"alcohol,quality\n9.1,6\n").hexdigest()[:16]
    assert (found["name"], found["source"]) == ("wine.quality", str(file))
    assert (found["schema"], found["profile"]) == (None, '{"bytes": 22}')


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats" / "1.png").write_bytes(b"12345")
    assert describe_dataset(folder)["name"] == "images"
    assert profile(folder) == {"files": 1, "bytes": 5, "digest_of": "names and sizes"}
    before = digest(folder)
    (folder / "cats" / "2.png").write_bytes(b"")
    assert digest(folder) != before


def test_a_url_is_not_opened_and_gives_no_credentials_away() -> None:
    found = describe_dataset("https://ada:s3cret@example.invalid/data/wine.csv?sig=s3cret")
    assert found["source"] == "https://example.invalid/data/wine.csv"
    assert found["name"] == "wine"
    assert found["schema"] is None
    assert found["digest"] == digest("https://example.invalid/data/wine.csv")


def test_what_is_said_counts() -> None:
    found = describe_dataset(COLUMNS, name="wine", digest="v1", source="s3://key:secret@bucket/w")
    assert (found["name"], found["digest"], found["source"]) == ("wine", "v1", "s3://bucket/w")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (7, "can't be a builtins.int. Give a table, an array"),
        (None, "can't be a builtins.NoneType"),
        ([1, 2], "can't be a builtins.list"),
        ("gone.csv", "Couldn't read the data set 'gone.csv': No such file"),
    ],
)
def test_what_is_no_data(data: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        describe_dataset(data)


def test_a_name_that_is_too_long() -> None:
    with pytest.raises(InvalidName, match="data set name has at most 250"):
        describe_dataset(COLUMNS, name="x" * 251)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "secret.csv"
    file.touch(mode=0o000)
    with pytest.raises(InvalidValue, match="Permission denied"):
        describe_dataset(file)
