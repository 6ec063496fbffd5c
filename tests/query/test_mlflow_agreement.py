"""Every filter and order that MLflow accepts finds the same runs here."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from runfolio.errors import InvalidFilter
from runfolio.query.language import evaluate, order_runs, parse_filter, parse_order
from runfolio.query.language.patterns import LONG, _Automaton, compile_like, fold
from tests.query.memory import DictColumns, Run, make_run
from tests.query.oracle import filter_ids, load_mlflow, sort_ids

KEYS = ["loss", "a.b", "a b", "é", "x/y:z", "LOSS", "a.min", "1a", "null"]
TEXTS = ["", "a", "A", "ab", "a%", "a_b", "%", "a\nb", "a\n", "it's", 'q"q', "\\", "ſ", "İi", "1"]
ALPHABET = "abAB%_\n\r'\"\\.é+$ ſK1`"
NUMBERS = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-5, 1e300, math.inf, -math.inf, math.nan]

keys = st.sampled_from(KEYS)
texts = st.sampled_from(TEXTS) | st.text(ALPHABET, max_size=6)
numbers = st.sampled_from(NUMBERS) | st.floats()
milliseconds = st.integers(0, 5) | st.integers(0, 4_000_000_000_000)


def pick(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


@st.composite
def runs(draw: st.DrawFn) -> list[Run]:
    """Some runs as MLflow has them: all parameters are texts, only the last value of a metric."""
    ids = draw(st.lists(pick("a", "b", "B", "c", "a%", "é"), min_size=1, max_size=5, unique=True))
    return [draw(run_of(run_id)) for run_id in ids]


def run_of(run_id: str) -> st.SearchStrategy[Run]:
    optional = st.none() | texts
    return st.builds(
        make_run,
        st.just(run_id),
        run_name=optional,
        user_id=texts,
        artifact_uri=optional,
        status=pick("RUNNING", "FINISHED", "FAILED", "KILLED"),
        start_time=milliseconds.map(lambda one: one * 1000),
        end_time=st.none() | milliseconds.map(lambda one: one * 1000),
        params=st.dictionaries(keys, texts, min_size=3, max_size=8),
        tags=st.dictionaries(keys, texts, min_size=3, max_size=8),
        metrics=st.dictionaries(keys, numbers, min_size=3, max_size=8),
        datasets=st.lists(st.tuples(texts, texts, optional), max_size=3),
    )


@st.composite
def recased(draw: st.DrawFn, words: str) -> str:
    """Words in any case; those of NOT NULL stay one blank apart, as MLflow wants them."""
    return "".join(draw(st.sampled_from([one.lower(), one.upper()])) for one in words)


@st.composite
def quoted(draw: st.DrawFn, text: str, quotes: str = "'\"") -> str:
    """A text in quotes that it does not hold, for MLflow has no way to write them inside."""
    fitting = [quote for quote in quotes if quote not in text] or [quotes[0]]
    quote = draw(st.sampled_from(fitting))
    return f"{quote}{text}{quote}"


@st.composite
def names(draw: st.DrawFn, key: str) -> str:
    if re.fullmatch(r"[\w.]+", key) and draw(st.booleans()):
        return key
    return draw(quoted(key, "`\"'"))


@st.composite
def fields(draw: st.DrawFn, *words: str) -> str:
    """A field of one of the entities named by `words`."""
    word = draw(st.sampled_from(words))
    word = draw(st.sampled_from([word, f"`{word}`"]))
    return f"{word}.{draw(names(draw(keys)))}"


@st.composite
def attributes(draw: st.DrawFn, *keys: str) -> str:
    key = draw(st.sampled_from(keys))
    plain = [key] if re.fullmatch(r"\w+", key) else []
    name = draw(st.sampled_from([*plain, f"`{key}`", f'"{key}"']))
    word = draw(pick("", "attributes.", "attribute.", "attr.", "run.", "`run`."))
    return word + name


number_texts = st.sampled_from(["1", "0", "-1", "1.", ".5", "-.5", "0.1", "1e-5", "1E3", "1e400"])
some_numbers = number_texts | st.floats(allow_nan=False, allow_infinity=False).map(
    lambda one: repr(one).replace("e+", "e")
)
milliseconds_texts = milliseconds.map(str) | st.sampled_from(["2.5", "-3", "1e3", "0"])
comparators = pick("=", "!=", "<", "<=", ">", ">=")

metric_names = fields("metrics", "metric")
text_names = fields("params", "param", "parameters", "parameter", "tags", "tag")
text_attributes = attributes(
    "run_id", "run_name", "run name", "Run name", "Run Name", "status", "user_id", "artifact_uri"
)
times = attributes("start_time", "end_time", "created", "Created")


@st.composite
def clauses(draw: st.DrawFn) -> str:
    """One comparison that MLflow knows."""
    blank = st.sampled_from([" ", "  ", "\t", "\n"])
    kind = draw(st.integers(0, 5))
    if kind == 0:
        parts = [draw(metric_names), draw(comparators), draw(some_numbers)]
    elif kind == 1:
        parts = [draw(times), draw(comparators), draw(milliseconds_texts)]
    elif kind == 2:
        parts = [draw(text_names), draw(recased(draw(pick("IS NULL", "IS NOT NULL"))))]
    elif kind == 3:
        listed = draw(fields_of_lists())
        parts = [listed, draw(recased(draw(pick("IN", "NOT IN")))), draw(lists())]
    else:
        field = draw(text_names | text_attributes | fields_of_lists())
        operator = draw(recased(draw(pick("=", "!=", "LIKE", "ILIKE"))))
        parts = [field, operator, draw(quoted(draw(texts)))]
    return draw(blank).join(parts)


def fields_of_lists() -> st.SearchStrategy[str]:
    datasets = pick("datasets.", "dataset.", "`dataset`.")
    keys = pick("name", "digest", "context", "`name`", '"digest"', "'context'")
    return attributes("run_id") | st.builds(lambda a, b: a + b, datasets, keys)


@st.composite
def lists(draw: st.DrawFn) -> str:
    """A list of texts; MLflow reads it as a Python literal, so it must be one without escapes."""
    items = draw(st.lists(pick("a", "b", "é", "a%") | st.text("ab%'", max_size=2), min_size=1))
    comma = draw(pick(",", ", ", " , "))
    end = draw(pick("", ","))
    return f"({comma.join([draw(quoted(item)) for item in items])}{end})"


@st.composite
def filters(draw: st.DrawFn) -> str:
    """A filter that MLflow reads, also one with ANDs that are missing or too many.

    Before IS NULL none is missing but after another one: MLflow makes of that what nobody means.
    """
    parts = draw(st.lists(clauses(), min_size=1, max_size=3))
    joins = pick(" AND ", " and ", "\nAnd ", " AND AND ") | st.just(" AND ")
    text = parts[0]
    for before, part in pairwise(parts):
        may_lack = is_null(before) or not is_null(part)
        text += draw(joins | st.just(" ") if may_lack else joins) + part
    return draw(pick("", " ", "AND ")) + text + draw(pick("", " ", " AND"))


def is_null(clause: str) -> bool:
    return clause.lower().endswith("null")


def found_ids(some: list[Run], text: str) -> list[str]:
    matches = evaluate(parse_filter(text), DictColumns(some), now=0)
    return [run["run_id"] for run, matched in zip(some, matches, strict=True) if matched]


ONE = [make_run("a", params={"x": "C:\\"}, tags={"é": "İ"}, metrics={"loss": math.nan})]


@settings(max_examples=400)
@given(runs(), filters())
@example(ONE, "params.x = 'C:\\'")
@example(ONE, "params.x = \"C:\\\" AND tags.é ILIKE 'i'")
@example(ONE, "metrics.loss != 1")
@example(ONE, "metrics.loss > 1e5AND metrics.loss < 2")
@example(ONE, "params.`x` is null params.`x` is not null AND metrics.`loss` = 1")
def test_a_filter_of_mlflow_finds_what_it_finds_there(some: list[Run], text: str) -> None:
    expected = filter_ids(some, text)
    if expected is None or _doubles_quotes(text):
        event("not MLflow's")
        return
    event(f"{min(len(expected), 2)} found")
    assert found_ids(some, text) == expected


def _doubles_quotes(text: str) -> bool:
    """Whether a text in the filter holds its own quotes twice: one quote here, two in MLflow."""
    literals = re.findall(r"'(?:''|\\'|[^'])*'|\"(?:\"\"|\\\"|[^\"])*\"|`(?:``|[^`])*`", text)
    return any(one[0] * 2 in one[1:-1] for one in literals)


@settings(max_examples=300)
@given(texts | st.text(ALPHABET, max_size=12), st.text("ab%%__\nA\r+ſi", max_size=8))
@example("a\n", "a")
@example("a\nb", "a%")
@example("x\na", "%a")
@example("a+b", "a+%")
@example("a\nb\nx", "%\n%x")
def test_patterns_match_as_in_mlflow(text: str, pattern: str) -> None:
    functions = load_mlflow().search.get_comparison_func
    for operator, ignore_case in (("LIKE", False), ("ILIKE", True)):
        expected = functions(operator)(text, pattern)
        assert compile_like(pattern, ignore_case=ignore_case)(text) is expected
        assert _Automaton(pattern, ignore_case=ignore_case).matches(text) is expected


def test_long_patterns_match_as_in_mlflow() -> None:
    like = load_mlflow().search.get_comparison_func("LIKE")
    pattern = "a_" * LONG + "%b"
    for text in ("ax" * LONG + "b", "ax" * LONG + "...b", "ax" * LONG, "b" * LONG):
        assert compile_like(pattern)(text) is like(text, pattern)


def test_characters_are_folded_as_regular_expressions_ignore_case() -> None:
    characters = [chr(code) for code in range(0x250)] + list("ΐΰſtſſſµμKkİıßẞǅǆﬅﬆÅåΩωθϑϴ")
    for one in characters:
        expected = re.compile(re.escape(one), re.IGNORECASE)
        for other in characters:
            assert (fold(one) == fold(other)) is bool(expected.match(other)), (one, other)


@st.composite
def orders(draw: st.DrawFn) -> str:
    attribute = attributes(
        "run_id", "run_name", "status", "user_id", "artifact_uri", "start_time", "end_time",
        "created", "Created",
    )  # fmt: skip
    field = draw(metric_names | text_names | attribute)
    direction = draw(st.sampled_from(["", " ASC", " DESC", " asc", " desc", "  DESC"]))
    return field + direction


@settings(max_examples=300)
@given(runs(), st.lists(orders(), max_size=3))
def test_an_order_of_mlflow_sorts_as_it_does_there(some: list[Run], order_by: list[str]) -> None:
    expected = sort_ids(some, order_by)
    if expected is None:
        event("not MLflow's")
        return
    places = order_runs(parse_order(order_by), DictColumns(some)).tolist()
    assert [some[place]["run_id"] for place in places] == expected


@pytest.mark.parametrize(
    ("text", "here", "there"),
    [
        # Quotes are doubled to be written inside: one quote here, two there.
        ("params.x = 'it''s'", "it's", "it''s"),
        ('params.x = "a""b"', 'a"b', 'a""b'),
    ],
)
def test_the_known_difference_of_doubled_quotes(text: str, here: str, there: str) -> None:
    some = [make_run("here", params={"x": here}), make_run("there", params={"x": there})]
    assert filter_ids(some, text) == ["there"]
    assert found_ids(some, text) == ["here"]


def test_the_known_difference_of_escapes_in_lists() -> None:
    # MLflow reads a list as a Python literal; here a text means the same wherever it stands.
    here, there = "C:\\new", "C:\new"
    some = [make_run(ascii(name), datasets=[(name, "", None)]) for name in (here, there)]
    assert filter_ids(some, f"datasets.name IN ('{here}')") == [ascii(there)]
    assert found_ids(some, f"datasets.name IN ('{here}')") == [ascii(here)]


@pytest.mark.parametrize(
    "text",
    [
        # Names that nobody can mean, made of what MLflow's parser of SQL takes for one name.
        "metrics. x > 1",
        "metrics.`a`.b > 1",
        "metrics.f(x) > 1",
        "metrics.x[0] > 1",
        "metrics.`` > 1",
        "params.x DESC = 'a'",
        # Without an AND before it, all up to IS NULL is one name, which no run has.
        "params.x = 'a' params.y IS NULL",
        # Lists are Python literals there: adjacent texts are joined, parentheses may nest.
        "run_id IN ('a' 'b')",
        "run_id IN (('a'))",
        # A list beside = compares a text with a list, which is never equal.
        "run_id = ('a', 'b')",
    ],
)
def test_accidents_of_mlflow_are_errors_here(text: str) -> None:
    some: list[Any] = [make_run("a")]
    assert filter_ids(some, text) is not None
    with pytest.raises(InvalidFilter):
        parse_filter(text)
