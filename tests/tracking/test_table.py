from __future__ import annotations

import datetime
import decimal
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import InvalidValue
from runfolio.store.parquet import encode_table
from runfolio.tracking.table import table_to_arrow


def kept(table: Any) -> dict[str, list[Any]]:
    """The columns of `table` after they went through Parquet."""
    content = encode_table(table_to_arrow(table))
    return pl.read_parquet(content).to_dict(as_series=False)


EXPECTED = {"name": ["a", "b"], "size": [1, None]}


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"name": ["a", "b"], "size": pd.array([1, None], "Int64")}),
        pa.table(EXPECTED),
        pa.RecordBatch.from_pydict(EXPECTED),
        pl.DataFrame(EXPECTED),
        EXPECTED,
        {"name": np.array(["a", "b"]), "size": (1, None)},
        [{"name": "a", "size": 1}, {"name": "b"}],
        [{"name": "a", "size": 1}, {"size": None, "name": "b"}],
    ],
    ids=["pandas", "arrow", "batch", "polars", "dict", "arrays", "rows", "ordered"],
)
def test_kinds_of_tables(table: Any) -> None:
    assert kept(table) == EXPECTED


def test_a_named_index_is_kept_and_another_is_not() -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=[7, 8])
    assert kept(frame) == {"x": [1, 2]}
    assert kept(frame.rename_axis("id")) == {"id": [7, 8], "x": [1, 2]}
    assert kept(frame.rename_axis("x")) == {"x": [7, 8], "x_2": [1, 2]}


def test_several_indexes() -> None:
    index = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["letter", None])
    assert kept(pd.DataFrame({"x": [1, 2]}, index=index)) == {"letter": ["a", "b"], "x": [1, 2]}


def test_a_series() -> None:
    assert kept(pd.Series([1, 2], name="x")) == {"x": [1, 2]}
    assert kept(pd.Series([1, 2])) == {"value": [1, 2]}


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, "a", None, 2.5], ["1", "a", None, "2.5"]),
        ([2**70, 1], [str(2**70), "1"]),
        ([1 + 2j], ["(1+2j)"]),
        ([{}], ["{}"]),
        (["\ud800"], ["?"]),
        ([{"a": 1}, [2]], ["{'a': 1}", "[2]"]),
    ],
)
def test_values_of_several_types_become_text(values: list[Any], texts: list[Any]) -> None:
    assert kept({"x": values}) == {"x": texts}
    assert kept(pd.DataFrame({"x": pd.Series(values, dtype=object)})) == {"x": texts}


def test_missing_values_of_pandas_in_a_mixed_column() -> None:
    frame = pd.DataFrame({"x": pd.Series([1, "a", np.nan, pd.NA, pd.NaT], dtype=object)})
    assert kept(frame) == {"x": ["1", "a", None, None, None]}


def test_types_are_kept() -> None:
    day = datetime.date(2026, 11, 24)
    columns = {"day": [day], "price": [decimal.Decimal("1.50")], "list": [[1, 2]], "flag": [True]}
    assert kept(columns) == columns


def test_categories_and_periods_of_pandas() -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["u", "v"]), "p": pd.period_range("2026", periods=2)})
    assert kept(frame)["c"] == ["u", "v"]
    assert kept(frame)["p"] == ["2026-01-01", "2026-01-02"]


def test_column_names_become_distinct_text() -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=[0, "0", "0_2", ("a", 1)])
    assert kept(frame) == {"0": [1], "0_3": [2], "0_2": [3], "('a', 1)": [4]}


def test_a_table_of_nothing() -> None:
    assert table_to_arrow({}).num_columns == 0
    assert table_to_arrow([]).num_columns == 0
    assert kept({"x": []}) == {"x": []}
    assert kept(pd.DataFrame({"x": pd.Series([], dtype=float)})) == {"x": []}


def test_rows_of_an_array_per_column() -> None:
    assert kept({"x": np.array([[1, 2], [3, 4]])}) == {"x": ["[1 2]", "[3 4]"]}


@given(
    st.lists(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.none()),
        max_size=5,
    )
)
def test_any_column_can_be_kept(values: list[Any]) -> None:
    found = kept({"x": values})["x"]
    assert [value is None for value in found] == [
        value is None or (value != value and found[at] is None) for at, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (7, "can't be made of a builtins.int. Give a DataFrame"),
        ("a,b", "can't be made of a builtins.str"),
        ({"x": 1}, "can't be made of a builtins.dict"),
        ({"x": "ab"}, "can't be made of a builtins.dict"),
        ([1, 2], "can't be made of a builtins.list"),
        ({"x": [1], "y": [1, 2]}, "equally long: 'x' has 1, 'y' has 2"),
        (pd.Index([1]), "can't be made of a pandas Index"),
        (pl.LazyFrame({"x": [1]}), "LazyFrame"),
    ],
)
def test_what_is_no_table(table: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        table_to_arrow(table)
