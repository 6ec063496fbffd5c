"""The importance of parameters for the charts, and histograms over steps."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import runfolio
from runfolio.site import build_report
from runfolio.site.shards import read_shard


def shard(path: Path) -> Any:
    """The document in a shard."""
    return read_shard(path.read_text(encoding="utf-8"))


def write_sweep(store: Path, *, runs: int) -> None:
    noise = random.Random(1)
    for number in range(runs):
        with runfolio.start_run(
            experiment="sweep", name=f"run {number}", store=store, capture=False
        ) as run:
            depth, rate = noise.randint(1, 9), noise.random()
            run.log_params({"depth": depth, "rate": rate, "same": 1})
            run.log_metrics({"loss": depth + noise.random() / 9, "time": rate, "noise": 1.0})


def test_importance_is_told_by_metric_the_primary_one_first(tmp_path: Path) -> None:
    write_sweep(tmp_path / "runs", runs=12)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    (path,) = (tmp_path / "site" / "data" / "experiments").glob("*-importance.js")
    document = shard(path)
    found = dict(document["metrics"])
    assert next(iter(found)) == "loss"
    assert "noise" not in found
    assert document["left"] == 0
    assert found["loss"]["items"][0][0] == "depth"
    assert found["time"]["items"][0][0] == "rate"
    assert found["loss"]["trusted"]
    assert "out of bag" in found["loss"]["method"]
    assert sum(share for _, share, _ in found["loss"]["items"]) <= 1.001
    page = next((tmp_path / "site" / "experiments").glob("*.html")).read_text(encoding="utf-8")
    assert " data-importance>" in page


def test_of_few_runs_no_importance_is_known(tmp_path: Path) -> None:
    write_sweep(tmp_path / "runs", runs=5)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    assert not list((tmp_path / "site" / "data" / "experiments").glob("*-importance.js"))
    page = next((tmp_path / "site" / "experiments").glob("*.html")).read_text(encoding="utf-8")
    assert "data-importance" not in page


def test_histograms_of_several_steps_have_a_shard(tmp_path: Path) -> None:
    with runfolio.start_run(experiment="net", store=tmp_path / "runs", capture=False) as run:
        for step in (0, 10):
            run.log_histogram([0.0, 1.0, 1.0, 2.0], "weights", bins=2, step=step)
        run.log_histogram([1.0, 2.0], "once", step=3)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    (path,) = (tmp_path / "site" / "data" / "histograms").glob("*.js")
    histogram = {"edges": [0, 1, 2], "counts": [1, 3]}
    expected = [{"step": step, **histogram} for step in (0, 10)]
    assert shard(path) == {"series": [{"key": "weights", "histograms": expected}]}
