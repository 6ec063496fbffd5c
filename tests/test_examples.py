"""The examples run as a user would run them, and log what they say they log."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runfolio.store import StoreTables, read_store

ROOT = Path(__file__).resolve().parents[1]
WINE_CSV = ROOT.parent / "shared" / "data" / "winequality-white.csv"

Runs = list[dict[str, Any]]


def run_example(folder: Path, script: str, *arguments: str) -> tuple[StoreTables, str]:
    """Run an example from `folder`; return what is in the store it made, and what it printed."""
    search = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / script), *arguments, "--quick"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": search, "RUNFOLIO_STORE": "kept"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return read_store(folder / "kept"), done.stdout


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoreTables, str]:
    return run_example(tmp_path_factory.mktemp("diabetes"), "wine_quality.py")


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoreTables, str]:
    if not WINE_CSV.is_file():
        pytest.skip(f"the white-wine table is not at {WINE_CSV}")
    return run_example(tmp_path_factory.mktemp("wine"), "wine_quality.py", str(WINE_CSV))


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoreTables, str]:
    return run_example(tmp_path_factory.mktemp("digits"), "training_loop.py")


def id_of(tables: StoreTables, name: str) -> str:
    """The id of the one run called `name`."""
    [found] = [run["run_id"] for run in tables.runs.to_pylist() if run["name"] == name]
    return str(found)


def rows_of(table: Any, run_id: str) -> Runs:
    """The rows of `table` that belong to one run."""
    return [row for row in table.to_pylist() if row["run_id"] == run_id]


def last_values(tables: StoreTables, metric: str) -> dict[str, float]:
    """The last value of `metric` by the name of the run."""
    names = {run["run_id"]: run["name"] for run in tables.runs.to_pylist()}
    rows = [row for row in tables.metrics.to_pylist() if row["key"] == metric]
    return {names[row["run_id"]]: row["value"] for row in rows}


def test_wine_tells_its_story(wine: tuple[StoreTables, str]) -> None:
    tables, printed = wine
    rmse = last_values(tables, "rmse")
    assert rmse["alcohol only"] == pytest.approx(0.79, abs=0.03)
    assert rmse["all features"] == pytest.approx(0.75, abs=0.03)
    assert min(rmse.values()) < 0.7
    assert printed.splitlines()[0].split()[1] == f"{min(rmse.values()):.4f}"


def test_wine_names_where_its_data_came_from(wine: tuple[StoreTables, str]) -> None:
    tables, _ = wine
    [given] = rows_of(tables.inputs, id_of(tables, "all features"))
    assert (given["name"], given["source"]) == ("wine-quality", str(WINE_CSV))


def test_wine_table_is_read_with_semicolons_too(tmp_path: Path) -> None:
    rows = pd.DataFrame({"alcohol": range(8, 48), "pH": [3.0, 3.2] * 20, "quality": [5, 6] * 20})
    rows.to_csv(tmp_path / "wine.csv", sep=";", index=False)
    example = runpy.run_path(str(ROOT / "examples" / "wine_quality.py"))
    task = example["load_task"](str(tmp_path / "wine.csv"))
    assert list(task.table.columns) == ["alcohol", "pH", "quality"]
    assert task.name == "wine-quality"


def test_sweep_without_a_csv_is_on_a_table_scikit_learn_ships(
    diabetes: tuple[StoreTables, str],
) -> None:
    tables, printed = diabetes
    assert set(tables.runs["status"].to_pylist()) == {"FINISHED"}
    assert set(tables.runs["experiment"].to_pylist()) == {"diabetes"}
    assert 12 <= tables.runs.num_rows <= 16
    assert len(printed.splitlines()) == tables.runs.num_rows
    settings = tables.experiments["diabetes"]
    assert (settings.primary_metric, settings.direction) == ("rmse", "down")


def test_sweep_logs_what_a_comparison_needs(diabetes: tuple[StoreTables, str]) -> None:
    tables, _ = diabetes
    models = {row["text"] for row in tables.params.to_pylist() if row["key"] == "model"}
    assert models == {"linear", "ridge", "lasso", "random forest", "gradient boosting"}
    for metric in ("rmse", "r2", "train/rmse"):
        assert len(last_values(tables, metric)) == tables.runs.num_rows
    labels = {row["value"] for row in tables.tags.to_pylist() if row["key"] == "label"}
    assert labels == {"bmi only", "all features"}
    curve = rows_of(tables.metrics, id_of(tables, "gradient boosting 0.05 × 60"))
    assert [row["step"] for row in curve if row["key"] == "rmse"] == list(range(5, 61, 5))


def test_baselines_keep_their_histogram_and_model(diabetes: tuple[StoreTables, str]) -> None:
    tables, _ = diabetes
    for name in ("bmi only", "all features"):
        kept = {row["path"]: row for row in rows_of(tables.artifacts, id_of(tables, name))}
        assert kept["progression.png"]["media_type"] == "image/png"
        assert kept["model/model.skops"]["kind"] == kept["model/MLmodel"]["kind"] == "model"
    run = rows_of(tables.runs, id_of(tables, "bmi only"))[0]
    assert "**bmi**" in run["note"]


def test_the_best_model_of_each_kind_is_registered(diabetes: tuple[StoreTables, str]) -> None:
    tables, printed = diabetes
    (model,) = tables.models
    names = {run["run_id"]: run["name"] for run in tables.runs.to_pylist()}
    made = [names[str(one.run_id)] for one in model.versions]
    assert made[:2] == ["bmi only", "all features"]
    assert [name.split()[0] for name in made[2:]] == ["ridge", "lasso"]
    ranked = [line.split(maxsplit=2)[2] for line in printed.splitlines()]
    assert names[str(model.aliases["champion"].run_id)] == min(made, key=ranked.index)
    assert model.aliases["baseline"].number == 1


def test_training_loop_ends_as_it_says(digits: tuple[StoreTables, str]) -> None:
    tables, printed = digits
    status = {run["name"]: run["status"] for run in tables.runs.to_pylist()}
    assert status.pop("lr 2, batch 8") == "FAILED"
    assert set(status.values()) == {"FINISHED"}
    assert len(status) == 4
    assert "lr 2, batch 8: FAILED, the loss is nan" in printed


def test_training_loop_learns_and_diverges(digits: tuple[StoreTables, str]) -> None:
    tables, _ = digits
    accuracy = last_values(tables, "val/accuracy")
    assert accuracy["lr 0.2, batch 32"] > 0.9
    loss = last_values(tables, "val/loss")
    assert loss["lr 2, batch 8"] != loss["lr 2, batch 8"]  # NaN is kept
    kept = rows_of(tables.artifacts, id_of(tables, "lr 2, batch 8"))
    assert "traceback.txt" in {row["path"] for row in kept}


def test_training_loop_keeps_pictures_histograms_and_tables(
    digits: tuple[StoreTables, str],
) -> None:
    tables, _ = digits
    kept = rows_of(tables.artifacts, id_of(tables, "lr 0.2, batch 32"))
    series = [(row["key"], row["step"]) for row in kept if row["kind"] == "image"]
    assert series == [("hidden units", 0), ("hidden units", 10), ("hidden units", 11)]
    assert {"weights/first", "weights/second"} <= {row["key"] for row in kept}
    assert {"mistakes.parquet", "summary.txt"} <= {row["path"] for row in kept}


def test_training_loop_measures_the_machine_where_psutil_is(
    digits: tuple[StoreTables, str],
) -> None:
    pytest.importorskip("psutil", reason="psutil is not installed")
    tables, _ = digits
    assert any(key.startswith("system/") for key in tables.metrics["key"].to_pylist())


def test_autolog_logs_a_pipeline_and_a_search(tmp_path: Path) -> None:
    tables, printed = run_example(tmp_path, "sklearn_autolog.py")
    assert printed.startswith("best {'svc__C': ")
    runs = {run["name"]: run for run in tables.runs.to_pylist()}
    assert {run["status"] for run in runs.values()} == {"FINISHED"}
    assert {run["experiment"] for run in runs.values()} == {"tumours"}
    parents = [run["parent_id"] for run in runs.values() if run["parent_id"] is not None]
    assert parents == [runs["search"]["run_id"]] * 6
    search = rows_of(tables.metrics, id_of(tables, "search"))
    assert {"best_cv_score", "test_score", "training_score"} <= {row["key"] for row in search}
    assert last_values(tables, "training_accuracy_score")["Pipeline"] > 0.9
