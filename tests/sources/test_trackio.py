"""Reading Trackio's databases and Parquet exports."""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import TrackioUnreadable
from runfolio.schema import FileRecord
from runfolio.sources.place import open_place
from runfolio.sources.records import ForeignRun
from runfolio.sources.trackio.parquet import is_export
from runfolio.sources.trackio.runs import RunRows
from runfolio.sources.trackio.stores import SOURCE
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import points_of, read_all

WRITE = """
import sys
from pathlib import Path
import numpy as np
import pandas as pd
import trackio
from trackio.sqlite_storage import SQLiteStorage

trackio.init(project="my proj", name="first", config={"lr": 0.1, "model": {"depth": 3}},
             group="g1", embed=False)
odd = [float("nan"), float("inf"), -float("inf"), 1, 2]
for i in range(5):
    trackio.log({"loss": 1 / (i + 1), "odd": odd[i], "words": f"text {i}"}, step=i * 10)
black = trackio.Image(np.zeros((4, 4, 3), np.uint8), caption="black")
trackio.log({"pic": black, "hist": trackio.Histogram([1, 2, 3, 4], num_bins=2),
             "nested": {"a": 1, "b": {"c": 2}}}, step=50)
trackio.log({"tab": trackio.Table(dataframe=pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})),
             "md": trackio.Markdown("# hi")}, step=60)
trackio.log_system({"gpu/0/util": 50.0, "cpu": 3})
trackio.log_system({"gpu/0/util": 60.0})
trackio.alert(title="watch out", text="loss is high", level=trackio.AlertLevel.WARN)
trackio.finish()
trackio.init(project="my proj", name="second", config={"lr": 0.2}, embed=False)
trackio.log({"loss": 5})
trackio.finish()
SQLiteStorage._dataset_import_attempted = True
SQLiteStorage.export_to_parquet()
SQLiteStorage.export_for_static_space("my proj", Path("static"))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``store``, and ``static``: what Trackio publishes, media included."""
    folder = tmp_path_factory.mktemp("trackio")
    run_apart("peers", WRITE, cwd=folder, TRACKIO_DIR=str(folder / "store"))
    shutil.copytree(folder / "store" / "media" / "myproj", folder / "static" / "media")
    return folder


@pytest.fixture(params=["database", "export", "static"])
def store(request: pytest.FixtureRequest, written: Path, tmp_path: Path) -> Path:
    """Each of Trackio's three forms of one project, in a folder of its own."""
    name = "static" if request.param == "static" else "store"
    copy = Path(shutil.copytree(written / name, tmp_path / "here"))
    if request.param == "export":
        (copy / "myproj.db").unlink()
    return copy


@pytest.mark.parametrize("version", ["0.43.0", "0.5.3"])
def test_reads_both_versions(version: str) -> None:
    folder = sample("trackio", "GENERATED").with_name(f"GENERATED__trackio-{version}")
    found = read_all(SOURCE, folder)
    assert found.skipped == []
    assert len(found.runs) == 6
    assert sum(len(one.steps) for run in found.runs for one in run.metrics) == 3569
    run = found.run("conv2d")
    assert run.experiment == "lyme-détector试验"
    assert run.params["nested.lr"] == 0.001
    assert run.params["ünïcode"] == "é"
    assert "_Created" not in run.params
    assert points_of(run, "loss")[0] == (0, 9.781161308288574)
    assert math.isnan(points_of(found.run("sacred-3"), "traning/ep_rew_ag0")[0][1])


def test_reads_all_that_was_logged(store: Path) -> None:
    found = read_all(SOURCE, store)
    assert found.skipped == []
    first, second = found.runs
    assert (first.name, second.name) == ("first", "second")
    assert first.experiment == ("here" if (store / "runs.json").is_file() else "myproj")
    assert first.params == {"lr": 0.1, "model.depth": 3}
    assert first.tags == {"words": "text 4", "group": "g1"}
    assert [step for step, _ in points_of(first, "loss")] == [0, 10, 20, 30, 40]
    assert repr([value for _, value in points_of(first, "odd")]) == "[nan, inf, -inf, 1.0, 2.0]"
    assert points_of(first, "nested/b/c") == [(50, 2.0)]
    assert points_of(first, "system/gpu/0/util") == [(0, 50.0), (1, 60.0)]
    assert points_of(second, "loss") == [(0, 5.0)]
    assert second.params == {"lr": 0.2}
    assert first.start_time is not None
    assert first.start_time <= min(min(one.times) for one in first.metrics)


