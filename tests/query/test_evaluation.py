"""Which runs a filter matches, beyond the vectors: whole columns, hostile texts, many runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.query.language import Field, evaluate, number_of_text, parse_filter
from runfolio.query.language.patterns import compile_like
from runfolio.query.language.syntax import Node, Not
from tests.hostile.worst import quick
from tests.query.memory import DictColumns, Run, make_run


def find(text: str, *runs: Run, now: int = 0) -> list[str]:
    matches = evaluate(parse_filter(text), DictColumns(runs), now=now)
    assert matches.dtype == np.bool_
    return [run["run_id"] for run, matched in zip(runs, matches.tolist(), strict=True) if matched]


def test_no_runs_match_nothing() -> None:
    for text in ("", "metrics.x > 1", "params.x = 'a' OR params.x > 1", "datasets.name = 'a'"):
        assert find(text) == []


def test_a_whole_name_wins_over_an_aggregate_when_any_run_has_it() -> None:
    low = make_run("low", metrics={"loss": {"last": 1.0, "min": 0.0}})
    whole = make_run("whole", metrics={"loss.min": 0.0})
    assert find("metrics.loss.min < 0.5", low) == ["low"]
    assert find("metrics.loss.min < 0.5", low, whole) == ["whole"]
    assert find("metrics.`loss`.min < 0.5", low, whole) == ["low"]
    assert find("metrics.`loss.min` < 0.5", low) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        ("-1.5e-3", -0.0015),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("", None),
        (" 1", None),
        ("1_000", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("0x10", None),
        ("１", None),
        ("1 000", None),
    ],
)
def test_a_text_is_a_number_in_every_language_or_in_none(text: str, number: float | None) -> None:
    assert number_of_text(text) == number
    matches = find("params.x >= -1e308", make_run("a", params={"x": text}))
    assert bool(matches) is (number is not None)


def test_a_typed_parameter_counts_as_its_number_and_as_its_text() -> None:
    runs = [
        make_run("typed", params={"x": ["0.10", 0.1]}),
        make_run("text", params={"x": "0.1"}),
        make_run("nan", params={"x": ["NaN", float("nan")]}),
        make_run("none"),
    ]
    assert find("params.x = 0.1", *runs) == ["typed", "text"]
    assert find("params.x = '0.1'", *runs) == ["text"]
    assert find("params.x != 0.1", *runs) == ["nan"]
    assert find("params.x != '0.1'", *runs) == ["typed", "nan"]


def test_columns_are_left_as_they_are() -> None:
    columns = DictColumns([make_run("a", params={"x": "1"}), make_run("b", params={"x": ["2", 2]})])
    values, present = columns.numbers(Field("param", "x"))
    columns.numbers = lambda field: (values, present)  # type: ignore[method-assign]
    evaluate(parse_filter("params.x > 0"), columns, now=0)
    assert present.tolist() == [False, True]


TERMS = st.sampled_from(
    ["metrics.x > 1", "metrics.x != 1", "params.y = 'a'", "params.y LIKE '%'", "params.y < 2"]
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["AND", "OR"]), inner)
    return inner.map("NOT ({})".format) | pairs.map(lambda three: "({}) {} ({})".format(*three))


RUNS = [
    make_run(f"{x}{y}", metrics={} if x is None else {"x": x}, params={} if y is None else {"y": y})
    for x in (None, 1.0, 2.0, float("nan"))
    for y in (None, "a", "1")
]


@settings(max_examples=100)
@given(st.recursive(TERMS, joined, max_leaves=6))
def test_and_or_and_not_are_those_of_sets(text: str) -> None:
    node = parse_filter(text)
    assert node is not None
    assert evaluate(node, DictColumns(RUNS), now=0).tolist() == [by_hand(node, run) for run in RUNS]


def by_hand(node: Node, run: Run) -> bool:
    """The same for one run, with Python's own and, or and not."""
    if isinstance(node, Not):
        return not by_hand(node.node, run)
    if hasattr(node, "nodes"):
        parts = [by_hand(one, run) for one in node.nodes]
        return all(parts) if type(node).__name__ == "And" else any(parts)
    return bool(evaluate(node, DictColumns([run]), now=0)[0])


NASTY = {
    "many percents": ("%a" * 300 + "b", "a" * 50_000),
    "percents only": ("%" * 40_000 + "b", "a" * 50_000),
    "underscores": ("%" + "_" * 40_000 + "b", "a" * 50_000),
    "a long stretch": ("%" + "a" * 20_000 + "b", "a" * 50_000),
    "stretches": (("%" + "a" * 150) * 150 + "b", "a" * 50_000),
    "a short stretch": ("%" + "a" * 190 + "b", "a" * 50_000),
    "alternating": ("%a_" * 60 + "b", "ax" * 25_000),
    "all characters": ("".join(map(chr, range(0x4E00, 0x9000))), "".join(map(chr, range(0xAC00)))),
    "line breaks": ("%\n%" * 90 + "b", "\n" * 50_000),
}


@pytest.mark.parametrize("ignore_case", [False, True])
@pytest.mark.parametrize(("pattern", "text"), NASTY.values(), ids=NASTY)
def test_no_pattern_takes_long(pattern: str, text: str, ignore_case: bool) -> None:
    match = compile_like(pattern, ignore_case=ignore_case)
    assert not match(text)
    assert quick(match, text, 1.0)


def test_a_filter_of_metric_and_param_is_quick_over_many_runs() -> None:
    columns = ManyColumns(10_000)
    node = parse_filter("metrics.loss.min < 0.5 AND params.lr > 0.1 AND params.model = 'cnn'")
    matches = evaluate(node, columns, now=0)
    assert 0 < matches.sum() < columns.count
    # It takes about two milliseconds.
    assert quick(lambda one: evaluate(one, columns, now=0), node, 0.1)


class ManyColumns(DictColumns):
    """Columns of many runs, made beforehand as a store would have them."""

    def __init__(self, count: int) -> None:
        super().__init__([])
        self.count = count
        self._number = np.linspace(0, 1, count), np.ones(count, np.bool_)
        self._text = np.array(["cnn", "rnn"] * (count // 2), object)

    def text(self, field: Field) -> Any:
        return self._text

    def numbers(self, field: Field) -> Any:
        return self._number
