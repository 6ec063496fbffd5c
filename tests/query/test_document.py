"""Filters as JSON: what is refused; that they come back as they were is in test_parsing."""

from __future__ import annotations

from typing import Any

import pytest

from runfolio.errors import InvalidFilter
from runfolio.query.language import from_json

FIELD = {"entity": "metric", "key": "x"}
BROKEN: list[Any] = [
    {"op": "=", "field": FIELD, "values": []},
    {"op": "=", "field": FIELD, "values": [{"number": 1}, {"number": 2}]},
    {"op": "=", "field": FIELD, "values": [{"text": "a"}]},
    {"op": "=", "field": FIELD, "values": [{"number": "1"}]},
    {"op": "=", "field": FIELD, "values": [{"number": True}]},
    {"op": "=", "field": FIELD, "values": [{"number": 10**400}]},
    {"op": "=", "field": FIELD, "values": [{"number": float("nan")}]},
    {"op": "=", "field": FIELD, "values": [{"day": 0}]},
    {"op": "=", "field": FIELD, "values": "1"},
    {"op": "LIKE", "field": FIELD, "values": [{"number": 1}]},
    {"op": "==", "field": FIELD, "values": [{"number": 1}]},
    {"op": "IN", "field": FIELD, "values": []},
    {"op": "IS NULL", "field": FIELD, "values": [{"number": 1}]},
    {"op": "IS NULL", "field": FIELD | {"aggregate": "mode"}, "values": []},
    {"op": "IS NULL", "field": FIELD | {"quoted": True}, "values": []},
    {"op": "IS NULL", "field": FIELD | {"aggregate": "min", "quoted": 1}, "values": []},
    {"op": "IS NULL", "field": {"entity": "attribute", "key": "name"}, "values": []},
    {"op": "IS NULL", "field": {"entity": "dataset", "key": "size"}, "values": []},
    {"op": "IS NULL", "field": {"entity": "metrics", "key": "x"}, "values": []},
    {"op": "IS NULL", "field": {"entity": "tag", "key": ""}, "values": []},
    {"op": "=", "field": {"entity": "attribute", "key": "end_time"}, "values": [{"day": 2}]},
    {"op": "=", "field": {"entity": "attribute", "key": "end_time"}, "values": [{"number": 1}]},
    {"op": "=", "field": {"entity": "attribute", "key": "end_time"}, "values": [{"ago": "1"}]},
    {"op": "IN", "field": {"entity": "param", "key": "x"}, "values": [{"number": 1}, {"text": ""}]},
    {"op": "and", "nodes": []},
    {"op": "and", "nodes": [{"op": "IS NULL", "field": FIELD, "values": []}]},
    {"op": "not"},
    "metrics.x = 1",
    7,
    [],
]


@pytest.mark.parametrize("node", BROKEN, ids=ascii)
def test_a_damaged_tree_is_refused(node: Any) -> None:
    with pytest.raises(InvalidFilter, match="which is no part of a filter"):
        from_json({"version": 1, "filter": node})


@pytest.mark.parametrize("document", [None, [], {}, {"version": 2, "filter": None}])
def test_a_tree_of_another_version_is_refused(document: Any) -> None:
    with pytest.raises(InvalidFilter, match="must have version 1"):
        from_json(document)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    node: dict[str, Any] = {"op": "IS NULL", "field": FIELD, "values": []}
    for _ in range(300):
        node = {"op": "not", "node": node}
    with pytest.raises(InvalidFilter, match="which is no part of a filter"):
        from_json({"version": 1, "filter": node})