def test_reads_media_histograms_and_tables(store: Path) -> None:
    run = read_all(SOURCE, store).run("first")
    files = {one.path: one for one in run.files}
    picture = files["images/pic/50.png"]
    assert (picture.kind, picture.key, picture.step) == ("image", "pic", 50)
    assert isinstance(picture.source, Path)
    assert picture.source.read_bytes().startswith(b"\x89PNG")
    assert json.loads(_content(files["histograms/hist/50.json"])) == {
        "counts": [2, 2],
        "edges": [1.0, 2.5, 4.0],
        "count": 4,
    }
    assert _content(files["tables/tab/60.csv"]) == b"a,b\n1,x\n2,y\n"
    assert _content(files["texts/md/60.md"]) == b"# hi"
    if list(store.glob("*.db")):
        assert b"watch out: loss is high" in _content(files["alerts.txt"])


def _content(file: FileRecord) -> bytes:
    assert isinstance(file.source, bytes)
    return file.source


def test_all_forms_are_the_same_runs(written: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(written, tmp_path / "moved"))
    found = [
        [run.identity for run in read_all(SOURCE, one).runs]
        for one in (
            written / "store" / "myproj.db",
            written / "store" / "myproj.parquet",
            moved / "static",
        )
    ]
    assert found[0] == found[1] == found[2]


def test_an_export_beside_its_database_is_left_out(written: Path) -> None:
    assert len(read_all(SOURCE, written / "store").runs) == 2


def test_old_runs_stay_the_same_as_they_grow(tmp_path: Path) -> None:
    folder = sample("trackio", "GENERATED").with_name("GENERATED__trackio-0.5.3")
    before = [run.identity for run in read_all(SOURCE, folder / "maml-ppo.db").runs]
    shutil.copy(folder / "maml-ppo.db", tmp_path)
    (tmp_path / "maml-ppo.db").chmod(0o644)
    with sqlite3.connect(tmp_path / "maml-ppo.db") as database:
        database.execute(
            "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)",
            ("2027-01-01T00:00:00", "sacred-3", 99, b'{"a":1}'),
        )
    database.close()
    found = read_all(SOURCE, tmp_path)
    assert [run.identity for run in found.runs] == before
    assert points_of(found.runs[0], "a") == [(99, 1.0)]


def _rows(path: Path, *rows: tuple[Any, ...]) -> Path:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp, run_name, step, metrics)"
    )
    database.executemany(
        "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)", rows
    )
    database.commit()
    database.close()
    return path


TIME = "2024-01-01T00:00:00"


def test_odd_rows_are_skipped(tmp_path: Path) -> None:
    odd = [
        (TIME, "a", 0, b'{"x":1}'),
        (TIME, "a", 1, b'{"x":'),
        (TIME, "a", "two", b'{"x":1}'),
        ("soon", "a", 3, b'{"x":1}'),
        (TIME, None, 4, b'{"x":1}'),
        (TIME, "a", 5, b"\xff\x00"),
        (TIME, "a", 6, b"[1]"),
        (TIME, "a", 7, None),
        (TIME, "a", 8, b"[" * 100_000),
        (TIME, "a", 9, b'{"x":' + b"9" * 5000 + b"}"),
        (TIME, "a", 10, b'{"x":1e999,"y":' + b"9" * 400 + b',"z":[1,2],"n":null}'),
        (TIME, "a", 11, b'{"h":{"_type":"trackio.histogram","bins":[1],"values":[1,2]}}'),
        (TIME, "a", 12, b'{"i":{"_type":"trackio.image","file_path":"../../secret.png"}}'),
        (TIME, "a", 13, b'{"i":{"_type":"trackio.image","file_path":7}}'),
    ]
    _rows(tmp_path / "p.db", *odd)
    found = read_all(SOURCE, tmp_path)
    [run] = found.runs
    assert points_of(run, "x") == [(0, 1.0), (10, math.inf)]
    assert run.tags == {"z": "[1, 2]"}
    assert list(run.files) == []
    rows = [int(one.reason.split()[1]) for one in found.skipped if one.reason.startswith("row")]
    assert rows == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert [one.reason for one in found.skipped[9:]] == [
        "'h' of run 'a' at step 11: the histogram has not one edge more than bins",
        "'i' of run 'a' at step 12: the file '../../secret.png' is not there",
        "'i' of run 'a' at step 13: the file 7 is not there",
    ]
    with pytest.raises(TrackioUnreadable, match="row 2 of metrics"):
        read_all(SOURCE, tmp_path, strict=True)


