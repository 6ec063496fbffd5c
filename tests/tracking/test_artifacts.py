from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import runfolio
from runfolio.errors import InvalidPath, InvalidValue
from runfolio.store import read_parquet, read_store
from runfolio.tracking.artifacts import safe_name


@pytest.fixture
def run(store: Path) -> Any:
    with runfolio.start_run(store=store, capture=False) as run:
        yield run


def _listed(run: runfolio.Run) -> dict[str, dict[str, Any]]:
    tables = read_store(run.folder.parents[1])
    listed = {row["path"]: row for row in tables.artifacts.to_pylist()}
    for path, row in listed.items():
        content = (run.folder / "artifacts" / path).read_bytes()
        assert (row["size"], row["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    on_disk = [p for p in (run.folder / "artifacts").rglob("*") if p.is_file()]
    assert len(on_disk) == len(listed)
    return listed


def test_a_file_is_kept_under_its_name(run: runfolio.Run, tmp_path: Path) -> None:
    (tmp_path / "ü \U0001f377.csv").write_text("a\n1\n")
    run.log_artifact(tmp_path / "ü \U0001f377.csv")
    run.log_artifact("ü \U0001f377.csv", "deep/er")
    listed = _listed(run)
    assert set(listed) == {"ü \U0001f377.csv", "deep/er/ü \U0001f377.csv"}
    assert {(row["kind"], row["media_type"]) for row in listed.values()} == {("file", "text/csv")}


def test_a_folder_is_kept_with_all_in_it(run: runfolio.Run, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"a")
    (folder / "inner" / ".hidden").write_bytes(b"b")
    run.log_artifact(folder)
    run.log_artifact(folder, "best")
    run.log_artifacts(folder)
    run.log_artifacts(folder, "x/y")
    inside = ("a.bin", "inner/.hidden")
    prefixes = ("model/", "best/model/", "", "x/y/")
    assert set(_listed(run)) == {f"{prefix}{path}" for prefix in prefixes for path in inside}


def test_logging_a_path_again_replaces_it(run: runfolio.Run) -> None:
    run.log_text("first", "a.txt")
    run.log_text("second!", "a.txt")
    assert _listed(run)["a.txt"]["size"] == 7
    run.finish()
    assert _listed(run)["a.txt"]["size"] == 7


@pytest.mark.parametrize(
    "path", ["../x", "/abs", "a\\b", "C:/x", "", ".", "a\0", "a/../../b", "a//b", "~/\n"]
)
def test_a_path_that_leaves_the_run_is_refused_by_every_verb(
    run: runfolio.Run, tmp_path: Path, path: str
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    acts: list[Any] = [
        lambda: run.log_text("x", path),
        lambda: run.log_dict({}, path),
        lambda: run.log_image(np.zeros((1, 1), np.uint8), f"{path}/a.png"),
        lambda: run.log_table({"a": [1]}, f"{path}/a.parquet"),
        *[lambda: run.log_artifact("file", path)] * bool(path),
        *[lambda: run.log_artifact("folder", path)] * bool(path),
        *[lambda: run.log_artifacts("folder", path)] * bool(path),
    ]
    for act in acts:
        with pytest.raises(InvalidPath, match="artifact path"):
            act()
    assert sorted(tmp_path.rglob("*")) == before
    assert _listed(run) == {}


def test_a_folder_with_a_bad_name_in_it_logs_nothing(run: runfolio.Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_text("x")
    (tmp_path / "folder" / "b\\c").write_text("x")
    with pytest.raises(InvalidPath, match="holds a backslash"):
        run.log_artifact("folder")
    assert _listed(run) == {}


def test_nothing_there_is_an_error(run: runfolio.Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidPath, match="No file or folder at 'nothing' to log"):
        run.log_artifact("nothing")
    with pytest.raises(InvalidPath, match="No folder at 'nothing' to log"):
        run.log_artifacts("nothing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidPath, match="No file or folder at"):
        run.log_artifact(tmp_path / "pipe")


def test_text_is_kept_as_utf_8(run: runfolio.Run) -> None:
    run.log_text("grün\n\U0001f377 \udce9", "note.md")
    assert (run.folder / "artifacts" / "note.md").read_bytes() == "grün\n\U0001f377 ?".encode()
    assert _listed(run)["note.md"]["media_type"] == "text/markdown"


def test_a_dictionary_is_kept_as_json(run: runfolio.Run) -> None:
    run.log_dict({"a": [1, None], "path": Path("x"), "ü": 1.5}, "config.json")
    text = (run.folder / "artifacts" / "config.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": [1, None], "path": "x", "ü": 1.5}
    assert "ü" in text
    assert _listed(run)["config.json"]["kind"] == "dict"


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
        pa.table({"a": [1, 2], "b": ["x", None]}),
        {"a": [1, 2], "b": ["x", None]},
    ],
    ids=["pandas", "arrow", "columns"],
)
@pytest.mark.parametrize("path", ["t", "t.parquet", "deep/t"])
def test_a_table_is_kept_as_parquet(run: runfolio.Run, table: Any, path: str) -> None:
    run.log_table(table, path)
    ((kept, row),) = _listed(run).items()
    assert kept == f"{path.removesuffix('.parquet')}.parquet"
    assert (row["kind"], row["media_type"]) == ("table", "application/vnd.apache.parquet")
    read = read_parquet(run.folder / "artifacts" / kept)
    assert read.to_pydict() == {"a": [1, 2], "b": ["x", None]}


def test_pictures_of_a_series_have_steps(run: runfolio.Run) -> None:
    picture = np.zeros((2, 3), np.uint8)
    for step in (None, None, 10, None, 3):
        run.log_image(picture, key="samples/ü", step=step)
    run.log_image(picture, key="other")
    listed = list(_listed(run).values())
    assert {row["kind"] for row in listed} == {"image"}
    assert sorted((row["key"], row["step"]) for row in listed) == [
        ("other", 0),
        *(("samples/ü", step) for step in (0, 1, 3, 10, 11) if step != 11),
        ("samples/ü", 11),
    ]


def test_a_picture_has_either_a_path_or_a_key(run: runfolio.Run) -> None:
    picture = np.zeros((2, 3), np.uint8)
    for path, key in ((None, None), ("a.png", "a")):
        with pytest.raises(InvalidValue, match="either a path or a key"):
            run.log_image(picture, path, key=key)
    with pytest.raises(InvalidValue, match="A step needs a key"):
        run.log_image(picture, "a.png", step=3)
    run.log_image(picture, "plots/a")
    assert set(_listed(run)) == {"plots/a.png"}


def test_histograms_are_a_series_of_json_files(run: runfolio.Run) -> None:
    for _ in range(2):
        run.log_histogram(np.arange(10.0), "weights", bins=5)
    listed = _listed(run)
    assert [(row["key"], row["step"], row["kind"]) for row in listed.values()] == [
        ("weights", 0, "histogram"),
        ("weights", 1, "histogram"),
    ]


def test_file_names_of_series_differ_where_the_keys_do() -> None:
    keys = ["a", "A", "a ", "ä", "/", "..", "", "CON", "x" * 250, "x" * 249 + "y"]
    names = [safe_name(key) for key in keys]
    assert len({name.lower() for name in names}) == len(keys)
    assert all(name.replace("-", "").isalnum() and len(name) < 60 for name in names)


def test_a_picture_that_could_not_be_kept_leaves_its_step_free(run: runfolio.Run) -> None:
    with pytest.raises(InvalidValue):
        run.log_image(np.zeros((2, 2, 7)), key="samples")
    run.log_image(np.zeros((2, 2)), key="samples")
    assert [row["step"] for row in _listed(run).values()] == [0]


def test_a_picture_is_named_for_what_it_is(store: Path) -> None:
    with runfolio.start_run(experiment="e", store=store, capture=False) as run:
        for name in ("a.PNG", "b.jpg", "c"):
            run.log_image(np.zeros((2, 2), np.uint8), name)
    paths = [row["path"] for row in read_store(store).artifacts.to_pylist()]
    assert paths == ["a.PNG", "b.jpg.png", "c.png"]
