"""Results on a run's page, in its shard and as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

import runfolio
from runfolio.site import build_report
from runfolio.site.results import CURVE_POINTS, MAX_CLASSES, MAX_STEPS
from runfolio.site.shards import read_shard

HOSTILE = "</script><img src=x onerror=alert(1)>'\"&{{ 7*7 }}"


@pytest.fixture
def run(store: Path) -> Any:
    with runfolio.start_run(store=store, experiment="e", name="r", capture=False) as run:
        yield run


def build(run: runfolio.Run) -> Path:
    run.finish()
    site = run.folder.parents[2] / "site"
    build_report(run.folder.parents[1], output=site)
    return site


def page(site: Path, run: runfolio.Run) -> BeautifulSoup:
    return BeautifulSoup((site / "runs" / f"{run.id}.html").read_text(), "html.parser")


def part(site: Path, run: runfolio.Run) -> Any:
    """The part of the page that shows results; None when it has none."""
    return page(site, run).find(id="results")


def shard(site: Path, name: str) -> Any:
    text = (site / "data" / f"{name}.js").read_text()
    assert text.startswith(f'runfolio.register("{name}",')
    return read_shard(text)


def test_a_run_without_results_has_no_part_for_them(run: runfolio.Run) -> None:
    run.log_dict({"runfolio": "plan"}, "results/plan.json")
    site = build(run)
    assert part(site, run) is None
    assert "results" not in shard(site, f"runs/{run.id}")
    assert not (site / "data" / "results").exists()


def test_a_matrix_is_a_table_and_a_picture_and_data(run: runfolio.Run) -> None:
    run.log_confusion_matrix(matrix=[[8, 2], [0, 5]], labels=["cat", HOSTILE])
    site = build(run)
    shown = part(site, run)
    rows = [[cell.text for cell in row(["th", "td"])] for row in shown.table("tr")]
    assert rows == [["true \\ predicted", "cat", HOSTILE], ["cat", "8", "2"], [HOSTILE, "0", "5"]]
    assert shown.summary.text == "confusion_matrix: 86.7 % on the diagonal, in numbers"
    picture = shown.noscript.picture
    for address in (picture.source["srcset"], picture.img["src"]):
        assert (site / "runs" / address).resolve().is_file()
    assert shard(site, f"runs/{run.id}")["results"] is True
    [matrix] = shard(site, f"results/{run.id}")["matrices"]
    assert matrix["name"] == "confusion_matrix"
    [entry] = matrix["entries"]
    assert entry["labels"] == ["cat", HOSTILE]
    assert entry["counts"] == [[8, 2], [0, 5]]
    assert (entry["step"], entry["classes"]) == (None, 2)


def test_curves_of_one_name_share_a_chart(run: runfolio.Run) -> None:
    run.log_curve("__proto__", [0, 1], [0, 1], label="a", kind="roc")
    run.log_curve("__proto__", [0, 1], [0, 0.5], label="b", kind="roc")
    run.log_curve("gain", [0, 1], [0, 2])
    site = build(run)
    found = {one["name"]: one for one in shard(site, f"results/{run.id}")["curves"]}
    [entry] = found["__proto__"]["entries"]
    assert [one["label"] for one in entry["curves"]] == ["a", "b"]
    assert found["__proto__"]["x_title"] == "false positive rate"
    assert (found["gain"]["kind"], found["gain"]["y_title"]) == (None, "y")
    figures = part(site, run)("figure")
    legends = [[item.text for item in figure("li")] for figure in figures]
    assert sorted(legends) == [[], ["a", "b"]]


def test_scores_stand_in_the_table(run: runfolio.Run) -> None:
    run.log_pr_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    table = part(build(run), run).table
    rows = [[cell.text for cell in row(["th", "td"])] for row in table("tr")]
    assert rows[0] == ["curve", "average precision", "share of positive cases", "points"]
    assert rows[1] == ["precision-recall", "0.8333", "0.5", "5"]


def test_a_series_shows_its_last_step_and_has_some_of_all(run: runfolio.Run) -> None:
    for step in range(60):
        run.log_confusion_matrix([0, 1], [0, int(step > 30)], step=step)
    site = build(run)
    [matrix] = shard(site, f"results/{run.id}")["matrices"]
    steps = [entry["step"] for entry in matrix["entries"]]
    assert (len(steps), steps[0], steps[-1]) == (MAX_STEPS, 0, 59)
    shown = part(site, run)
    assert "100 % on the diagonal, step 59" in shown.summary.text
    assert "The last of several steps." in shown.text
    assert len(shown("figure")) == 1


def test_of_many_classes_the_most_confused_are_shown(run: runfolio.Run) -> None:
    size = MAX_CLASSES + 20
    counts = np.eye(size, dtype=int) * 10
    counts[size - 1, 0] = 30
    run.log_confusion_matrix(matrix=counts)
    site = build(run)
    [entry] = shard(site, f"results/{run.id}")["matrices"][0]["entries"]
    assert len(entry["labels"]) == len(entry["counts"]) == MAX_CLASSES
    assert {"0", str(size - 1)} <= set(entry["labels"])
    assert entry["accuracy"] == pytest.approx(size * 10 / (size * 10 + 30), rel=1e-5)
    shown = part(site, run)
    rows = [[cell.text for cell in row(["th", "td"])] for row in shown.table("tr")]
    assert rows[0] == ["class", "cases", "precision", "recall"]
    assert rows[1] == ["0", "10", "25 %", "100 %"]
    assert rows[-1] == [str(size - 1), "40", "100 %", "25 %"]
    assert f"The {MAX_CLASSES} of {size} classes" in shown.text


@pytest.mark.parametrize("turning", [False, True])
def test_long_curves_are_reduced_for_the_page_only(run: runfolio.Run, turning: bool) -> None:
    x = np.linspace(0, 1, 20_000)
    y = np.sin(40 * x)
    run.log_curve("long", np.cos(9 * x) if turning else x, y)
    site = build(run)
    [[curve]] = [one["entries"][0]["curves"] for one in shard(site, f"results/{run.id}")["curves"]]
    assert len(curve["x"]) == len(curve["y"]) <= CURVE_POINTS
    assert curve["x"] != sorted(curve["x"]) if turning else curve["x"] == sorted(curve["x"])
    assert max(curve["y"]) > 0.999
    assert "20,000" in part(site, run).table.text


def test_what_lies_where_results_do_is_read_by_its_shape(run: runfolio.Run) -> None:
    matrix = {"runfolio": "confusion-matrix", "version": 1, "name": "copied"}
    run.log_dict(matrix | {"labels": ["a"], "counts": [[1]]}, "results/copied.json")
    run.log_dict(matrix | {"labels": ["a"], "counts": [[-1]]}, "results/wrong.json")
    run.log_dict(matrix | {"labels": ["a"], "counts": [[1]]}, "elsewhere.json")
    site = build(run)
    [found] = shard(site, f"results/{run.id}")["matrices"]
    assert found["name"] == "copied"


def test_a_link_out_of_the_run_is_not_followed(run: runfolio.Run, tmp_path: Path) -> None:
    run.log_confusion_matrix([0], [0])
    run.finish()
    file = run.folder / "artifacts" / "results" / "confusion_matrix.json"
    file.rename(tmp_path / "outside.json")
    file.symlink_to(tmp_path / "outside.json")
    assert not (build(run) / "data" / "results").exists()


def test_the_same_store_gives_the_same_bytes_and_pictures_are_kept(run: runfolio.Run) -> None:
    run.log_roc_curve([0, 1, 0, 1], [0.1, 0.9, 0.3, 0.2])
    site = build(run)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    build_report(run.folder.parents[1], output=site)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
