"""The runs of an experiment in columns, for its page in the browser.

A column that repeats itself is written once: texts and numbers of few different values as a list of
these with one letter a run, the same value in all runs as that value. Numbers are never rounded.
What `templates/assets/js/workspace/columns.js` reads is written here.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.schema import float_text
from runfolio.site.columns import Column, as_number, attributes_of, is_number
from runfolio.site.float_texts import is_plain
from runfolio.site.numbers import plain_number

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from runfolio.site.experiment_facts import ExperimentFacts
    from runfolio.site.run_table import RunTable

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MISSING_LETTER: Final = "."
AGGREGATES: Final = ("min", "max", "mean", "first", "count")
SPLIT_CELLS: Final = 100_000
"""More cells than this, and what is not shown at first goes into a second shard."""

_LARGEST_PLAIN: Final = 21
_SMALLEST_PLAIN: Final = -7
"""The powers of ten between which a browser writes a number without exponent."""


def is_split(facts: ExperimentFacts) -> bool:
    """Whether the columns that are not shown at first come in shards of their own."""
    return len(facts.columns) * len(facts.entry.table.ids) > SPLIT_CELLS


def document_shown(facts: ExperimentFacts, part: RunTable | None = None) -> dict[str, Any]:
    """The columns shown at first with what all pages need, and all others where they are few.

    `part` are some of the runs, for a document of these alone; it has no ranks.
    """
    table, split = part or facts.entry.table, is_split(facts)
    kept = [column for column in facts.columns if column.shown or not split]
    first = {
        "count": len(table.ids),
        "starts": _encode_starts(table.own("start_time")),
        "parents": _encode_parents(table),
        **({"rank": facts.entry.ranks} if part is None else {}),
        "columns": [_describe(column) for column in facts.columns],
        "data": _encode_columns(table, kept),
    }
    return first if split else first | _encode_rest(table, facts.columns)


def document_others(facts: ExperimentFacts, part: RunTable) -> dict[str, Any]:
    """The columns of some runs that are not shown at first."""
    later = [column for column in facts.columns if not column.shown]
    return {
        "name": facts.entry.name,
        "count": len(part.ids),
        "data": _encode_columns(part, later),
        **_encode_rest(part, facts.columns),
    }


def _describe(column: Column) -> dict[str, Any]:
    names = ("key", "title", "name", "hint", "group", "kind", "direction", "constant", "shown")
    return {name: getattr(column, name) for name in names}


def _encode_starts(starts: list[int]) -> dict[str, Any]:
    """Starts in ascending order: the first, and the steps from each to the next."""
    steps = [later - sooner for sooner, later in pairwise(starts)]
    return {"first": starts[0] if starts else 0, "steps": steps}


def _encode_parents(table: RunTable) -> list[int] | None:
    """The place of each run's parent in the experiment, or -1; None where no run has one."""
    told = table.own("parent_id")
    if not any(told):
        return None
    places = {run_id: place for place, run_id in enumerate(table.ids)}
    parents = [places.get(parent or "", -1) for parent in told]
    return parents if any(parent >= 0 for parent in parents) else None


def _encode_columns(table: RunTable, columns: Sequence[Column]) -> dict[str, Any]:
    own = {"attributes.name", "attributes.start"}
    return {
        column.key: _encode(_values_of(table, column))
        for column in columns
        if column.key not in own
    }


def _values_of(table: RunTable, column: Column) -> list[Any] | pa.Array:
    area, _, name = column.key.partition(".")
    if area == "metrics":
        return table.metric_array(name)
    if area == "tags":
        return table.tags(name)
    if area == "attributes":
        return attributes_of(table, name)
    if column.kind == "number":
        numbers = table.number_array(name)
        return _param_numbers(table, name) if numbers is None else numbers
    return table.param_texts(name)


def _param_numbers(table: RunTable, key: str) -> list[Any]:
    values = table.param_values(key)
    return [as_number(value) if is_number(value) else None for value in values]


def _encode_rest(table: RunTable, columns: Sequence[Column]) -> dict[str, Any]:
    """What is asked for by aggregates, by filters, and to show a parameter as it was logged."""
    params = [column for column in columns if column.group == "Parameters"]
    return {
        "aggregates": _encode_aggregates(table, columns),
        "texts": {
            column.key: encoded
            for column in params
            if column.kind == "number" and (encoded := _odd_texts(table, column.name)) is not None
        },
        "numbers": {
            column.key: encoded
            for column in params
            if column.kind == "text"
            and (encoded := encode_values(_param_numbers(table, column.name))) is not None
        },
        "datasets": encode_values(table.datasets),
    }


def _encode_aggregates(table: RunTable, columns: Sequence[Column]) -> dict[str, Any]:
    """By metric its other aggregates; one that equals the last value everywhere is "last"."""
    found = {}
    for column in columns:
        if column.key.startswith("metrics."):
            last = table.metric_array(column.name)
            found[column.key] = {
                aggregate: "last" if _are_same(values, last) else _encode(values)
                for aggregate in AGGREGATES
                for values in [table.metric_array(column.name, aggregate)]
            }
    return found


def _are_same(values: pa.Array, last: pa.Array) -> bool:
    """Whether an aggregate is the last value in each run."""
    return bool(values.cast(last.type, safe=False).equals(last))


def _odd_texts(table: RunTable, key: str) -> Any:
    """The texts of a numeric parameter that are not what a browser writes for the number."""
    numbers = table.number_array(key)
    if numbers is None:
        pairs = map(_odd_text, table.param_values(key), table.param_texts(key))
        return encode_values(list(pairs))
    texts = table.text_array(key)
    found: list[str | None] = [None] * len(numbers)
    for place in np.flatnonzero(_may_be_odd(numbers, texts)).tolist():
        found[place] = _odd_text(numbers[place].as_py(), texts[place].as_py())
    return encode_values(found)


def _may_be_odd(numbers: pa.Array, texts: pa.Array) -> NDArray[np.bool_]:
    """Whether each text has to be compared with what a browser writes for the number."""
    import pyarrow.compute as pc

    differs = pc.not_equal(pc.cast(numbers, texts.type), texts)
    may_be: NDArray[np.bool_] = differs.to_numpy(zero_copy_only=False)
    return may_be | ~is_plain(numbers.to_numpy())


def _odd_text(value: Any, text: str | None) -> str | None:
    """The text of a number, unless it is what a browser writes."""
    if is_number(value) and text == browser_text(float(as_number(value))):
        return None
    return text


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


def _encode(values: Sequence[Any] | pa.Array) -> Any:
    """One value a run as `encode_values` has it; at once where numbers hardly repeat."""
    if isinstance(values, Sequence):
        return encode_values(values)
    if not values.null_count and len(values) > 1:
        numbers = values.to_numpy()
        if np.isfinite(numbers).all() and len(np.unique(numbers)) * 2 > len(numbers):
            return {"values": numbers.tolist()}
    return encode_values(values.to_pylist())


def encode_values(values: Sequence[Any]) -> Any:
    """One value a run, as briefly as JSON holds it; None where no run has one."""
    listed = _plain_values(values)
    words = [word for word in dict.fromkeys(listed) if word is not None]
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


def _plain_values(values: Sequence[Any]) -> Sequence[Hashable]:
    """Values as JSON holds them: numbers that it lacks become text."""
    kinds = set(map(type, values))
    if float not in kinds or (kinds == {float} and all(map(math.isfinite, values))):
        return values
    return [plain_number(value) if isinstance(value, float) else value for value in values]
