"""Curves for the browser: overviews that keep spikes, and parts that together are all points."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
from runfolio.query import Curve
from runfolio.query.runs import RunRecord
from runfolio.site import build_report
from runfolio.site.curves import (
    CURVE_POINTS,
    PART_POINTS,
    shard_curves,
    shard_curves_of,
    shard_points,
)
from runfolio.site.library import RunEntry
from runfolio.site.shards import read_shard
from tests.packed import unpack

START = 1_700_000_000_000_000


def entry(*curves: Curve, step_metrics: dict[str, str] | None = None) -> RunEntry:
    record = RunRecord(
        id="0123456789abcdef",
        experiment="one",
        name="run",
        status="FINISHED",
        start_time=START,
        end_time=None,
        duration=None,
        parent_id=None,
        note=None,
        context={"step_metrics": step_metrics} if step_metrics else {},
        params={},
        param_texts={},
        tags={},
        artifacts=(),
        inputs=(),
    )
    return RunEntry(record, 0, {}, {one.key: one for one in curves})


def curve(key: str, value: Any, *, step: Any = None, apart: int = 10) -> Curve:
    values = np.asarray(value, dtype=np.float64)
    steps = np.arange(len(values)) if step is None else np.asarray(step, dtype=np.int64)
    times = START + apart * np.arange(len(values), dtype=np.int64)
    return Curve("0123456789abcdef", key, steps, times, values)


def read_document(site: Path, name: str) -> dict[str, Any]:
    text = (site / "data" / f"{name}.js").read_text()
    assert text.startswith(f'runfolio.register("{name}",')
    document: dict[str, Any] = read_shard(text)
    return document


def long_values(count: int = 45_000) -> Any:
    values = np.random.default_rng(1).normal(size=count)
    values[20_500:20_600] = math.nan
    values[7], values[44_999] = math.inf, -math.inf
    values[31_234] = 1e9
    return values


def assemble(run: RunEntry, key: str) -> tuple[list[int], list[float], list[float]]:
    """All points of a long curve, from its parts."""
    shards = dict(shard_points(run))
    listed = shard_curves(run)["curves"][key]
    steps: list[int] = []
    times: list[float] = []
    values: list[float] = []
    for number in range(len(listed["parts"])):
        axis = shards[f"{listed['points']['axis']}-{number}"]
        steps += [int(one) for one in unpack(axis["step"])]
        times += axis["time"]
        part = shards[f"{listed['points']['values']}-{number}"]["value"]
        values += [float(value) for value in part]
    return steps, times, values


@pytest.mark.parametrize("step", [None, np.cumsum(np.random.default_rng(2).integers(1, 9, 45_000))])
def test_the_parts_together_are_all_points(step: Any) -> None:
    values = long_values()
    run = entry(curve("loss", values, step=step))
    steps, times, found = assemble(run, "loss")
    assert steps == (list(range(45_000)) if step is None else step.tolist())
    np.testing.assert_array_equal(np.array(found), values)
    assert times == [round(place * 1e-5, 6) for place in range(45_000)]


def test_points_are_by_step_and_those_of_one_step_in_the_order_logged() -> None:
    step = [3, 1, 1, 2] * 6000
    run = entry(curve("loss", np.arange(24_000), step=step))
    steps, _, values = assemble(run, "loss")
    assert steps == sorted(step)
    assert values[:3] == [1, 2, 5]


def test_parts_tell_the_range_they_hold() -> None:
    run = entry(curve("loss", long_values()))
    parts = shard_curves(run)["curves"]["loss"]["parts"]
    assert [part[:2] for part in parts] == [[0, 19_999], [20_000, 39_999], [40_000, 44_999]]
    assert parts[1][2:4] == [0.2, 0.39999]
    assert [part[4] for part in parts] == [PART_POINTS, PART_POINTS, 5000]


def test_the_overview_keeps_a_spike_the_ends_and_the_gaps() -> None:
    overview = shard_curves(entry(curve("loss", long_values())))
    listed = overview["curves"]["loss"]
    steps = unpack(overview["axes"][listed.get("axis", 0)]["step"])
    shown = dict(zip(steps, unpack(listed["value"]), strict=True))
    assert listed["total"] == 45_000
    assert len(steps) <= CURVE_POINTS
    assert shown[31_234] == 1e9
    assert (shown[7], shown[44_999]) == (math.inf, -math.inf)
    assert math.isnan(shown[20_500])
    assert 0 in shown


def test_a_short_curve_has_no_parts() -> None:
    run = entry(curve("loss", np.arange(CURVE_POINTS)))
    listed = shard_curves(run)["curves"]["loss"]
    assert "parts" not in listed
    assert "points" not in listed
    assert list(shard_points(run)) == []


def test_metrics_logged_together_share_their_steps() -> None:
    run = entry(curve("a", np.arange(2000.0)), curve("b", np.ones(2000)), curve("c", [1, 2]))
    assert sorted(name for name, _ in shard_points(run)) == [
        "points/0123456789abcdef/0-0",
        "points/0123456789abcdef/1-0",
        "points/0123456789abcdef/a0-0",
    ]


def test_names_of_shards_come_from_numbers_not_from_metrics() -> None:
    run = entry(curve("../<b>/__proto__", np.arange(2000.0)))
    assert all(name.startswith("points/0123456789abcdef/") for name, _ in shard_points(run))
    assert not any("proto" in name for name, _ in shard_points(run))


@pytest.mark.parametrize("pattern", ["train/loss", "train/*", "*"])
def test_a_metric_names_its_own_axis(pattern: str) -> None:
    curves = [curve("train/loss", [1, 2, 3]), curve("epoch", [0, 1, 2])]
    listed = shard_curves(entry(*curves, step_metrics={pattern: "epoch"}))["curves"]
    assert listed["train/loss"]["x"] == "epoch"
    assert "x" not in listed["epoch"]


def test_an_axis_that_the_run_has_no_curve_of_is_left_out() -> None:
    listed = shard_curves(entry(curve("loss", [1, 2]), step_metrics={"loss": "epoch"}))["curves"]
    assert "x" not in listed["loss"]


def test_a_site_holds_the_parts_that_its_shards_name(tmp_path: Path) -> None:
    values = [math.sin(step / 100) for step in range(1500)]
    with runfolio.start_run(experiment="one", store=tmp_path / "runs", capture=False) as run:
        for step, value in enumerate(values):
            run.log_metric("loss", value, step=2 * step)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    listed = read_document(tmp_path / "site", f"runs/{run.id}")["curves"]["loss"]
    axis = read_document(tmp_path / "site", f"{listed['points']['axis']}-0")
    assert axis["step"] == {"from": 0, "by": 2, "count": 1500}
    assert read_document(tmp_path / "site", f"{listed['points']['values']}-0") == {"value": values}


def test_metrics_of_one_axis_are_drawn_by_step_whatever_their_order() -> None:
    step = [4, 2, 2, 9]
    overview = shard_curves(entry(curve("a", [1, 2, 3, 4], step=step), curve("b", [5, 6, 7, 8])))
    assert overview["axes"][0]["step"] == [2, 2, 4, 9]
    assert overview["curves"]["a"] == {"value": [2, 3, 1, 4]}
    assert overview["curves"]["b"] == {"axis": 1, "value": [5, 6, 7, 8]}


def test_runs_together_have_the_curves_they_have_alone() -> None:
    lengths = [3, 60, 60, 1200]
    runs = [entry(curve("a", np.arange(n) / 7), curve("b", np.ones(n))) for n in lengths]
    assert shard_curves_of(runs) == [shard_curves(run) for run in runs]


def test_a_run_without_curves_has_none() -> None:
    assert shard_curves(entry(curve("loss", [1]))) == {}
