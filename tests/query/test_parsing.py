"""Filters as text: what they mean, how mistakes are told, and that no text takes long."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import InvalidFilter, InvalidOrder
from runfolio.query.language import evaluate, from_json, parse_filter, parse_order, to_json
from runfolio.query.language.grammar import MAX_LENGTH
from runfolio.query.language.syntax import (
    MAX_DEPTH,
    Ago,
    And,
    Comparison,
    Day,
    Field,
    Instant,
    Not,
    Or,
    Value,
)
from tests.hostile.worst import quick
from tests.query.memory import DictColumns, make_run

LOSS = Comparison(Field("metric", "loss"), "<", (1.0,))
ADA = Comparison(Field("attribute", "user_id"), "=", ("ada",))
DAY = 86_400_000_000.0


def test_not_binds_tighter_than_and_and_and_tighter_than_or() -> None:
    text = "metrics.loss < 1 OR NOT user = 'ada' AND metrics.loss < 1"
    assert parse_filter(text) == Or((LOSS, And((Not(ADA), LOSS))))
    text = "(metrics.loss < 1 OR NOT user = 'ada') AND metrics.loss < 1"
    assert parse_filter(text) == And((Or((LOSS, Not(ADA))), LOSS))


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_an_empty_filter_is_no_filter(text: str) -> None:
    assert parse_filter(text) is None


def test_lark_is_loaded_by_the_first_filter_only() -> None:
    import subprocess

    code = (
        "import sys; from runfolio.query.language import parse_filter; parse_filter(' ');"
        "assert 'lark' not in sys.modules; parse_filter('duration > 1');"
        "assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("metrics.loss", Field("metric", "loss")),
        ("metrics.a.b", Field("metric", "a.b")),
        ("metrics.a.b.min", Field("metric", "a.b", "min")),
        ("metrics.min", Field("metric", "min")),
        ("metrics.`a.min`", Field("metric", "a.min")),
        ("metrics.`a`.min", Field("metric", "a", "min", quoted=True)),
        ("metrics.'it''s'.max", Field("metric", "it's", "max", quoted=True)),
        ("metrics.val-loss/1:2@3", Field("metric", "val-loss/1:2@3")),
        ("metrics.and", Field("metric", "and")),
        ("metrics.in", Field("metric", "in")),
        ("metrics.1", Field("metric", "1")),
        ("`metric`.日本", Field("metric", "日本")),
        ("duration", Field("attribute", "duration")),
        ("run.`duration`", Field("attribute", "duration")),
    ],
)
def test_a_field_is_read_as_written(text: str, field: Field) -> None:
    assert parse_filter(f"{text} > 1") == Comparison(field, ">", (1.0,))
    assert parse_order([f"{text} DESC"])[0].field == field


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("params.x = 'it''s'", ("it's",)),
        ('params.x = "say ""hi"""', ('say "hi"',)),
        ("params.x = ''''", ("'",)),
        ("params.x = 'a\\'b'", ("a\\'b",)),
        ("params.x = 'a\\'", ("a\\",)),
        ("params.x = TRUE", ("true",)),
        ("params.x IN (1, +2.5, -.5, 1e3, inf)", (1.0, 2.5, -0.5, 1000.0, float("inf"))),
        ("params.x = '\n'", ("\n",)),
        ("start_time > 1.5", (Instant(1500.0),)),
        ("start_time > '1970-01-02'", (Instant(DAY),)),
        ("start_time > '2 days ago'", (Ago(2 * DAY),)),
        ("start_time > 'today'", (Day(0),)),
        ("duration > '1h'", (3600.0,)),
    ],
)
def test_values_are_read_as_written(text: str, values: tuple[Value, ...]) -> None:
    node = parse_filter(text)
    assert isinstance(node, Comparison)
    assert node.values == values


def test_a_message_is_one_short_line() -> None:
    for text in ("`a\nb` < 1", "x" * 40_000 + " < 1", "metrics.`" + "a" * 9_000 + "`.b < 1"):
        with pytest.raises(InvalidFilter, match=r"^The filter fails at column") as caught:
            parse_filter(text)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 500


def test_a_filter_that_is_too_long_is_refused() -> None:
    fitting = "params.x = '" + "a" * (MAX_LENGTH - 13) + "'"
    assert parse_filter(fitting) is not None
    with pytest.raises(InvalidFilter, match="at most 50000 characters"):
        parse_filter(fitting + " ")
    with pytest.raises(InvalidOrder, match="at most 50000 characters"):
        parse_order(["a" * 50_001])


