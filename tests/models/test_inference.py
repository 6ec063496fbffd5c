"""Signatures inferred from data are those of MLflow, but for what is said to differ."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import runfolio
from runfolio.errors import InvalidValue
from runfolio.models.signature import Column, Parameter, Signature, Tensor
from tests.models.theirs import asking_mlflow, mlflow

DAY = datetime.datetime(2026, 5, 1, 12, 30)  # noqa: DTZ001


def infer_like_mlflow(data: Any, predictions: Any = None, params: Any = None) -> Signature | None:
    """What MLflow infers, in our words."""
    with asking_mlflow():
        inferred = mlflow.models.infer_signature(data, predictions, params)
    return Signature.parse(inferred.to_dict())


NUMBERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32")
DTYPES = (*NUMBERS, "bool", "float16", "float32", "float64", "datetime64[ns]")


@st.composite
def columns(draw: st.DrawFn) -> pd.Series[Any]:
    """A column of a type that MLflow knows, with missing values where it can have some."""
    kind = draw(st.sampled_from((*DTYPES, "Int64", "Int32", "boolean", "Float32", "str", "object")))
    rows = draw(st.integers(1, 4))
    missing = draw(st.booleans())
    if kind in ("str", "object", "category"):
        words = draw(st.lists(st.sampled_from("abü"), min_size=rows, max_size=rows))
        return pd.Series([None, *words] if missing else [*words, "z"], dtype=kind)
    if kind in ("Int64", "Int32", "boolean", "Float32"):
        return pd.Series([1, *[0] * rows, *([pd.NA] if missing else [])], dtype=kind)
    column = pd.Series(np.arange(rows).astype(kind))
    if missing and kind in ("float32", "float64"):
        column[0] = np.nan
    return column


@given(st.dictionaries(st.text(min_size=1, max_size=8), columns(), min_size=1, max_size=5))
def test_tables_are_inferred_as_mlflow_does(table: dict[str, pd.Series[Any]]) -> None:
    frame = pd.DataFrame(table)
    assert runfolio.infer_signature(frame, frame) == infer_like_mlflow(frame, frame)


@given(
    st.sampled_from((*NUMBERS, "uint64", "bool", "float16", "float64", "complex64", "<U5", "S3")),
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
)
def test_arrays_are_inferred_as_mlflow_does(dtype: str, shape: list[int]) -> None:
    array = np.zeros(shape, dtype)
    assert runfolio.infer_signature(array) == infer_like_mlflow(array)
    both = {"a": array, "ü": np.zeros((2, 3), "float32")}
    assert runfolio.infer_signature(both, array) == infer_like_mlflow(both, array)


PLAIN = st.recursive(
    st.sampled_from((True, 1, 2.5, "a", b"b", DAY, DAY.date(), np.int32(3), np.float32(1), None)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("a", "b", "c")), inner, max_size=3)
    ),
    max_leaves=6,
)


def gave_up(signature: Signature | None) -> bool:
    """Whether MLflow found no type for one value and so none for all."""
    return signature == Signature((Column(None, "any"),))


@given(st.dictionaries(st.sampled_from(("x", "y")), PLAIN, min_size=1))
def test_dicts_are_inferred_as_mlflow_does(row: dict[str, Any]) -> None:
    expected = infer_like_mlflow(row)
    found = runfolio.infer_signature(row)
    if gave_up(expected):
        assert [one.name for one in found.inputs or ()] == list(row)
    else:
        assert found == expected


@given(st.lists(st.dictionaries(st.sampled_from(("x", "y")), PLAIN, min_size=1), min_size=1))
def test_rows_are_inferred_as_mlflow_does(rows: list[dict[str, Any]]) -> None:
    expected = infer_like_mlflow(rows)
    found = runfolio.infer_signature(rows)
    if gave_up(expected):
        assert {one.name for one in found.inputs or ()} == {name for row in rows for name in row}
    else:
        assert found == expected


@given(st.lists(PLAIN, max_size=4))
def test_lists_are_inferred_as_mlflow_does(values: list[Any]) -> None:
    if values and all(isinstance(one, dict) for one in values):
        return
    assert runfolio.infer_signature(values) == infer_like_mlflow(values)


@pytest.mark.parametrize(
    "data",
    [
        pd.Series([1.5, None], name="a"),
        pd.Series(["x", "y"]),
        sparse.csr_matrix(np.eye(3)),
        sparse.csc_matrix(np.eye(3, dtype="float32")),
        pd.DataFrame({"a": pd.Categorical(["x", "y", None])}),
        pd.DataFrame({"a": [[1, 2], [3]], "b": [{"c": 1}, {"c": 2, "d": "e"}]}),
        pd.DataFrame({"a": [np.array([1.0, 2.0]), np.array([3.0])]}),
        pd.DataFrame({"a": pd.to_datetime(["2026-01-01"], utc=True)}),
        pd.DataFrame({"a": pd.Series([], dtype="object"), "b": pd.Series([], dtype="str")}),
        pd.DataFrame({"a": [None, None]}),
        pd.DataFrame({"a": [b"x"]}),
        "one text",
        4,
        2.5,
        b"bytes",
        ["a", None],
        [["a"], ["b", "c"]],
    ],
    ids=repr,
)
def test_other_data_is_inferred_as_mlflow_does(data: Any) -> None:
    assert runfolio.infer_signature(data) == infer_like_mlflow(data)


@pytest.mark.parametrize(
    "value",
    [
        *(1, 2.5, True, "a", DAY, np.int32(3), np.float32(0.5), [1, 2], [0.5], ["a", "b"]),
        *([True], [1, 2.5], np.array([1.5, 2]), [DAY], {"a": 1, "b": {"c": ["d"]}}),
    ],
    ids=repr,
)
def test_parameters_are_inferred_as_mlflow_does(value: Any) -> None:
    frame = pd.DataFrame({"x": [1.0]})
    found = runfolio.infer_signature(frame, params={"p": value})
    assert found == infer_like_mlflow(frame, params={"p": value})
    assert json.loads(found.document()["params"] or "") == [
        {**one, "shape": one["shape"] and list(one["shape"])}
        for one in mlflow.models.infer_signature(frame, params={"p": value}).params.to_dict()
    ]


def test_what_differs_from_mlflow_on_purpose() -> None:
    mixed = pd.DataFrame({"a": [1.0], "b": [Decimal(1)], "c": [pd.Timedelta(1)]})
    assert gave_up(infer_like_mlflow(mixed))
    kept = (Column("a", "double"), Column("b", "any"), Column("c", "any"))
    assert runfolio.infer_signature(mixed).inputs == kept
    counted = pd.DataFrame([[1.5, "a"], [None, "b"]])
    assert runfolio.infer_signature(counted).inputs == (
        Column(None, "double"),
        Column(None, "string"),
    )
    years = pd.DataFrame([[1.0, 2.0]], columns=[2025, "next"])
    assert [one.name for one in runfolio.infer_signature(years).inputs or ()] == ["2025", "next"]
    assert runfolio.infer_signature(pd.Series([1.5, None])).inputs == (Column(None, "double"),)


def test_shapes_and_optional_columns() -> None:
    found = runfolio.infer_signature(
        pd.DataFrame({"a": [1, 2], "b": [0.5, None]}), np.zeros((2, 3), "float32"), {"n": [1, 2]}
    )
    assert found == Signature(
        (Column("a", "long"), Column("b", "double", required=False)),
        (Tensor(None, "float32", (-1, 3)),),
        (Parameter("n", "long", [1, 2], (-1,)),),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame(), "a table without columns"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns 'a'. Give each a name"),
        (np.array(1.0), "an array without rows"),
        ({}, "A dict of data has a text for each key"),
        ({1: 2}, "A dict of data has a text for each key"),
        ([{}], "A list of dicts has a text for each key"),
        (object(), "can be inferred from a object. Give a DataFrame"),
    ],
)
def test_what_is_no_data_is_refused(data: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        runfolio.infer_signature(data)


@pytest.mark.parametrize("value", [None, [], [1, "a"], [[1]], b"x", {}, {"a": object()}, object()])
def test_what_is_no_parameter_is_refused(value: Any) -> None:
    with pytest.raises(InvalidValue, match="The parameter 'p' can't be"):
        runfolio.infer_signature([1.0], params={"p": value})
    with pytest.raises(InvalidValue, match="Parameters are a dict"):
        runfolio.infer_signature([1.0], params=[value])
