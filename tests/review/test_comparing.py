"""Which metrics got better or worse, and what else changed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import runfolio
from runfolio.errors import InvalidValue, SideEmpty
from runfolio.review.comparing import compare_runs
from runfolio.review.wording import say_group_notes
from tests.review.compared import log_run, log_seeds


def test_the_numbers_are_those_of_pandas_and_scipy(store: Path) -> None:
    rng = np.random.default_rng(5)
    before, after = rng.normal(0.6, 0.02, 5).tolist(), rng.normal(0.5, 0.03, 4).tolist()
    log_seeds(store, "rmse", before, params={"model": "ridge"})
    log_seeds(store, "rmse", after, params={"model": "cnn"})
    found = runfolio.compare_runs("params.model = 'ridge'", "params.model = 'cnn'", store=store)
    (one,) = found.experiments[0].metrics
    runs = runfolio.search_runs(store=store).groupby("params.model")["metrics.rmse"]
    mean, std = runs.mean(), runs.std()
    assert (one.base.mean, one.head.mean) == pytest.approx((mean["ridge"], mean["cnn"]))
    assert (one.base.std, one.head.std) == pytest.approx((std["ridge"], std["cnn"]))
    interval = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    assert one.interval == pytest.approx((interval.low, interval.high))
    assert one.relative == pytest.approx(mean["cnn"] / mean["ridge"] - 1)
    assert one.verdict == "better"
    assert [change.name for change in found.experiments[0].params] == ["model", "seed"]


def test_metrics_by_interest_with_their_directions(store: Path) -> None:
    base = log_run(store, {"epoch": 3, "acc": 0.5, "val/loss": 1.0, "odd": 1.0, "old": 1.0})
    head = log_run(store, {"epoch": 4, "acc": 0.4, "val/loss": 0.5, "odd": 2.0, "fresh": 1.0})
    found = compare_runs(base, head, store=store).experiments[0]
    assert found.primary == "val/loss"
    verdicts = {one.metric: (one.direction, one.verdict) for one in found.metrics}
    assert next(iter(verdicts)) == "val/loss"
    assert list(verdicts)[-1] == "epoch"
    assert verdicts == {
        "val/loss": ("down", "better"),
        "acc": ("up", "worse"),
        "epoch": (None, "changed"),
        "odd": (None, "changed"),
        "old": (None, "gone"),
        "fresh": (None, "new"),
    }


def test_the_settings_of_the_experiment_say_the_direction(store: Path) -> None:
    base, head = log_run(store, {"a": 1.0, "loss": 1}), log_run(store, {"a": 2.0, "loss": 1})
    runfolio.describe_experiment("wine", primary_metric="a", direction="up", store=store)
    found = compare_runs(base, head, store=store).experiments[0]
    assert (found.primary, found.metrics[0].verdict) == ("a", "better")


def test_a_direction_nobody_told_judges_nothing(store: Path) -> None:
    base, head = log_run(store, {"k": 1.0}), log_run(store, {"k": 2.0})
    found = compare_runs(base, head, store=store).experiments[0]
    assert (found.primary, found.metrics[0].direction) == ("k", None)
    assert found.metrics[0].verdict == "changed"


def test_the_settings_of_the_other_store_count_where_this_has_none(tmp_path: Path) -> None:
    base = log_run(tmp_path / "old", {"a": 1.0})
    runfolio.describe_experiment("wine", primary_metric="a", direction="up", store=tmp_path / "old")
    head = log_run(tmp_path / "new", {"a": 2.0})
    found = compare_runs(base, head, store=tmp_path / "new", base_store=tmp_path / "old")
    assert found.experiments[0].metrics[0].verdict == "better"


def test_runs_that_broke_off_count_only_where_there_are_no_others(store: Path) -> None:
    log_run(store, {"rmse": 1.0}, params={"side": 1})
    log_run(store, {"rmse": 9.0}, params={"side": 1}, failed=True)
    log_run(store, {"rmse": 2.0}, params={"side": 2}, failed=True)
    found = compare_runs("params.side = 1", "params.side = 2", store=store).experiments[0]
    assert (found.base.left_out, found.metrics[0].base.values) == (1, (1.0,))
    assert (found.head.left_out, found.head.broke_off, found.head.values("rmse")) == (
        0,
        True,
        (2.0,),
    )


def test_a_run_that_diverged_is_worse(store: Path) -> None:
    base, head = log_run(store, {"loss": 1.0}), log_run(store, {"loss": [0.5, math.nan]})
    (one,) = compare_runs(base, head, store=store).experiments[0].metrics
    assert (one.verdict, one.head.lost, one.change) == ("worse", 1, None)


def test_experiments_are_compared_by_themselves(store: Path) -> None:
    for side in ("old", "new"):
        log_run(store, {"rmse": 1.0}, experiment="a", tags={"side": side})
        log_run(store, {"rmse": 1.0}, experiment="b", tags={"side": side})
        log_run(store, {"rmse": 1.0}, experiment=f"only {side}", tags={"side": side})
    found = compare_runs("tag:old", "tag:new", store=store)
    assert [one.head.experiment for one in found.experiments] == ["a", "b"]
    assert (found.only_base, found.only_head) == (("only old",), ("only new",))


def test_single_experiments_are_compared_across(store: Path) -> None:
    base = log_run(store, {"rmse": 1.0}, experiment="a")
    head = log_run(store, {"rmse": 2.0}, experiment="b")
    found = compare_runs(base, head, store=store)
    assert (found.experiments[0].base.experiment, found.only_base) == ("a", ())
    third = log_run(store, {"rmse": 2.0}, experiment="c")
    ids = f"run_id IN ('{head}', '{third}')"
    with pytest.raises(SideEmpty, match="the base has runs of 'a', the head of 'b', 'c'"):
        compare_runs(base, ids, store=store)


def test_metrics_are_chosen_by_name_or_pattern(store: Path) -> None:
    base = log_run(store, {"val/loss": 1.0, "val/acc": 1.0, "train/loss": 1.0, "odd[1]": 1.0})
    found = compare_runs(base, base, store=store, metrics=["val/*", "odd[1]"])
    assert {one.metric for one in found.experiments[0].metrics} == {"val/loss", "val/acc", "odd[1]"}
    assert found.are_same
    with pytest.raises(InvalidValue, match=r"No metric 'nope'.*'odd\[1\]', 'train/loss'"):
        compare_runs(base, base, store=store, metrics="nope")


def test_measurements_of_the_machine_are_left_out(store: Path) -> None:
    base = log_run(store, {"rmse": 1.0, "system/cpu_percent": 50.0})
    assert len(compare_runs(base, base, store=store).experiments[0].metrics) == 1


def test_parameters_that_vary_on_a_side_are_told_but_for_seeds(store: Path) -> None:
    log_seeds(store, "rmse", [1.0, 2.0], params={"side": 1})
    for depth in (1, 2):
        log_run(store, {"rmse": 1.0}, params={"side": 2, "depth": depth})
    found = compare_runs("params.side = 1", "params.side = 2", store=store).experiments[0]
    assert (found.base_varied, found.head_varied) == ((), ("depth",))
    (note,) = say_group_notes(found)
    said = "The runs of the head also differ in depth, so that their spread is not that of seeds"
    assert "".join(note) == f"{said} alone."
    for width in (7, 8):
        log_run(store, {"rmse": 1.0}, params={"side": 1, "width": width})
    both = compare_runs("params.side = 1", "params.side = 2", store=store).experiments[0]
    (note,) = say_group_notes(both)
    assert "".join(note).startswith("The runs of the base also differ in width, those of the head")
    changes = {one.name: (one.base, one.head) for one in found.params}
    assert changes == {
        "depth": ((), ("1", "2")),
        "seed": (("0", "1"), ()),
        "side": (("1",), ("2",)),
    }


def test_the_environment_that_changed(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"python": "3.11.1", "cpu_count": 8, "packages": ["numpy==1.26", "scipy==1.11"]}
    later = {"python": "3.12.0", "cpu_count": 8, "packages": ["numpy==2.0", "scipy==1.11", "new"]}
    ids = []
    for environment in (found, later):
        monkeypatch.setattr("runfolio.tracking.context.read_environment", lambda e=environment: e)
        ids.append(log_run(store, {"rmse": 1.0}, capture=["environment"]))
    one = compare_runs(*ids, store=store).experiments[0]
    assert [(c.name, c.base, c.head) for c in one.environment] == [
        ("python", ("3.11.1",), ("3.12.0",))
    ]
    assert [(c.name, c.base, c.head) for c in one.packages] == [
        ("new", (), ("",)),
        ("numpy", ("1.26",), ("2.0",)),
    ]


def test_curves_are_averaged_over_the_runs_at_shared_steps(store: Path) -> None:
    log_run(store, {"loss": [4.0, 2.0, 0.0]}, tags={"side": "old"})
    log_run(store, {"loss": [2.0, 2.0, 2.0, 9.0]}, tags={"side": "old"})
    log_run(store, {"loss": [1.0, math.nan, 3.0, 4.0], "once": 1.0}, tags={"side": "new"})
    (pair,) = compare_runs("tag:old", "tag:new", store=store).experiments[0].curves
    assert (pair.steps, pair.base, pair.head) == ((0, 1, 2), (3.0, 2.0, 1.0), (1.0, 2.0, 3.0))
    assert pair.head_whole == (1.0, 2.0, 3.0, 4.0)


def test_long_curves_have_twenty_points_and_keep_the_end(store: Path) -> None:
    base = log_run(store, {"loss": [float(step) for step in range(1000)]})
    (pair,) = compare_runs(base, base, store=store).experiments[0].curves
    assert len(pair.steps) <= 20
    assert (pair.steps[-1], pair.base[-1]) == (999, 999.0)
    assert len({b - a for a, b in zip(pair.steps, pair.steps[1:], strict=False)}) == 1


def test_another_tools_store_is_compared_where_it_lies(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    table.write_text("run,model,rmse\na,ridge,1.0\nb,cnn,0.5\n")
    found = compare_runs("metrics.rmse = 1", "metrics.rmse = 0.5", store=table)
    assert found.experiments[0].metrics[0].change == -0.5