@pytest.mark.parametrize(("before", "after"), [("(", ")"), ("NOT ", ""), ("NOT (", ")")])
def test_a_filter_that_is_too_deep_is_refused(before: str, after: str) -> None:
    depth = MAX_DEPTH // (2 if "NOT (" in before else 1)
    inner = "metrics.loss < 1 AND user = 'ada' OR user = 'eve'" if after else "user = 'ada'"
    node = parse_filter(before * depth + inner + after * depth)
    assert from_json(json.loads(json.dumps(to_json(node)))) == node
    with pytest.raises(InvalidFilter, match="at most 100 parentheses and NOTs inside each other"):
        parse_filter(before * (depth + 1) + inner + after * (depth + 1))


def test_the_deepest_filter_can_be_evaluated_written_and_read() -> None:
    inner = "user = 'c'"
    for _ in range(MAX_DEPTH):
        inner = f"user = 'a' AND user = 'b' OR NOT user = 'b' AND ({inner})"
    node = parse_filter(inner)
    assert from_json(to_json(node)) == node
    assert evaluate(node, DictColumns([make_run("r", user_id="c")]), now=0).tolist() == [True]


NASTY = {
    "parentheses": "(" * 49_000 + "user = 'a'",
    "balanced parentheses": "(" * 24_000 + "user = 'a'" + ")" * 24_000,
    "nots": "NOT " * 12_000 + "user = 'a'",
    "ands": "duration=1 AND " * 3_300 + "duration=1",
    "ors": "duration=1 OR " * 3_500 + "duration=1",
    "no ands": "duration=1 " * 4_500,
    "only ands": "AND " * 12_000,
    "quotes": "'" * 50_000,
    "backslashes": "user = '" + "\\'" * 24_000,
    "open text": "user = '" + "a" * 49_000,
    "double quotes": "user = " + '"' * 49_000,
    "backticks": "`" * 50_000,
    "dots": "metrics." + "." * 49_000,
    "dashes": "metrics." + "-" * 49_000,
    "quoted keys": "metrics." + "`a`." * 12_000,
    "a long list": "params.x IN (" + "1," * 24_000 + "2)",
    "digits": "metrics.x < " + "1" * 49_000,
    "digits and a letter": "metrics.x < " + "1" * 49_000 + "x",
    "exponent": "metrics.x < 1e" + "9" * 49_000,
    "signs": "metrics.x " + "=" * 49_000,
    "blanks": " " * 49_999 + "!",
    "words": "a " * 25_000,
    "one word": "a" * 50_000,
    "one key": "attributes." + "a" * 49_000,
    "durations": "duration > '" + "1h " * 16_000 + "'",
    "broken durations": "duration > '" + "1h " * 16_000 + "!'",
    "spaces in a duration": "duration > '1" + " " * 49_000 + "'",
    "a long time": "start_time > '" + "1" * 49_000 + " ago'",
    "commas": "duration > '1h" + "," * 49_000 + "!'",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_takes_long(text: str) -> None:
    parse_filter("duration > 1")
    assert len(text) <= MAX_LENGTH
    for read in (refusal_of, order_refusal_of):
        assert len(str(read(text))) < 500
        assert quick(read, text, 1.0)


def refusal_of(text: str) -> InvalidFilter | None:
    try:
        parse_filter(text)
    except InvalidFilter as error:
        return error
    return None


def order_refusal_of(text: str) -> InvalidOrder | None:
    try:
        parse_order([text])
    except InvalidOrder as error:
        return error
    return None


PIECES = [
    *"()'\"`.,;=<>!~-+ \n\\%",
    *["metrics.loss", "params.x", "tags.", "loss", "run_id", "start_time", "duration", "`a b`"],
    *["AND", "or", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "CONTAINS", "DESC", "true", "inf"],
    *["1", "-1.5e3", "'a'", '"b"', "'7 days ago'", "'it''s'", "('a','b')", " metrics.x > 1 "],
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12), st.data())
def test_any_text_is_a_filter_or_an_invalid_filter(pieces: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["", " "])).join(pieces)
    refusal = refusal_of(text)
    if refusal is None:
        node = parse_filter(text)
        assert from_json(json.loads(json.dumps(to_json(node)))) == node
        return
    assert refusal.column is not None
    assert 1 <= refusal.column <= len(text) + 1
    assert "\n" not in str(refusal)


@pytest.mark.parametrize(
    "text", ["user \u0130N ('a')", "user LI\u212aE 'a'", "duration > \u0131nf", "user I\u017f NULL"]
)
def test_keywords_are_ascii(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse_filter(text)
