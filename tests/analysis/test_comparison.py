"""Comparing runs, the baseline and the verdict."""

from __future__ import annotations

import math

import pytest

from runfolio.analysis.comparison import (
    MetricCell,
    choose_baseline,
    compare_runs,
    summarise_verdict,
)

RUNS = ["a", "b", "c"]
PARAMS = {
    "a": {"lr": 0.1, "model": "x", "epochs": 10, "n": 1, "flag": True},
    "b": {"lr": 0.2, "model": "x", "epochs": 10, "n": 1.0, "flag": 1},
    "c": {"lr": 0.1, "model": "x", "epochs": 10, "n": 1, "flag": True, "extra": math.nan},
}
METRICS: dict[str, dict[str, float | None]] = {
    "a": {"rmse": 2.0, "r2": 0.0, "odd": 1.0, "system/cpu": 3.0},
    "b": {"rmse": 1.0, "r2": 0.5, "odd": 2.0},
    "c": {"rmse": math.nan, "r2": -0.5, "acc": 1.0},
}


def cells(name: str, baseline: str | None = None) -> tuple[MetricCell, ...]:
    comparison = compare_runs(RUNS, PARAMS, METRICS, baseline=baseline)
    return next(row.cells for row in comparison.metrics if row.name == name)


def test_parameters_that_differ_come_first() -> None:
    comparison = compare_runs(RUNS, PARAMS, METRICS)
    assert [row.name for row in comparison.differing] == ["extra", "flag", "lr"]
    assert [row.name for row in comparison.params[3:]] == ["epochs", "model", "n"]
    assert comparison.params[2].values == (0.1, 0.2, 0.1)
    assert comparison.params[0].values[:2] == (None, None)


def test_nan_is_the_same_as_nan() -> None:
    params = {"a": {"x": math.nan}, "b": {"x": math.nan}}
    assert compare_runs(["a", "b"], params, {}).differing == ()


def test_metrics_by_name_with_the_primary_first_and_the_machine_last() -> None:
    comparison = compare_runs(RUNS, PARAMS, METRICS, primary="rmse")
    names = [row.name for row in comparison.metrics]
    assert names == ["rmse", "acc", "odd", "r2", "system/cpu"]


def test_deltas_to_the_first_run() -> None:
    base, better, missing = cells("rmse")
    assert base == MetricCell(2.0, None, None, None, best=False)
    assert better == MetricCell(1.0, -1.0, -0.5, "better", best=True)
    assert (missing.delta, missing.relative, missing.judgement, missing.best) == (
        None,
        None,
        None,
        False,
    )


def test_another_baseline() -> None:
    assert cells("rmse", baseline="b")[0] == MetricCell(2.0, 1.0, 1.0, "worse", best=False)
    assert cells("rmse", baseline="nobody") == cells("rmse", baseline="a")


def test_no_relative_difference_to_zero() -> None:
    assert cells("r2")[1] == MetricCell(0.5, 0.5, None, "better", best=True)
    assert cells("r2")[2] == MetricCell(-0.5, -0.5, None, "worse", best=False)


def test_unknown_direction_and_missing_value() -> None:
    assert cells("odd")[1:] == (
        MetricCell(2.0, 1.0, 1.0, None, best=False),
        MetricCell(None, None, None, None, best=False),
    )


def test_directions_given_win() -> None:
    comparison = compare_runs(RUNS, PARAMS, METRICS, directions={"rmse": "up"})
    row = next(row for row in comparison.metrics if row.name == "rmse")
    assert (row.direction, row.cells[1].judgement) == ("up", "worse")


@pytest.mark.parametrize(
    ("base", "value", "judgement", "delta"),
    [
        (0.1 + 0.2, 0.3, "same", 0.0),
        (math.inf, math.inf, "same", 0.0),
        (math.inf, 1.0, "better", -math.inf),
        (1.0, math.inf, "worse", math.inf),
        (-2.0, -3.0, "better", -1.0),
        (1e-300, 1e300, "worse", 1e300),
    ],
)
def test_odd_values(base: float, value: float, judgement: str, delta: float) -> None:
    row = compare_runs(["a", "b"], {}, {"a": {"loss": base}, "b": {"loss": value}}).metrics[0]
    assert (row.cells[1].judgement, row.cells[1].delta) == (judgement, delta)
    assert row.cells[1].relative is None or math.isfinite(row.cells[1].relative)


def test_nothing_to_compare() -> None:
    comparison = compare_runs([], {}, {})
    assert (comparison.baseline, comparison.params, comparison.metrics) == (None, (), ())


def test_baseline_is_the_first_finished_run_with_a_value() -> None:
    runs = [
        ("crashed", "FAILED", 1.0),
        ("none", "FINISHED", None),
        ("diverged", "FINISHED", math.nan),
        ("good", "FINISHED", 2.0),
        ("later", "FINISHED", 1.0),
    ]
    assert choose_baseline(runs) == "good"
    assert choose_baseline(runs[:3]) is None


def test_verdict() -> None:
    values = {"a": 0.8, "b": 0.6, "c": None, "d": math.nan, "e": 0.6}
    verdict = summarise_verdict(values, direction="down", baseline="a")
    assert verdict is not None
    assert (verdict.run, verdict.value, verdict.runs, verdict.tied) == ("b", 0.6, 3, 1)
    assert (verdict.baseline, verdict.baseline_value) == ("a", 0.8)
    assert verdict.change == pytest.approx(-25)


@pytest.mark.parametrize("baseline", [None, "c", "nobody"])
def test_verdict_without_a_baseline(baseline: str | None) -> None:
    verdict = summarise_verdict({"a": 1.0, "b": 3.0, "c": None}, direction="up", baseline=baseline)
    assert verdict is not None
    assert (verdict.run, verdict.baseline, verdict.change) == ("b", None, None)


def test_verdict_with_a_baseline_of_zero_or_below() -> None:
    verdict = summarise_verdict({"a": 0.0, "b": 3.0}, direction="up", baseline="a")
    assert verdict is not None
    assert (verdict.baseline_value, verdict.change) == (0.0, None)
    verdict = summarise_verdict({"a": -2.0, "b": -1.0}, direction="up", baseline="a")
    assert verdict is not None
    assert verdict.change == pytest.approx(50)


def test_no_verdict_without_values() -> None:
    assert summarise_verdict({"a": None, "b": math.nan}, direction="up", baseline="a") is None
