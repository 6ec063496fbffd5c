"""Rows for the specs: honest about what is missing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runfolio.charts.rows import (
    axis_rows,
    band_rows,
    bar_rows,
    curve_rows,
    find_best,
    ghost_rows,
    lone_rows,
    parallel_rows,
    scatter_kind,
    scatter_rows,
    tick_rows,
    title_direction,
)
from runfolio.charts.theme import NOT_SET


def run(**values: Any) -> dict[str, Any]:
    return {"id": "a", "name": "gb", "color": 0, "dash": 0} | values


def test_a_value_that_is_no_number_breaks_the_line() -> None:
    values = [1.0, math.nan, 2.0, math.inf, None, 3.0, 4.0]
    rows = curve_rows([run(step=list(range(7)), value=values)])
    found = [(row["piece"], row["value"]) for row in rows]
    assert found == [(0, 1.0), (1, 2.0), (3, 3.0), (3, 4.0)]


def test_a_point_without_a_neighbour_is_drawn_as_a_point() -> None:
    rows = curve_rows([run(step=[0, 1, 2, 3, 4], value=[1.0, math.nan, 2.0, 3.0, None])])
    assert [(row["step"], row["piece"]) for row in rows] == [(0, 0), (2, 1), (3, 1)]
    assert lone_rows(rows) == rows[:1]
    assert len(lone_rows(curve_rows([run(step=[7], value=[0.5])]))) == 1
    assert len(lone_rows(curve_rows([run(step=[7, 7], value=[0.5, 0.5])]))) == 2


def test_a_log_axis_shows_nothing_below_zero() -> None:
    rows = curve_rows([run(step=[0, 1, 2], value=[-1.0, 0.0, 2.0])], log=True)
    assert [(row["step"], row["value"]) for row in rows] == [(2, 2.0)]


def test_rows_carry_color_and_dash() -> None:
    row = curve_rows([run(step=[0], value=[1.0], color=12, dash=1)])[0]
    assert (row["color"], row["dash"]) == ("var(--run-2)", [7, 3])


@pytest.mark.parametrize(
    ("kind", "xs", "spec"),
    [
        ("number", [1, 2, 3], "scatter-quantitative-quantitative"),
        ("number", [1e-5, 0.1], "scatter-log-quantitative"),
        ("number", [0, 1e-5, 0.1], "scatter-quantitative-quantitative"),
        ("number", [-100, 100], "scatter-quantitative-quantitative"),
        ("number", [], "scatter-quantitative-quantitative"),
        ("category", ["a"], "scatter-nominal-quantitative"),
    ],
)
def test_a_wide_range_of_positive_numbers_is_logarithmic(
    kind: str, xs: list[Any], spec: str
) -> None:
    assert scatter_kind(kind, xs) == spec


def test_a_scale_may_be_asked_for() -> None:
    assert scatter_kind("number", [1, 2], x_scale="log") == "scatter-log-quantitative"
    assert scatter_kind("number", [1e-5, 0.1], x_scale="linear", y_scale="log") == (
        "scatter-quantitative-log"
    )
    assert scatter_kind("category", ["a"], y_scale="log") == "scatter-nominal-log"
    assert scatter_kind("time", [1e12]) == "scatter-time-quantitative"


def test_bands_end_where_they_do_not_exist() -> None:
    band = {"low": [0.5, None, -1.0], "high": [1.5, 2.0, 3.0]}
    one = run(step=[0, 1, 2], value=[1.0, 2.0, 1.0], band=band)
    found = [(row["low"], row["high"]) for row in band_rows([one, run(step=[0], value=[9.0])])]
    assert found == [(0.5, 1.5), (None, None), (-1.0, 3.0)]
    logged = [(row["low"], row["high"]) for row in band_rows([one], log=True)]
    assert logged == [(0.5, 1.5), (None, None), (0.5, 3.0)]


def test_smooth_lines_have_ghosts() -> None:
    one = run(step=[0], value=[1.0], ghost={"step": [0, 1], "value": [2.0, None]})
    assert [(row["step"], row["value"]) for row in ghost_rows([one, run(step=[], value=[])])] == [
        (0, 2.0)
    ]


def test_points_and_bars_may_look_as_they_are_told() -> None:
    (row,) = scatter_rows([run(x=1, y=2.0, paint="var(--seq-3)", area=30)], kind="number")[0]
    assert (row["color"], row["size"]) == ("var(--seq-3)", 30)
    bars = bar_rows(
        [run(value=2.0, low=1.0, high=3.0, text="2 of 3"), run(value=-2.0, low=-4, high=1)]
    )
    assert [(bar["end"], bar["low"]) for bar in bars] == [(3.0, 1.0), (1, -4)]
    assert bars[0]["text"] == "2 of 3"
    assert "low" not in bar_rows([run(value=2.0, low=None, high=None)])[0]


def test_points_without_a_value_are_left_out() -> None:
    pairs = [(1, 2.0), (None, 2.0), (1, None), (math.nan, 1.0), (10**310, 1.0), (True, 1.0)]
    points = [run(x=x, y=y) for x, y in pairs]
    assert [(row["x"], row["y"]) for row in scatter_rows(points, kind="number")[0]] == [(1, 2.0)]


def test_categories_sort_numbers_as_numbers_before_texts() -> None:
    points = [run(x=x, y=1.0) for x in ["10", "b", "9", "a", "nan", "9"]]
    rows, categories = scatter_rows(points, kind="category")
    assert categories == ["9", "10", "a", "b", "nan"]
    assert [row["x"] for row in rows] == [1, 3, 0, 2, 4, 0]


def test_bars_keep_their_order_and_name_what_is_missing() -> None:
    rows = bar_rows([run(value=-2.0), run(value=None), run(value=0.61213)])
    assert [row["order"] for row in rows] == [0, 1, 2]
    assert [row["text"] for row in rows] == ["-2", "—", "0.6121"]
    assert [row["end"] for row in rows] == [0, 0, 0.61213]
    assert [row["value"] for row in rows] == [-2.0, None, 0.61213]


def test_a_missing_value_lies_below_the_axis_and_is_named() -> None:
    runs = [run(id="a", positions=[0.5, None], value=1.0)]
    dimensions = [{"title": t, "ticks": [{"position": 0, "label": "0"}]} for t in ("lr", "depth")]
    assert [row["level"] for row in parallel_rows(runs, direction=None)] == [0.5, NOT_SET]
    assert [(row["at"], row["label"]) for row in tick_rows(dimensions, runs)] == [
        (0, "0"),
        (1, "0"),
        (1, "not set"),
    ]
    assert [row["title"] for row in axis_rows(dimensions)] == ["lr", "depth"]


@pytest.mark.parametrize(("direction", "best"), [("down", "low"), ("up", "high")])
def test_the_best_run_lies_on_top_and_is_thicker(direction: str, best: str) -> None:
    values = {"high": 2.0, "none": None, "low": 1.0, "middle": 1.5}
    runs = [run(id=name, positions=[0.0], value=value) for name, value in values.items()]
    rows = parallel_rows(runs, direction=direction)
    assert rows[0]["run"] == "none"
    assert rows[-1]["run"] == best
    assert [row["width"] for row in rows] == [1.75, 1.75, 1.75, 3]


def test_among_equals_there_is_no_best() -> None:
    alike = [run(positions=[0.0], value=1.0)] * 2
    assert find_best(alike, direction="down") is None
    assert find_best([*alike, run(value=2.0)], direction=None) is None
    assert [row["width"] for row in parallel_rows(alike, direction="down")] == [1.75, 1.75]


def test_lines_are_colored_from_the_lowest_to_the_highest_value() -> None:
    runs = [run(id=str(value), positions=[0.0], value=value) for value in (1.0, 3.0, None)]
    colors = {row["run"]: row["color"] for row in parallel_rows(runs, direction=None)}
    assert colors == {"1.0": "var(--seq-0)", "3.0": "var(--seq-11)", "None": "var(--muted)"}


@pytest.mark.parametrize(("title", "direction"), [("rmse ↓", "down"), ("r2 ↑", "up"), ("r2", None)])
def test_the_arrow_of_a_title_tells_what_is_better(title: str, direction: str | None) -> None:
    assert title_direction(title) == direction
