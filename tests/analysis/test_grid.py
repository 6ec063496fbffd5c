"""Axes of the parallel-coordinates plot."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.grid import Dimension, place_dimension

VECTORS = Path(__file__).parents[1] / "vectors" / "dimensions.json"


def marks(dimension: Dimension) -> list[tuple[float, str]]:
    return [(round(tick.position, 3), tick.label) for tick in dimension.ticks]


def test_numbers_between_their_ends() -> None:
    placed = place_dimension([0, 94, 47.0, None, 10, 20, 30, math.nan])
    assert placed.kind == "number"
    assert not placed.log
    assert placed.positions[:4] == [0.0, 1.0, 0.5, None]
    assert placed.positions[-1] is None
    assert marks(placed) == [(0, "0"), (0.266, "25"), (0.532, "50"), (0.798, "75"), (1, "94")]


def test_few_values_are_marked_themselves() -> None:
    assert marks(place_dimension([64, 16, 32])) == [(0, "16"), (0.333, "32"), (1, "64")]


def test_wide_numbers_go_by_logarithm() -> None:
    placed = place_dimension([0.001, 0.01, 0.1, 0.003, 0.03, 0.3, 1])
    assert placed.log
    assert placed.positions[:3] == pytest.approx([0, 1 / 3, 2 / 3])
    assert marks(placed) == [(0, "0.001"), (0.333, "0.01"), (0.667, "0.1"), (1, "1")]
    assert not place_dimension([0, 1000, 2, 3, 4, 5]).log


@pytest.mark.parametrize(
    ("values", "labels", "positions"),
    [
        (["m10", None, "m9", "M1"], ["M1", "m9", "m10"], [1.0, None, 0.5, 0.0]),
        ([True, False], ["false", "true"], [1.0, 0.0]),
        ([None, 5, "auto", 5.0], ["5", "auto"], [None, 0.0, 1.0, 0.0]),
        (["a", "a"], ["a"], [0.5, 0.5]),
        ([[2, 1], {"b": None}], ["[2, 1]", '{"b": null}'], [0.0, 1.0]),
    ],
)
def test_categories(values: list[Any], labels: list[str], positions: list[float | None]) -> None:
    placed = place_dimension(values)
    assert placed.kind == "category"
    assert [tick.label for tick in placed.ticks] == labels
    assert placed.positions == positions


def test_one_value_lies_in_the_middle() -> None:
    placed = place_dimension([10.0, 10, None])
    assert (placed.positions, marks(placed)) == ([0.5, 0.5, None], [(0.5, "10")])


@pytest.mark.parametrize("values", [[], [None], [math.nan, math.inf, 10**400]])
def test_nothing_to_place(values: list[Any]) -> None:
    placed = place_dimension(values)
    assert placed.positions == [None] * len(values)
    assert placed.ticks == []


def test_close_numbers_have_labels_that_differ() -> None:
    labels = [tick.label for tick in place_dimension([1.0001 + i / 1e6 for i in range(8)]).ticks]
    assert len(set(labels)) == len(labels) >= 2


@given(st.lists(st.none() | st.integers() | st.floats(), max_size=20))
def test_every_number_has_a_place_and_ticks_stand_apart(values: list[float | None]) -> None:
    placed = place_dimension(values)
    assert len(placed.positions) == len(values)
    for value, position in zip(values, placed.positions, strict=True):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            assert position is None
        elif position is not None:
            assert 0 <= position <= 1
    places = [tick.position for tick in placed.ticks]
    assert all(after - before >= 0.09 for before, after in pairwise(places))
    assert len(places) <= 5


def read(value: Any) -> Any:
    return float(value["number"]) if isinstance(value, dict) else value


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text(encoding="utf-8")))
def test_the_browser_and_python_agree(case: dict[str, Any]) -> None:
    """The same vectors hold templates/assets/js/charts/chart-dimensions.js."""
    placed = place_dimension([read(value) for value in case["values"]])
    assert (placed.kind, placed.log) == (case["kind"], case["log"])
    assert placed.positions == pytest.approx(case["positions"], abs=1e-8)
    assert [tick.label for tick in placed.ticks] == [label for _, label in case["ticks"]]
    assert [tick.position for tick in placed.ticks] == pytest.approx(
        [position for position, _ in case["ticks"]], abs=1e-8
    )
