"""The filters of the browser are those of the store: the same trees, runs, orders and mistakes."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runfolio.errors import InvalidFilter, InvalidOrder
from runfolio.query.language import evaluate, order_runs, parse_filter, parse_order, to_json
from runfolio.query.language.patterns import LONG, compile_like
from tests.environment.tools import ROOT, find_node, require
from tests.query.test_mlflow_agreement import clauses, orders, pick, quoted, recased
from tests.query.test_mlflow_agreement import filters as mlflow_filters
from tests.query.test_parsing import PIECES
from tests.query.test_vectors import COLUMNS, VECTORS

SPECIAL = [
    "",
    "é",
    "😀",
    "\ue000",
    "x y",
    "\x1c",
    "\u2028",
    "'",
    '"',
    "`",
    "\\",
    "１",
    "²",
    "ſ",
    "İ",
    "ß",
]

fields = pick(
    *[
        "metrics.loss",
        "metrics.loss.min",
        "metrics.loss.max",
        "metrics.`loss`.max",
        "metrics.nothing",
    ],
    *["params.lr", "params.layers", "params.model", "params.'a b'", "params.shuffle", "params.no"],
    *["tags.team", "tags.text", "tags.quote", "tags.`tick``s`", "tags.empty", "metrics.accuracy"],
    *["status", "user", "Run name", "`run name`", "run.start_time", "end_time", "duration", "note"],
    *[
        "git_dirty",
        "experiment",
        "parent_id",
        "datasets.name",
        "datasets.context",
        "dataset.digest",
    ],
    *["statsu", "loss", "metrisc.loss", "metrics.`a`.b", "params.``", "datasets.size", "attr.foo"],
)
texts = pick(
    *[
        "ada",
        "cnn",
        "CNN",
        "Vision",
        "FAILED",
        "%a%",
        "c_n",
        "%",
        "_%_",
        "%n%n",
        "one%",
        "12",
        "0.1",
    ],
    *[
        "7 days ago",
        "today",
        "yesterday",
        "2026-05-31",
        "2026-05-31 18:00:00.5+02:00",
        "1h 30m",
        "now",
    ],
    *[
        "an hour and 2.5 min ago",
        "2026-02-29",
        "9999-12-31T23:59:59.999999Z",
        "0.0005 ms ago",
        "5 µs",
    ],
) | st.text("ab%_é\n'\"İſ😀\ue000 1.", max_size=6)
numbers = pick(
    "1", "0", "-1", "0.1", "+.5", "5.e-1", "9", "12", "1e999", "-inf", "inf", "1_0", "١٢"
)
values = st.one_of(texts.flatmap(quoted), numbers, pick("true", "FALSE", "nan", "NULL", "word"))


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """One comparison of what the vectors' runs have, not always one that makes sense."""
    field = draw(fields)
    operator = draw(pick("=", "!=", "<", ">=", "LIKE", "ILIKE", "CONTAINS", "IN", "BETWEEN", "IS"))
    word = draw(recased(draw(pick("", "NOT ")) + operator)) if operator.isalpha() else operator
    if operator == "IS":
        return f"{field} {draw(recased(draw(pick('IS NULL', 'IS NOT NULL'))))}"
    if operator == "IN":
        return f"{field} {word} ({draw(st.lists(values, max_size=3).map(', '.join))})"
    if operator == "BETWEEN":
        return f"{field} {word} {draw(values)} and {draw(values)}"
    return f"{field} {word} {draw(values)}"


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, pick(" AND ", " or ", " ", "\u2003AND AND "), inner).map("".join)
    return pairs | inner.map("NOT {}".format) | inner.map("({})".format)


# Later characters are letters in some versions of Unicode and nothing in others.
characters = st.characters(max_codepoint=0x2FF)
pieces = st.lists(
    st.sampled_from([*PIECES, *SPECIAL]) | st.text(characters, max_size=3), max_size=12
)
torn = st.tuples(pick("", " "), pieces).map(lambda both: both[0].join(both[1]))
cut = st.tuples(comparisons(), st.integers(0, 40)).map(lambda both: both[0][: both[1]])
filters = st.one_of(
    comparisons(),
    st.recursive(comparisons(), joined, max_leaves=5),
    mlflow_filters(),
    torn,
    cut,
)
clause_lists = st.lists(orders() | fields, max_size=3) | st.lists(
    clauses() | cut | torn, max_size=2
)


