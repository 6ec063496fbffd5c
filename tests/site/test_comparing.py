"""What the compare page gets of a run besides its numbers, and what is left out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runfolio
from runfolio.site.artifacts import view_artifacts
from runfolio.site.comparing import MAX_ROWS, MAX_TEXT, Comparable, gather_comparable
from runfolio.site.library import make_library
from runfolio.store import read_store

Log = Callable[[runfolio.Run], None]


@pytest.fixture
def gather(tmp_path: Path) -> Callable[[Log], Comparable]:
    def log_and_gather(log: Log) -> Comparable:
        store = tmp_path / "runs"
        with runfolio.start_run(experiment="one", store=store, capture=False) as run:
            log(run)
        (entry,) = make_library(read_store(store), title="t").runs
        return gather_comparable(entry, view_artifacts(entry))

    return log_and_gather


def own(comparable: Comparable) -> dict[str, Any]:
    (shard,) = (one for name, one in comparable.shards.items() if "packages-" not in name)
    return json.loads(json.dumps(shard, allow_nan=False))  # type: ignore[no-any-return]


def test_texts_and_json_come_whole(gather: Callable[[Log], Comparable]) -> None:
    def log(run: runfolio.Run) -> None:
        run.log_text("print(1)\n", "code/train.py")
        run.log_dict({"a": [1, 2]}, "config.json")

    texts = own(gather(log))["texts"]
    assert texts["code/train.py"] == {"kind": "text", "text": "print(1)\n"}
    assert texts["config.json"]["kind"] == "json"
    assert json.loads(texts["config.json"]["text"]) == {"a": [1, 2]}


def test_a_text_reads_as_its_mark_says(gather: Callable[[Log], Comparable], tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("día\n", encoding="utf-16")
    texts = own(gather(lambda run: run.log_artifact(path)))["texts"]
    assert texts["notes.txt"]["text"] == "día\n"


def test_a_file_larger_than_its_store_says_is_left_out(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with runfolio.start_run(experiment="one", store=store, capture=False) as run:
        run.log_text("small", "a.txt")
        run.log_text("a,b\n1,2\n", "b.csv")
    (run.folder / "artifacts" / "a.txt").write_text("x" * (MAX_TEXT + 1))
    (run.folder / "artifacts" / "b.csv").write_text("a,b\n" + "1,2\n" * (2 << 20))
    (entry,) = make_library(read_store(store), title="t").runs
    shard = own(gather_comparable(entry, view_artifacts(entry)))
    assert shard["left"] == ["a.txt: larger than 65.5 kB"]
    assert not {"texts", "tables"} & set(shard)


def test_what_is_too_large_is_named(gather: Callable[[Log], Comparable]) -> None:
    def log(run: runfolio.Run) -> None:
        run.log_text("x" * (MAX_TEXT + 1), "large.txt")
        for number in range(9):
            run.log_text("y" * MAX_TEXT, f"{number}.txt")

    shard = own(gather(log))
    assert sorted(shard["texts"]) == [f"{number}.txt" for number in range(8)]
    assert len(shard["left"]) == 2
    assert "8.txt: beyond" in " ".join(shard["left"])
    assert "large.txt: larger" in " ".join(shard["left"])


def test_tables_keep_their_values(gather: Callable[[Log], Comparable]) -> None:
    frame = pd.DataFrame(
        {"id": ["a", "b"], "right": [True, False], "score": [0.123456789, np.inf], "n": [1, 2**60]}
    )

    def log(run: runfolio.Run) -> None:
        run.log_table(frame, "rows")
        run.log_text("id;score\na;0.5\nb;\n", "rows.csv")
        run.log_dict([{"id": 1, "x": None}, {"id": 2, "y": [1]}], "rows.json")

    tables = own(gather(log))["tables"]
    assert tables["rows.parquet"] == {
        "columns": ["id", "right", "score", "n"],
        "rows": [["a", True, 0.123456789, 1], ["b", False, "Infinity", str(2**60)]],
        "total": 2,
    }
    assert tables["rows.csv"]["columns"] == ["id", "score"]
    assert tables["rows.csv"]["rows"] == [["a", "0.5"], ["b", ""]]
    assert tables["rows.json"]["columns"] == ["id", "x", "y"]
    assert tables["rows.json"]["rows"] == [[1, None, None], [2, None, "[1]"]]


def test_of_a_long_table_come_the_first_rows(gather: Callable[[Log], Comparable]) -> None:
    shard = own(gather(lambda run: run.log_table({"n": list(range(5000))}, "long")))
    table = shard["tables"]["long.parquet"]
    assert len(table["rows"]) == MAX_ROWS
    assert table["total"] == 5000


def test_pictures_come_by_key_and_step(gather: Callable[[Log], Comparable]) -> None:
    grey = np.zeros((4, 4), np.uint8)

    def log(run: runfolio.Run) -> None:
        run.log_image(grey, "one.png")
        for step in (0, 5):
            run.log_image(grey + step, key="samples", step=step)

    images = own(gather(log))["images"]
    assert [item["step"] for item in images["samples"]] == [0, 5]
    assert [item["step"] for item in images["one.png"]] == [None]
    assert all(item["src"].startswith("artifacts/") for item in images["samples"])


def test_broken_and_binary_files_do_no_harm(gather: Callable[[Log], Comparable]) -> None:
    def log(run: runfolio.Run) -> None:
        run.log_text("PAR1 this is none", "broken.parquet")
        run.log_text("[" * 5000, "deep.json")
        run.log_text("\u202eevil\u202c", "turned.txt")

    comparable = gather(log)
    shard = own(comparable)
    assert "broken.parquet" not in shard.get("tables", {})
    assert "broken.parquet" in shard["files"]
    assert "⟨U+202E⟩" in shard["texts"]["turned.txt"]["text"]


def test_packages_are_shared_between_runs(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    for name in ("a", "b"):
        with runfolio.start_run(experiment="one", name=name, store=store) as run:
            run.log_metric("x", 1)
    runs = make_library(read_store(store), title="t").runs
    first, second = (gather_comparable(run, view_artifacts(run)) for run in runs)
    shared = set(first.shards) & set(second.shards)
    assert len(shared) == 1
    (name,) = shared
    assert first.shards[name] == second.shards[name]
    assert "runfolio" in first.shards[name]["packages"]
    assert "packages" in first.kinds


def test_a_run_without_anything_has_no_shard(gather: Callable[[Log], Comparable]) -> None:
    assert gather(lambda run: run.log_metric("x", 1)) == Comparable((), {})