def test_many_odd_rows_are_counted(tmp_path: Path) -> None:
    _rows(tmp_path / "p.db", *((TIME, "a", step, b"{") for step in range(50)))
    found = read_all(SOURCE, tmp_path)
    assert len(found.skipped) == 11
    assert found.skipped[-1].reason == "40 more rows of metrics can't be read"


def test_linked_media_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    store = tmp_path / "store"
    (store / "media").mkdir(parents=True)
    (store / "media" / "a.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(store / "media" / "b.png")
    (store / "media" / "p").symlink_to(tmp_path)
    names = ("a.png", "b.png", "p/secret.png", str(tmp_path / "secret.png"))
    value = [{"_type": "trackio.image", "file_path": name} for name in names]
    _rows(store / "p.db", (TIME, "a", 0, json.dumps({"i": value}).encode()))
    found = read_all(SOURCE, store)
    assert list(found.runs[0].files) == []
    assert len(found.skipped) == 4


def test_linked_databases_are_not_followed(tmp_path: Path) -> None:
    _rows(tmp_path / "p.db", (TIME, "a", 0, b"{}"))
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "p.db").symlink_to(tmp_path / "p.db")
    assert not SOURCE.finds(open_place(tmp_path / "store"))


def test_other_databases_and_tables_are_none(tmp_path: Path) -> None:
    import pyarrow as pa

    from runfolio.store.parquet import encode_table

    sqlite3.connect(tmp_path / "a.db").execute("CREATE TABLE metrics (key, value)").close()
    (tmp_path / "a.parquet").write_bytes(encode_table(pa.table({"step": [1]})))
    (tmp_path / "b.parquet").write_bytes(b"PAR1PAR1")
    assert not SOURCE.finds(open_place(tmp_path))


def _files_of(store: Path) -> list[Path]:
    return sorted(one for one in store.rglob("*") if one.suffix in (".db", ".parquet"))


def _count(runs: list[ForeignRun]) -> int:
    return sum(len(one.steps) for run in runs for one in run.metrics)


def test_a_database_that_is_all_in_its_log(tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "p.db")
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute(
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp, run_name, step, metrics)"
    )
    writer.execute(
        "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, 'a', 1, ?)",
        (TIME, b'{"x":2}'),
    )
    writer.commit()
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert points_of(read_all(SOURCE, tmp_path).runs[0], "x") == [(1, 2.0)]
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
    writer.close()


def test_truncated_stores(store: Path) -> None:
    for path in _files_of(store):
        content = path.read_bytes()
        for length in range(0, len(content), max(1, len(content) // 60)):
            path.write_bytes(content[:length])
            found = read_all(SOURCE, store)
            assert found.skipped or _count(found.runs) == 16 or length < 16
        path.write_bytes(content)


def test_bit_flipped_stores(store: Path) -> None:
    kept = 0
    for path in _files_of(store):
        content = path.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 60)):
            damaged = bytearray(content)
            damaged[place] ^= 1 << (place % 8)
            path.write_bytes(damaged)
            kept += _count(read_all(SOURCE, store).runs)
        path.write_bytes(content)
    assert kept > 300


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
)


@given(VALUES)
def test_any_value_is_taken(value: Any) -> None:
    rows = RunRows("a", "a")
    rows.add("k", value, 1, 2)
    for steps, times, values in rows.points.values():
        assert len(steps) == len(times) == len(values)
        assert all(isinstance(one, float) for one in values)


@given(st.binary(max_size=300))
def test_any_bytes_may_be_an_export(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    path.write_bytes(content + b"PAR1")
    assert not is_export(path)
