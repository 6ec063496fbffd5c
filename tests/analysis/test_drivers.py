"""Which parameters drive a metric, on made-up experiments whose answer is known."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from runfolio.analysis.drivers import FEW_TREES, Drivers, rank_drivers
from runfolio.analysis.features import build_features

NONE: list[Any] = [None]
ALPHAS, DEPTHS = [0.01, 0.1, 1.0, 10.0], [2, 4, 8, 16]
GRID = {
    "linear": (NONE, NONE),
    "ridge": (ALPHAS, NONE),
    "lasso": (ALPHAS, NONE),
    "forest": (NONE, DEPTHS),
    "boosting": (NONE, DEPTHS),
}
SWEEP: list[tuple[str, Any, Any]] = [
    (model, alpha, depth)
    for model, (alphas, depths) in GRID.items()
    for alpha in alphas
    for depth in depths
]
BASE = {"linear": 0.75, "ridge": 0.75, "lasso": 0.76, "forest": 0.65, "boosting": 0.62}


def sweep() -> tuple[dict[str, list[Any]], np.ndarray[Any, np.dtype[np.float64]]]:
    params: dict[str, list[Any]] = {
        "model": [model for model, _, _ in SWEEP],
        "alpha": [alpha for _, alpha, _ in SWEEP],
        "depth": [depth for _, _, depth in SWEEP],
        "seed": [7] * len(SWEEP),
        "label": [f"run number {number}" for number in range(len(SWEEP))],
    }
    target = [BASE[model] - 0.001 * (depth or 0) for model, _, depth in SWEEP]
    return params, np.array(target)


def found(drivers: Drivers | None) -> Drivers:
    assert drivers is not None
    return drivers


def test_few_trees_find_the_same_first() -> None:
    params, target = sweep()
    many = found(rank_drivers(params, target, direction="down"))
    few = found(rank_drivers(params, target, direction="down", trees=FEW_TREES))
    assert few.items[0].name == many.items[0].name == "model"
    assert few.items[0].share == pytest.approx(many.items[0].share, abs=0.15)


def test_finds_what_made_the_difference() -> None:
    params, target = sweep()
    drivers = found(rank_drivers(params, target, direction="down", metric="rmse"))
    assert drivers.items[0].name == "model"
    assert drivers.items[0].effect == "best: boosting"
    assert drivers.items[0].share > 0.5
    assert {"seed", "label"}.isdisjoint(item.name for item in drivers.items)
    effects = {item.name: item.effect for item in drivers.items}
    assert effects["depth"] == "higher depth → lower rmse"
    assert sum(item.share for item in drivers.items) == pytest.approx(1)
    assert drivers.r2 > 0.7
    assert (drivers.runs, "17 runs" in drivers.method) == (17, True)


def test_best_follows_the_direction() -> None:
    params, target = sweep()
    drivers = found(rank_drivers(params, target, direction="up"))
    assert drivers.items[0].effect == "best: lasso"


def test_numbers_of_any_size_and_diverged_runs() -> None:
    rng = np.random.default_rng(3)
    rate = (10 ** rng.uniform(-300, 300, 60)).tolist()
    target = np.log10(rate)
    target[5], target[6], target[7] = 1e300, math.nan, math.inf
    params = {"rate": rate, "noise": rng.random(60).tolist(), "odd": [math.inf, math.nan] * 30}
    params["huge"] = [10**400, -(10**400)] * 30
    drivers = found(rank_drivers(params, target, direction="down", metric="loss"))
    assert drivers.items[0].name == "rate"
    assert drivers.items[0].effect == "higher rate → higher loss"
    assert drivers.items[0].share > 0.8
    assert drivers.runs == 58


@pytest.mark.parametrize(("direction", "word"), [("down", "worse"), ("up", "better")])
def test_effect_without_the_metrics_name(direction: str, word: str) -> None:
    values = list(range(30))
    drivers = found(rank_drivers({"x": values}, np.array(values), direction=direction))
    assert drivers.items[0].effect == f"higher x → {word}"


def test_effect_with_the_best_inside() -> None:
    values = [number / 10 for number in range(-30, 31)]
    target = np.array([abs(value - 0.2) for value in values])
    drivers = found(rank_drivers({"x": values}, target, direction="down"))
    assert drivers.items[0].effect.startswith("best near 0")


def test_whether_a_number_is_set() -> None:
    values = [None, 5] * 10
    target = np.array([0.0 if value is None else 1.0 for value in values])
    drivers = found(rank_drivers({"x": values}, target, direction="down"))
    assert [(item.name, item.effect) for item in drivers.items] == [("x", "better when not set")]


def test_a_missing_number_leaves_its_share_to_the_category_that_explains_it() -> None:
    params, _ = sweep()
    widths = {feature.name: feature.columns.shape[1] for feature in build_features(params)}
    assert widths == {"model": 5, "alpha": 1, "depth": 1}
    alone = build_features({"alpha": params["alpha"]})
    assert [feature.columns.shape[1] for feature in alone] == [2]


@pytest.mark.parametrize(
    ("params", "target"),
    [
        ({"x": [1, 2, 3, 4, 5]}, [1.0, 2.0, 3.0, 4.0, 5.0]),
        ({"x": [1, 2, 3, 4, 5, 6]}, [1.0, 2.0, 3.0, 4.0, 5.0, math.nan]),
        ({"x": [1] * 8}, list(range(8))),
        ({"x": list("abcdefgh")}, list(range(8))),
        ({}, list(range(8))),
        ({"x": list(range(8))}, [0.1] * 8),
        ({"x": [None] * 8}, list(range(8))),
    ],
)
def test_nothing_to_say(params: dict[str, list[Any]], target: list[float]) -> None:
    assert rank_drivers(params, np.array(target, dtype=float), direction="down") is None


def test_many_runs_are_sampled() -> None:
    values = list(range(3000))
    drivers = found(rank_drivers({"x": values}, np.array(values), direction="up"))
    assert drivers.runs == 1000


def test_values_of_every_kind() -> None:
    params: dict[str, list[Any]] = {
        "mixed": [1, "auto", None, True, 2.5, [1, 2], {"b": 1, "a": 2}, "auto", 1, None],
        "flag": [True, False] * 5,
        "text": ["a\n" * 99, "b"] * 5,
    }
    drivers = found(rank_drivers(params, np.arange(10.0) % 2, direction="up"))
    assert {"flag", "text"} <= {item.name for item in drivers.items}
    assert all(len(item.effect) <= 50 for item in drivers.items)


PROGRAM = """
import numpy as np
from runfolio.analysis.drivers import rank_drivers
rng = np.random.default_rng(0)
params = {"c": list(rng.choice(["a", "b", "c"], 40)), "x": rng.random(40).tolist()}
print(rank_drivers(params, np.array(params["x"]) + rng.random(40), direction="down"), end="")
"""


def test_same_in_every_process(capsys: pytest.CaptureFixture[str]) -> None:
    other = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exec(PROGRAM, {})
    assert capsys.readouterr().out == other
    assert "Driver(name='x'" in other


def test_order_of_parameters_does_not_matter() -> None:
    params, target = sweep()
    backwards = dict(reversed(params.items()))
    assert rank_drivers(params, target, direction="down") == rank_drivers(
        backwards, target, direction="down"
    )
