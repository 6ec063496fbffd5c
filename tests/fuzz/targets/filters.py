"""The filter language: what is read means something, and what means nothing is said in a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.errors import InvalidFilter, InvalidOrder, InvalidRule
from runfolio.query.language import (
    evaluate,
    from_json,
    order_runs,
    parse_filter,
    parse_order,
    to_json,
)
from runfolio.query.language.conditions import parse_condition
from tests.fuzz.target import Target
from tests.query.memory import DictColumns, make_run

_VECTORS: Final = Path(__file__).parents[2] / "vectors" / "filters.json"
_NOW: Final = 1_700_000_000_000_000


@cache
def _columns() -> DictColumns:
    """Some runs to be filtered."""
    return DictColumns(
        [
            make_run("a", name="ridge", status="FINISHED", params={"lr": ("0.1", 0.1)}),
            make_run("b", name="forest", metrics={"loss": 0.5, "odd": "NaN"}, tags={"t": "x"}),
            make_run("c", datasets=[("wine", "1", None)], start_time=_NOW, end_time=_NOW),
        ]
    )


def _check_filter(data: bytes) -> None:
    """What is read is the same after a way through JSON, and finds as many runs or answers."""
    text = data.decode(errors="surrogatepass" if _is_text(data) else "replace")
    try:
        node = parse_filter(text)
    except InvalidFilter as error:
        _check_sentence(str(error), error.column, text)
        return
    document = json.loads(json.dumps(to_json(node)))
    assert from_json(document) == node
    found = evaluate(node, _columns(), now=_NOW)
    assert found.dtype == np.bool_
    assert len(found) == _columns().count


def _is_text(data: bytes) -> bool:
    try:
        data.decode(errors="surrogatepass")
    except ValueError:
        return False
    return True


def _check_sentence(said: str, column: int | None, text: str) -> None:
    assert said.isprintable(), said
    assert len(said) < 1000
    assert column is None or 1 <= column <= len(text) + 1


def _check_order(data: bytes) -> None:
    text = data.decode(errors="replace")
    try:
        keys = parse_order([text])
    except InvalidOrder as error:
        _check_sentence(str(error), error.column, text)
        return
    assert sorted(order_runs(keys, _columns())) == [0, 1, 2]


def _check_rule(data: bytes) -> None:
    text = data.decode(errors="replace")
    try:
        parse_condition(text)
    except InvalidRule as error:
        _check_sentence(str(error), error.column, text)


def _check_document(data: bytes) -> None:
    """A filter as JSON, as a page or another program hands it over."""
    with suppress(ValueError, RecursionError):
        document = json.loads(data)
        with suppress(InvalidFilter):
            node = from_json(document)
            evaluate(node, _columns(), now=_NOW)
            assert from_json(to_json(node)) == node


@cache
def _filters() -> Sequence[bytes]:
    cases: list[dict[str, Any]] = json.loads(_VECTORS.read_text(encoding="utf-8"))["cases"]
    texts = {str(case["filter"]) for case in cases if "filter" in case}
    deep = ("NOT " * 2000 + "metrics.loss > 1", "(" * 2000 + "metrics.loss > 1" + ")" * 2000)
    return [text.encode() for text in (*sorted(texts), *deep)]


def _documents() -> Sequence[bytes]:
    found = []
    for text in _filters():
        with suppress(InvalidFilter):
            found.append(json.dumps(to_json(parse_filter(text.decode()))).encode())
    return found


_WORDS: Final = (
    *(b" AND ", b" OR ", b"NOT ", b" IN (", b" LIKE '", b" ILIKE '%a_'", b" BETWEEN 1 AND 2"),
    *(b" IS NULL", b" IS NOT NULL", b" CONTAINS 'a'", b"metrics.loss", b"params.`a b`", b"tags."),
    *(b"attributes.start_time", b"datasets.name", b".min", b".best", b"'2026-01-01'", b"yesterday"),
    *(b"1e308", b"-1e309", b"0x1", b"'now - 3 days'", b" >= ", b" != ", b"(" * 200, b"NOT " * 2000),
    *(b"'%%%%%%%%'", b"created", b"duration > 1h", b" DESC", b" ASC", b" rises ", b"% "),
)
_ORDERS: Final = (b"metrics.loss", b"params.lr DESC", b"start_time ASC", b"tags.`a b` desc")
_RULES: Final = (
    *(b"metrics.loss rises > 5%", b"metrics.loss.min < 0.1", b"metrics.acc drops >= 0.01"),
    *(b"metrics.`a b` changes > 1%",),
)

TARGETS: Final = (
    Target("filter", _check_filter, _filters, _WORDS, 600),
    Target("order", _check_order, lambda: _ORDERS, _WORDS, 150),
    Target("rule", _check_rule, lambda: _RULES, _WORDS, 150),
    Target("filter-json", _check_document, _documents, examples=150),
)
