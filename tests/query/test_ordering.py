"""The order of runs, beyond the vectors and beyond MLflow."""

from __future__ import annotations

import math

import pytest

from runfolio.errors import InvalidOrder
from runfolio.query.language import Field, OrderKey, order_runs, parse_order
from tests.query.memory import DictColumns, Run, make_run


def order(clauses: list[str], *runs: Run) -> list[str]:
    places = order_runs(parse_order(clauses), DictColumns(runs)).tolist()
    return [runs[place]["run_id"] for place in places]


def test_clauses_are_a_field_and_a_direction() -> None:
    assert parse_order(["metrics.loss", "params.`a b` desc", " start_time\tASC "]) == (
        OrderKey(Field("metric", "loss")),
        OrderKey(Field("param", "a b"), descending=True),
        OrderKey(Field("attribute", "start_time")),
    )
    assert parse_order([]) == ()


def test_without_clauses_the_latest_comes_first_and_then_the_lesser_id() -> None:
    runs = [make_run("b"), make_run("new", start_time=5), make_run("a")]
    assert order([], *runs) == ["new", "a", "b"]
    assert order([]) == []


def test_numbers_come_first_then_nan_then_what_is_missing() -> None:
    values = {"nan": math.nan, "two": 2.0, "low": -math.inf, "high": math.inf}
    runs = [make_run("none"), *(make_run(key, metrics={"x": x}) for key, x in values.items())]
    assert order(["metrics.x"], *runs) == ["low", "two", "high", "nan", "none"]
    assert order(["metrics.x DESC"], *runs) == ["high", "two", "low", "nan", "none"]


def test_parameters_logged_as_numbers_are_ordered_as_numbers_and_texts_as_texts() -> None:
    typed = [make_run(text, params={"x": [text, float(text)]}) for text in ("10", "9")]
    texts = [make_run(f"'{text}'", params={"x": text}) for text in ("10", "9")]
    rest = [make_run("nan", params={"x": ["NaN", math.nan]}), make_run("none")]
    assert order(["params.x"], *typed, *texts, *rest) == ["9", "10", "'10'", "'9'", "nan", "none"]
    assert order(["params.x DESC"], *typed, *texts, *rest) == [
        *("'9'", "'10'", "10", "9"),
        *("nan", "none"),
    ]


def test_ties_go_to_the_next_clause() -> None:
    runs = [
        make_run("a", tags={"team": "x"}, metrics={"loss": 2.0}),
        make_run("b", tags={"team": "y"}, metrics={"loss": 1.0}),
        make_run("c", tags={"team": "x"}, metrics={"loss": 1.0}),
    ]
    assert order(["tags.team DESC", "metrics.loss"], *runs) == ["b", "c", "a"]
    assert order(["metrics.loss", "tags.team DESC"], *runs) == ["b", "c", "a"]
    assert order(["metrics.loss DESC", "tags.team"], *runs) == ["a", "c", "b"]


def test_a_mistake_names_its_clause() -> None:
    message = (
        r"^The order 'metrics\.loss DSC' fails at column 14: found 'DSC', "
        r"expected ASC, DESC or the end\.$"
    )
    with pytest.raises(InvalidOrder, match=message) as caught:
        parse_order(["params.x", "metrics.loss DSC"])
    assert caught.value.column == 14
