"""Exports as CSV and JSON, and as W&B's CSV."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import ExperimentNotFound, InvalidValue, OutputRefused, StoreNotFound
from runfolio.exports import export_runs
from runfolio.exports.exporting import FORMATS


@pytest.fixture
def runs(store: Path) -> dict[str, str]:
    """Two runs with something of everything, by name."""
    found = {}
    for name, loss in (("first", 0.5), ("=cmd()", float("nan"))):
        with runfolio.start_run(name=name, experiment="wine", store=store, capture=False) as run:
            run.log_params({"alpha": 0.1, "layers": [1, 2]})
            run.log_metrics({"loss": 1.0}, step=0, time=1000.0)
            run.log_metrics({"loss": loss, "acc": 0.25}, step=1, time=1001.5)
            run.log_metric("system/cpu", 3.0, step=0, time=1001.0)
            run.set_tag("team", "-blue")
            run.set_note("A\nnote")
            run.log_text("hello", "a.txt")
        found[name] = run.id
    return found


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_the_runs_and_every_point(
    store: Path, runs: dict[str, str], tmp_path: Path
) -> None:
    done = export_runs("csv", tmp_path / "out", store=store)
    assert (done.runs, done.warnings) == (2, ())
    first, second = read_csv(tmp_path / "out" / "runs.csv")
    assert first["run_id"] == runs["first"]
    assert first["params.alpha"] == "0.1"
    assert first["params.layers"] == "[1, 2]"
    assert first["metrics.loss"] == "0.5"
    assert second["metrics.loss"] == "nan"
    assert first["note"] == "A\nnote"
    points = read_csv(tmp_path / "out" / "points.csv")
    assert len(points) == 8
    assert [row["value"] for row in points if row["key"] == "acc"] == ["0.25", "0.25"]
    assert points[0]["time"].endswith("+00:00")


def test_text_that_a_spreadsheet_would_run_is_quoted(
    store: Path, runs: dict[str, str], tmp_path: Path
) -> None:
    export_runs("csv", tmp_path / "out", store=store)
    rows = read_csv(tmp_path / "out" / "runs.csv")
    assert [row["name"] for row in rows] == ["first", "'=cmd()"]
    assert {row["tags.team"] for row in rows} == {"'-blue"}


def test_json_has_everything_and_is_strict(
    store: Path, runs: dict[str, str], tmp_path: Path
) -> None:
    export_runs("json", tmp_path / "runs.json", store=store)
    text = (tmp_path / "runs.json").read_text()
    first, second = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert first["params"] == {"alpha": 0.1, "layers": "[1, 2]"}
    assert first["metrics"]["loss"] == [
        [0, "1970-01-01T00:16:40+00:00", 1.0],
        [1, "1970-01-01T00:16:41.500000+00:00", 0.5],
    ]
    assert second["metrics"]["loss"][1][2] == "NaN"
    assert first["artifacts"][0]["path"] == "a.txt"


def test_wandb_csv_has_a_table_and_histories(
    store: Path, runs: dict[str, str], tmp_path: Path
) -> None:
    export_runs("wandb-csv", tmp_path / "out", store=store)
    first, _ = read_csv(tmp_path / "out" / "runs.csv")
    assert (first["Name"], first["State"], first["alpha"]) == ("first", "finished", "0.1")
    assert first["loss"] == "0.5"
    path = tmp_path / "out" / "history" / f"first-{runs['first'][:8]}.csv"
    rows = read_csv(path)
    assert [(row["_step"], row["loss"], row["acc"]) for row in rows] == [
        ("0", "1.0", ""),
        ("1", "0.5", "0.25"),
    ]
    assert "system/cpu" not in rows[0]


def test_wandb_csv_names_each_column_once(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(name="r", store=store, capture=False) as run:
        run.log_params({"loss": 1, "loss (config)": 2, "Name": 3, "alpha": 4})
        run.log_metrics({"loss": 5, "Name": 6, "_step": 7}, step=8)
    export_runs("wandb-csv", tmp_path / "out", store=store)
    [row] = read_csv(tmp_path / "out" / "runs.csv")
    heads = (tmp_path / "out" / "runs.csv").read_text().splitlines()[0].split(",")
    assert len(heads) == len(set(heads))
    named = ("Name", "Name (config)", "Name (summary)", "loss", "loss (config)", "alpha", "_step")
    assert [row[name] for name in named] == ["r", "3", "6.0", "5.0", "2", "4", "7.0"]
    assert row["loss (config) (config)"] == "1"
    [point] = read_csv(tmp_path / "out" / "history" / f"r-{run.id[:8]}.csv")
    assert (point["_step"], point["_step (history)"], point["Name"]) == ("8", "7.0", "6.0")


@pytest.mark.parametrize("form", FORMATS)
def test_no_run_is_no_export(store: Path, runs: dict[str, str], tmp_path: Path, form: str) -> None:
    with pytest.raises(InvalidValue, match=r"No run matches \"attributes\.name = 'x'\""):
        export_runs(form, tmp_path / "a", filter="attributes.name = 'x'", store=store)
    for run_id in runs.values():
        runfolio.delete_runs(run_id, store=store)
    with pytest.raises(InvalidValue, match=r"No run to export\. Say view='all'"):
        export_runs(form, tmp_path / "a", store=store)
    with pytest.raises(InvalidValue, match="No run in 'wine' to export"):
        export_runs(form, tmp_path / "a", experiments="wine", store=store)
    assert not (tmp_path / "a").exists()


def test_a_filter_chooses_the_runs(store: Path, runs: dict[str, str], tmp_path: Path) -> None:
    filtered = export_runs("csv", tmp_path / "a", filter="attributes.name = 'first'", store=store)
    assert filtered.runs == 1
    assert len(read_csv(tmp_path / "a" / "points.csv")) == 4
    runfolio.delete_runs(runs["first"], store=store)
    assert export_runs("csv", tmp_path / "b", store=store).runs == 1
    assert export_runs("csv", tmp_path / "c", view="all", store=store).runs == 2


def test_what_can_not_be_exported_is_said(
    store: Path, runs: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match="No format 'xml' to export"):
        export_runs("xml", tmp_path / "a", store=store)
    with pytest.raises(ExperimentNotFound, match="No experiment 'x'"):
        export_runs("csv", tmp_path / "a", experiments="x", store=store)
    with pytest.raises(StoreNotFound, match="No run store"):
        export_runs("csv", tmp_path / "a", store=tmp_path / "none")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(OutputRefused, match="is there already"):
        export_runs("csv", tmp_path / "full", store=store)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "runs"]