LETTERS = "abAB%%__\n😀ſSßẞİiıéÉ."
long_patterns = st.text("%_aA", min_size=LONG + 1, max_size=LONG + 20)
patterns = st.tuples(
    st.text(LETTERS, max_size=6) | long_patterns, st.booleans(), st.text(LETTERS, max_size=8)
)


EDGES = [
    *["runame = 'a'", "run__time > 1", "end_tim = 1", "metric.s = 1", "tag = 'a'", "git = 'a'"],
    *["namuser = 'a'", "notuser = 'a'", "staeriment = 'a'"],
    *[f"start_time > '2026-01-01T00:00{zone}'" for zone in ("+23:59", "+23:60", "-24:00", "+2400")],
    *[f"start_time > '{half} ms ago'" for half in ("0.0005", "0.0015", "0.0025", "0.0035")],
    *[f"start_time > '{day}'" for day in ("0000-01-01", "0001-01-01", "2024-02-29", "2026-13-01")],
    *["params.a IS NULL tags.b IS NULL", "params.a IS NULL tags.b IS NULL user = 'a'"],
    *["user = 'a' tags.b IS NULL", "AND tags.b IS NULL AND", "metrics.x = ١.٢e٣", "user = 'x'AND"],
]


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """What a strategy makes, the same at each call."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return found


def ask(**asked: list[Any]) -> dict[str, list[Any]]:
    """What the browser's script answers to filters, orders and patterns."""
    nothing: dict[str, list[Any]] = {"filters": [], "orders": [], "patterns": []}
    script = ROOT / "tests" / "js" / "filter-answers.js"
    done = subprocess.run(
        [str(require(find_node())), str(script)],
        input=json.dumps({"now": VECTORS["now"], "runs": VECTORS["runs"]} | nothing | asked),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    # JavaScript writes whole numbers without a fraction, so all are read as floats.
    answers: dict[str, list[Any]] = json.loads(done.stdout, parse_int=float)
    return answers


def differences(asked: list[Any], here: list[Any], there: list[Any]) -> list[tuple[Any, ...]]:
    return [one for one in zip(asked, here, there, strict=True) if one[1] != one[2]]


def answer_filter(text: str) -> dict[str, Any]:
    try:
        node = parse_filter(text)
    except InvalidFilter as error:
        return {"column": error.column, "message": str(error)}
    matches = evaluate(node, COLUMNS, now=VECTORS["now"]).tolist()
    return {"tree": to_json(node)["filter"], "matches": matches}


def answer_order(order_by: list[str]) -> dict[str, Any]:
    try:
        return {"places": order_runs(parse_order(order_by), COLUMNS).tolist()}
    except InvalidOrder as error:
        return {"column": error.column, "message": str(error)}


def test_filters_mean_the_same_in_the_browser() -> None:
    asked = EDGES + drawn(filters, 500)
    here, there = [*map(answer_filter, asked)], ask(filters=asked)["filters"]
    assert differences(asked, here, there)[:5] == []
    assert sum("column" in one for one in there) > 50
    assert sum(any(one.get("matches", ())) for one in there) > 50


def test_orders_mean_the_same_in_the_browser() -> None:
    asked = drawn(clause_lists, 250)
    here, there = [*map(answer_order, asked)], ask(orders=asked)["orders"]
    assert differences(asked, here, there)[:5] == []
    assert sum("column" in one for one in there) > 50
    assert sum("places" in one for one in there) > 50


def test_patterns_match_the_same_in_the_browser() -> None:
    asked = drawn(patterns, 500)
    here = [compile_like(one, ignore_case=ignore)(text) for one, ignore, text in asked]
    there = ask(patterns=asked)["patterns"]
    assert differences(asked, here, there)[:5] == []
    assert here.count(True) > 50
