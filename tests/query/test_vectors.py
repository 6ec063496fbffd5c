"""The test vectors that every evaluator of the filter language is held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import InvalidFilter, InvalidOrder
from runfolio.query.language import (
    evaluate,
    from_json,
    order_runs,
    parse_filter,
    parse_order,
    to_json,
)
from tests.query.memory import DictColumns

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "filters.json").read_text(encoding="utf-8")
)
COLUMNS = DictColumns(VECTORS["runs"])
IDS = [run["run_id"] for run in VECTORS["runs"]]


def name_of(case: dict[str, Any]) -> str:
    return ascii(case.get("filter") or case.get("order_by"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=name_of)
def test_a_filter_has_its_tree_and_its_runs(case: dict[str, Any]) -> None:
    node = parse_filter(case["filter"])
    document = {"version": VECTORS["version"], "filter": case["ast"]}
    assert to_json(node) == document
    assert from_json(document) == node
    matches = evaluate(node, COLUMNS, now=VECTORS["now"])
    assert [one for one, matched in zip(IDS, matches, strict=True) if matched] == case["matches"]


@pytest.mark.parametrize("case", VECTORS["errors"], ids=name_of)
def test_a_mistake_is_told_by_column(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(case["filter"])
    assert caught.value.column == case["column"]
    assert case["expected"] in str(caught.value)
    assert f"column {case['column']}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", VECTORS["orders"], ids=name_of)
def test_an_order_sorts_all_runs(case: dict[str, Any]) -> None:
    places = order_runs(parse_order(case["order_by"]), COLUMNS)
    assert [IDS[place] for place in places.tolist()] == case["ids"]


@pytest.mark.parametrize("case", VECTORS["order_errors"], ids=name_of)
def test_a_mistake_in_an_order_is_told_by_column(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidOrder) as caught:
        parse_order(case["order_by"])
    assert caught.value.column == case["column"]
    assert case["expected"] in str(caught.value)
