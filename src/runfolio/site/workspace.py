"""The runs of an experiment in columns, for its page in the browser.

A column that repeats itself is written once: texts and numbers of few different values as a list of
these with one letter a run, the same value in all runs as that value. Numbers are never rounded.
What `templates/assets/js/workspace/columns.js` reads is written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from runfolio.schema import float_text
from runfolio.site.columns import Column, as_number, attribute_of, is_number, make_columns
from runfolio.site.numbers import plain_number

if TYPE_CHECKING:
    from runfolio.site.experiment_facts import ExperimentFacts
    from runfolio.site.library import ExperimentEntry, RunEntry, Summary

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MISSING_LETTER: Final = "."
AGGREGATES: Final = ("min", "max", "mean", "first", "count")
SPLIT_CELLS: Final = 100_000
"""More cells than this, and what is not shown at first goes into a second shard."""

_LARGEST_PLAIN: Final = 21
_SMALLEST_PLAIN: Final = -7
"""The powers of ten between which a browser writes a number without exponent."""


def workspace_documents(facts: ExperimentFacts) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The columns shown at first with what all pages need, and the rest where it is large."""
    entry = facts.entry
    columns = make_columns(facts)
    split = len(columns) * len(entry.runs) > SPLIT_CELLS
    rest = _encode_rest(entry, columns)
    kept = [column for column in columns if column.shown or not split]
    later = [column for column in columns if not column.shown] if split else []
    first = {
        "count": len(entry.runs),
        "starts": _encode_starts([run.record.start_time for run in entry.runs]),
        "parents": _encode_parents(entry),
        "rank": _encode_rank(entry),
        "columns": [_describe(column) for column in columns],
        "data": _encode_columns(entry, kept),
        "more": split,
    }
    if not split:
        return first | rest, None
    return first, {"name": entry.name, "data": _encode_columns(entry, later), **rest}


def _describe(column: Column) -> dict[str, Any]:
    names = ("key", "title", "name", "hint", "group", "kind", "direction", "constant", "shown")
    return {name: getattr(column, name) for name in names}


def _encode_starts(starts: list[int]) -> dict[str, Any]:
    """Starts in ascending order: the first, and the steps from each to the next."""
    steps = [later - sooner for sooner, later in pairwise(starts)]
    return {"first": starts[0] if starts else 0, "steps": steps}


def _encode_parents(entry: ExperimentEntry) -> list[int] | None:
    """The place of each run's parent in the experiment, or -1; None where no run has one."""
    places = {run.id: place for place, run in enumerate(entry.runs)}
    parents = [places.get(run.record.parent_id or "", -1) for run in entry.runs]
    return parents if any(parent >= 0 for parent in parents) else None


def _encode_rank(entry: ExperimentEntry) -> list[int]:
    return [run.number for run in entry.ranked]


def _encode_columns(entry: ExperimentEntry, columns: Sequence[Column]) -> dict[str, Any]:
    own = {"attributes.name", "attributes.start"}
    return {
        column.key: encode_values(_values_of(entry, column))
        for column in columns
        if column.key not in own
    }


def _values_of(entry: ExperimentEntry, column: Column) -> list[Any]:
    area, _, name = column.key.partition(".")
    runs = entry.runs
    if area == "metrics":
        return _metric_values(runs, name, attrgetter("last"))
    if area == "tags":
        return [run.record.tags.get(name) for run in runs]
    if area == "attributes":
        return [attribute_of(run, name) for run in runs]
    if column.kind == "number":
        return _param_numbers(runs, name)
    return [run.record.param_texts.get(name) for run in runs]


def _metric_values(
    runs: Sequence[RunEntry], key: str, value_of: Callable[[Summary], float | None]
) -> list[Any]:
    summaries = [run.summaries.get(key) for run in runs]
    return [None if summary is None else value_of(summary) for summary in summaries]


def _param_numbers(runs: Sequence[RunEntry], key: str) -> list[Any]:
    values = [run.record.params.get(key) for run in runs]
    return [as_number(value) if is_number(value) else None for value in values]


def _encode_rest(entry: ExperimentEntry, columns: Sequence[Column]) -> dict[str, Any]:
    """What is asked for by aggregates, by filters, and to show a parameter as it was logged."""
    params = [column for column in columns if column.group == "Parameters"]
    return {
        "aggregates": _encode_aggregates(entry, columns),
        "texts": {
            column.key: encoded
            for column in params
            if column.kind == "number" and (encoded := _odd_texts(entry, column.name)) is not None
        },
        "numbers": {
            column.key: encoded
            for column in params
            if column.kind == "text"
            and (encoded := encode_values(_param_numbers(entry.runs, column.name))) is not None
        },
        "datasets": encode_values([_datasets(run) for run in entry.runs]),
    }


def _encode_aggregates(entry: ExperimentEntry, columns: Sequence[Column]) -> dict[str, Any]:
    """By metric its other aggregates; one that equals the last value everywhere is "last"."""
    found = {}
    for column in columns:
        if column.key.startswith("metrics."):
            last = _metric_values(entry.runs, column.name, attrgetter("last"))
            found[column.key] = {
                aggregate: "last" if values == last else encode_values(values)
                for aggregate in AGGREGATES
                for values in [_metric_values(entry.runs, column.name, attrgetter(aggregate))]
            }
    return found


def _odd_texts(entry: ExperimentEntry, key: str) -> Any:
    """The texts of a numeric parameter that are not what a browser writes for the number."""
    texts: list[str | None] = []
    for run in entry.runs:
        value, text = run.record.params.get(key), run.record.param_texts.get(key)
        told = browser_text(float(as_number(value))) if is_number(value) else None
        texts.append(None if text == told else text)
    return encode_values(texts)


@lru_cache(maxsize=1 << 16)
def browser_text(value: float) -> str:
    """A number as JavaScript writes it: the same digits as Python, other rules for exponents."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else float_text(value)
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals.rstrip("0") if decimals.strip("0") else whole).lstrip("0")
    point = len(whole) + int(exponent or 0)
    if whole == "0":
        point -= len(decimals) - len(decimals.lstrip("0")) + 1
    digits = digits.rstrip("0") or "0"
    if 0 < point <= _LARGEST_PLAIN:
        text = digits.ljust(point, "0")
        return sign + (text[:point] + "." + text[point:] if len(digits) > point else text)
    if _SMALLEST_PLAIN < point - 1 < 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{point - 1:+d}"
    return sign + digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + power


def _datasets(run: RunEntry) -> tuple[tuple[str, str, str | None], ...] | None:
    inputs = run.record.inputs
    return tuple((one.name, one.digest, one.context) for one in inputs) if inputs else None


def encode_values(values: Sequence[Any]) -> Any:
    """One value a run, as briefly as JSON holds it; None where no run has one."""
    listed: list[Hashable] = [
        plain_number(value) if isinstance(value, float) else value for value in values
    ]
    words = list(dict.fromkeys(value for value in listed if value is not None))
    if not words:
        return None
    if len(words) == 1 and None not in listed:
        return {"same": words[0]}
    if len(words) * 2 > len(listed):
        return {"values": listed}
    places = {word: place for place, word in enumerate(words)}
    if len(words) <= len(LETTERS):
        letters = {word: LETTERS[place] for word, place in places.items()}
        return {
            "words": words,
            "letters": "".join(letters.get(value, MISSING_LETTER) for value in listed),
        }
    if all(isinstance(word, int | float) for word in words):
        return {"values": listed}
    return {"words": words, "places": [places.get(value) for value in listed]}
