"""What a model is asked, checked by its signature, and compared with what MLflow does with it."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runfolio.errors import SignatureMismatch
from runfolio.models.checking import check_call, shape_unsigned
from runfolio.models.signature import COLUMN_TYPES, Column, Parameter, Signature, Tensor

Make = Callable[[], Any]


def columns(**types: Any) -> Signature:
    """A signature of named columns; a type in a list is one that may be missing."""
    fields = [
        Column(name, one[0], required=False) if isinstance(one, list) else Column(name, one)
        for name, one in types.items()
    ]
    return Signature(tuple(fields))


def fitted(signature: Signature, data: Any) -> Any:
    return check_call(signature, data)[0]


def refusal(signature: Signature, data: Any, params: Any = None) -> str:
    with pytest.raises(SignatureMismatch) as caught:
        check_call(signature, data, params)
    text = str(caught.value)
    assert "\n" not in text
    return text


# What MLflow does, as a yardstick.


def as_mlflow(signature: Signature) -> Any:
    from mlflow.models import ModelSignature

    return ModelSignature.from_dict(signature.document())


def mlflow_fits(signature: Signature, data: Any) -> Any:
    """What MLflow makes of the data, None where it refuses it."""
    from mlflow.exceptions import MlflowException
    from mlflow.models.utils import _enforce_schema

    logging.getLogger("mlflow.models.utils").setLevel(logging.ERROR)
    try:
        return _enforce_schema(data, as_mlflow(signature).inputs)
    except (MlflowException, ValueError, TypeError):
        return None


def ours_fits(signature: Signature, data: Any) -> Any:
    try:
        return check_call(signature, data)[0]
    except SignatureMismatch:
        return None


def series(values: Any, dtype: Any = None) -> Make:
    return lambda: pd.Series(values, dtype=dtype, name="x")


SERIES: dict[str, Make] = {
    "int8": series([1, -2], "int8"),
    "int16": series([1, -2], "int16"),
    "int32": series([1, -2], "int32"),
    "int64": series([1, -2], "int64"),
    "uint8": series([1, 2], "uint8"),
    "uint32": series([1, 2], "uint32"),
    "uint64": series([1, 2], "uint64"),
    "bits as int64": series([0, 1], "int64"),
    "large int64": series([2**53 + 1, 1], "int64"),
    "float16": series([0.5, -1.5], "float16"),
    "float32": series([0.5, -1.5], "float32"),
    "float64": series([0.1, -1.5], "float64"),
    "whole float64": series([1.0, -2.0], "float64"),
    "float64 with nan": series([1.0, np.nan], "float64"),
    "float64 with inf": series([1.0, np.inf], "float64"),
    "bool": series([True, False], "bool"),
    "text": series(["a", "b"], "str"),
    "text as objects": series(["a", "b"], object),
    "text with None": series(["a", None], object),
    "numbers as objects": series([1, 2], object),
    "floats as objects": series([0.5, 1.5], object),
    "bools as objects": series([True, False], object),
    "bools with None": series([True, None], object),
    "integers with None": series([1, None], object),
    "mixed objects": series([1, "a"], object),
    "bytes": series([b"a", b"b"], object),
    "decimals": series([Decimal("1.5"), Decimal("2.5")], object),
    "dates": series([dt.date(2024, 1, 2), dt.date(2024, 1, 3)], object),
    "times ns": series(["2024-01-02", "2024-01-03"], "datetime64[ns]"),
    "times s": series(["2024-01-02", "2024-01-03"], "datetime64[s]"),
    "times in UTC": series(["2024-01-02", "2024-01-03"], "datetime64[ns, UTC]"),
    "times as text objects": series(["2024-01-02", "2024-01-03"], object),
    "times as text": series(["2024-01-02", "2024-01-03"], "str"),
    "spans": series([1, 2], "timedelta64[s]"),
    "nullable integers": series([1, 2], "Int64"),
    "nullable integers with NA": series([1, None], "Int64"),
    "nullable floats": series([0.5, 1.5], "Float64"),
    "categories of text": series(["a", "b"], "category"),
    "categories of integers": series([1, 2], "category"),
    "lists": series([[1], [2]], object),
}

INTEGERS = frozenset({"integer", "long"})
FLOATS = frozenset({"float", "double"})
NUMBERS = INTEGERS | FLOATS

MORE: dict[str, frozenset[str]] = {
    # A value that stays what it is may change its type.
    "int64": frozenset({"integer", *FLOATS}),
    "int32": frozenset({"float"}),
    "int16": frozenset({"float"}),
    "int8": frozenset({"float"}),
    "uint8": frozenset({"float"}),
    "uint32": frozenset({"integer", "float"}),
    "uint64": frozenset(NUMBERS),
    "bits as int64": frozenset({"integer"}),
    "whole float64": frozenset({*INTEGERS, "float"}),
    "float64 with nan": frozenset({"float"}),
    "float64 with inf": frozenset({"float"}),
    "numbers as objects": frozenset({"integer", *FLOATS}),
    "floats as objects": frozenset({"float"}),
    "integers with None": frozenset({"float"}),
    "decimals": frozenset({"float"}),
    "nullable integers": frozenset({"integer", *FLOATS}),
    "nullable integers with NA": FLOATS,
    "nullable floats": frozenset({"float"}),
    # Categories are what they stand for, and text in ISO 8601 is a time whatever holds it.
    "categories of text": frozenset({"string"}),
    "categories of integers": frozenset({*NUMBERS}),
    "times as text": frozenset({"datetime"}),
    "times as text objects": frozenset({"datetime"}),
}
"""Types that are taken here, where MLflow refuses the column."""

FEWER: dict[str, frozenset[str]] = {
    # A column of Python objects has to hold what it says.
    **dict.fromkeys(
        ("text", "text as objects", "text with None", "times as text", "times as text objects"),
        frozenset({"binary"}),
    ),
    "numbers as objects": frozenset({"string", "binary"}),
    "floats as objects": frozenset({"string", "binary"}),
    "bools as objects": frozenset({"string", "binary"}),
    "bools with None": frozenset({"string", "binary", "double"}),
    "integers with None": frozenset({"string", "binary"}),
    "mixed objects": frozenset({"string", "binary", "boolean"}),
    "bytes": frozenset({"string", "boolean"}),
    "decimals": frozenset({"string", "binary", "boolean"}),
    "dates": frozenset({"string", "binary", "boolean"}),
    "lists": frozenset({"string", "binary", "boolean"}),
}
"""Types that are refused here, where MLflow takes the column."""


@pytest.mark.parametrize("kind", COLUMN_TYPES)
@pytest.mark.parametrize("name", SERIES)
def test_a_column_is_taken_or_refused_as_by_mlflow(name: str, kind: str) -> None:
    signature = columns(x=kind)
    theirs = mlflow_fits(signature, SERIES[name]().to_frame())
    ours = ours_fits(signature, SERIES[name]().to_frame())
    if kind in MORE.get(name, ()):
        assert theirs is None
        assert ours is not None
    elif kind in FEWER.get(name, ()):
        assert theirs is not None
        assert ours is None
    else:
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            pd.testing.assert_frame_equal(ours, theirs)


def tensor(dtype: str, *shape: int) -> Signature:
    return Signature((Tensor(None, dtype, shape),))


ARRAYS: dict[str, Any] = {
    "float64 (2, 3)": np.ones((2, 3)),
    "float32 (2, 3)": np.ones((2, 3), "float32"),
    "float64 (3,)": np.ones(3),
    "float64 (2, 3, 1)": np.ones((2, 3, 1)),
    "int64 (2, 3)": np.ones((2, 3), "int64"),
    "int32 (2, 3)": np.ones((2, 3), "int32"),
    "bool (2, 3)": np.ones((2, 3), "bool"),
    "text (2,)": np.array(["a", "bcd"]),
    "objects (2,)": np.array(["a", None], object),
    "ragged": np.array([np.ones(2), np.ones(3)], object),
    "a table of three": pd.DataFrame(np.ones((2, 3)), columns=list("abc")),
    "a table of one": pd.DataFrame({"a": [1.0, 2.0]}),
    "a table of lists": pd.DataFrame({"a": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]}),
    "a table of arrays": pd.DataFrame({"a": [np.ones(3), np.ones(3)]}),
}
TENSORS = {
    "float64 (-1, 3)": tensor("float64", -1, 3),
    "float64 (2, 3)": tensor("float64", 2, 3),
    "float64 (-1, -1)": tensor("float64", -1, -1),
    "float32 (-1, 3)": tensor("float32", -1, 3),
    "int64 (-1, 3)": tensor("int64", -1, 3),
    "float64 (-1,)": tensor("float64", -1),
    "bool (-1, 3)": tensor("bool", -1, 3),
    "str (-1,)": tensor("str", -1),
    "object (-1,)": tensor("object", -1),
}
MORE_TENSORS = {
    # A table whose width fits may have no fixed number of rows or columns in the signature.
    ("a table of three", "float64 (2, 3)"),
    ("a table of three", "float64 (-1, -1)"),
    ("a table of lists", "float64 (2, 3)"),
    ("a table of arrays", "float64 (2, 3)"),
    ("a table of lists", "float64 (-1, -1)"),
    ("a table of arrays", "float64 (-1, -1)"),
    ("a table of lists", "object (-1,)"),
    ("a table of arrays", "object (-1,)"),
}
FEWER_TENSORS = {
    # In a table an array has to have its type as anywhere, and numbers are no text or truth.
    ("a table of arrays", "float32 (-1, 3)"),
    ("a table of arrays", "int64 (-1, 3)"),
    ("a table of arrays", "bool (-1, 3)"),
    ("a table of one", "str (-1,)"),
    ("a table of lists", "bool (-1, 3)"),
}


@pytest.mark.parametrize("wanted", TENSORS)
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_taken_or_refused_as_by_mlflow(name: str, wanted: str) -> None:
    theirs = mlflow_fits(TENSORS[wanted], ARRAYS[name])
    ours = ours_fits(TENSORS[wanted], ARRAYS[name])
    if (name, wanted) in MORE_TENSORS:
        assert theirs is None
        assert ours is not None
    elif (name, wanted) in FEWER_TENSORS:
        assert theirs is not None
        assert ours is None
    else:
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            assert ours.dtype == theirs.dtype
            assert ours.shape == theirs.shape
            assert all(np.all(a == b) for a, b in zip(ours, theirs, strict=True))


def test_all_that_is_wrong_is_said_at_once_in_one_line() -> None:
    signature = Signature(
        (Column("age", "long"), Column("income", "double"), Column("city", "string")),
        params=(Parameter("limit", "double", 0.5),),
    )
    frame = pd.DataFrame({"ages": [1], "income": ["much"], "city": [7]})
    assert refusal(signature, frame, {"limti": 1, "limit": "low"}) == (
        "What the model was given doesn't fit its signature: column 'age' (long) is missing; is it "
        "'ages'?; column 'income' holds 'much' (text) where double is expected; column 'city' "
        "holds 7 (int) where string is expected; parameter 'limti' is unknown; is it 'limit'?; "
        "parameter 'limit' is 'low' where double is expected. The model's .signature tells all "
        "that it takes."
    )


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("long", [1.5, 2.0], "column 'x' holds 1.5 where long is expected"),
        ("long", [1.0, np.nan], "column 'x' has missing values where long is expected"),
        ("long", [1.0, np.inf], "column 'x' holds inf where long is expected"),
        ("integer", [2**31], "column 'x' holds 2147483648 where integer is expected"),
        ("long", np.array([2**63], "uint64"), "column 'x' holds 9223372036854775808 where long"),
        ("long", [2.0**63], "column 'x' holds 9.223372036854776e+18 where long is expected"),
        ("double", [2**53 + 1], "column 'x' holds 9007199254740993 where double is expected"),
        ("float", np.array([0.1]), "column 'x' holds 0.1 where float is expected"),
        ("double", ["1.5"], "column 'x' holds '1.5' (text) where double is expected"),
        ("double", [True], "column 'x' holds True (bool) where double is expected"),
        ("boolean", [1, 0], "column 'x' holds 1 (int) where boolean is expected"),
        ("string", [b"a"], "column 'x' holds b'a' (bytes) where string is expected"),
        ("datetime", [20240102], "column 'x' holds 20240102 (int64) where datetime is expected"),
        ("datetime", ["soon"], "column 'x' holds 'soon' where datetime is expected"),
        (
            *("datetime", ["2024-01-02T00:00:00Z"]),
            "column 'x' holds '2024-01-02T00:00:00Z' (a time with a zone) where datetime",
        ),
        ("datetime", ["9999-01-01"], "column 'x' holds times that nanoseconds have no number for"),
        ("string", ["a" * 50, 1], "column 'x' holds 1 (int) where string is expected"),
    ],
)
def test_a_column_that_does_not_fit_is_named_with_what_it_holds(
    kind: str, values: Any, said: str
) -> None:
    assert said in refusal(columns(x=kind), pd.DataFrame({"x": values}))


def test_a_long_value_is_cut() -> None:
    assert f"holds '{'a' * 38}… (text)" in refusal(columns(x="long"), {"x": "a" * 999})


def test_columns_are_found_by_name_and_what_is_more_is_left_out_with_a_warning() -> None:
    signature = columns(a="double", b="long", c=["string"])
    frame = pd.DataFrame({"id": [1, 2], "b": [3, 4], "a": [0.5, 1]}, index=[7, 8])
    with pytest.warns(UserWarning, match=r"^The model doesn't take 'id', which predict leaves out"):
        found = fitted(signature, frame)
    pd.testing.assert_frame_equal(found, frame[["a", "b"]])
    assert "column 'a' is there more than once" in refusal(
        columns(a="long"), pd.DataFrame([[1, 2]], columns=["a", "a"])
    )


def test_what_is_missing_in_a_column_that_may_lack_values_stays_missing() -> None:
    signature = columns(n=["long"], s=["string"], b=["boolean"], t=["datetime"], d="double")
    frame = pd.DataFrame({"n": [1, None], "s": ["a", None], "b": [True, None], "d": [None, 1.5]})
    found = fitted(signature, frame.assign(t=pd.to_datetime(["2024-01-02", "NaT"])))
    assert [str(one) for one in found.dtypes] == [
        *("float64", str(frame["s"].dtype), "object", "datetime64[ns]", "float64"),
    ]
    assert found.isna().sum().tolist() == [1, 1, 1, 1, 1]
    empty = pd.DataFrame({"n": [None], "s": [np.nan], "b": [None], "t": [np.nan], "d": [None]})
    assert fitted(signature, empty).isna().all(axis=None)


def test_a_dict_has_columns_or_one_row() -> None:
    signature = columns(a="double", s="string")
    one_row = pd.DataFrame({"a": [1.0], "s": pd.Series(["x"])})
    for data in ({"a": 1, "s": "x"}, {"s": ["x"], "a": np.array([1])}, {"a": [1.0], "s": "x"}):
        pd.testing.assert_frame_equal(fitted(signature, data), one_row)
    assert len(fitted(signature, {"a": [1, 2, 3], "s": "x"})) == 3
    assert fitted(signature, {"a": np.array(2), "s": np.str_("x")})["a"].tolist() == [2.0]
    assert fitted(signature, {"a": [], "s": []}).shape == (0, 2)
    assert "its columns are of different lengths: 'a' has 1, 's' has 2" in refusal(
        signature, {"a": [1], "s": ["x", "y"]}
    )
    assert "column 'a' is {1: 2} where a list of values is expected" in refusal(
        signature, {"a": {1: 2}, "s": ["x"]}
    )
    assert "column 'a' is an array of shape (2, 2)" in refusal(
        signature, {"a": np.ones((2, 2)), "s": ["x", "y"]}
    )


def test_numbers_of_python_take_the_width_of_a_float_column() -> None:
    assert fitted(columns(x="float"), {"x": [0.1, 2]})["x"].tolist() == [np.float32(0.1), 2.0]
    assert fitted(columns(x="float"), {"x": 0.1})["x"].dtype == "float32"
    assert "holds 1e+300 where float" in refusal(columns(x="float"), {"x": [1e300]})
    assert "holds 16777217 where float" in refusal(columns(x="float"), {"x": 2**24 + 1})


def test_an_array_has_the_columns_in_their_order() -> None:
    signature = columns(a="double", b="long")
    found = fitted(signature, np.array([[1, 2], [3, 4]]))
    assert found.to_dict("list") == {"a": [1.0, 3.0], "b": [2, 4]}
    assert fitted(signature, [[1, 2]]).equals(found[:1])
    assert fitted(signature, [{"b": 2, "a": 1}]).equals(found[:1])
    assert fitted(columns(a="long"), np.array([1, 2]))["a"].tolist() == [1, 2]
    assert fitted(columns(a="long"), [1, 2])["a"].tolist() == [1, 2]
    assert fitted(columns(a="long"), pd.Series([1, 2], name="y"))["a"].tolist() == [1, 2]
    assert fitted(columns(a="string"), "one text")["a"].tolist() == ["one text"]
    assert "it has 3 columns without names where 2 are expected: 'a', 'b'" in refusal(
        signature, np.ones((1, 3))
    )
    assert "it is an array of shape (2,) where rows of 2 columns are expected" in refusal(
        signature, np.ones(2)
    )
    assert "it is a set where a DataFrame, an array or a dict of columns is expected" in refusal(
        signature, {1, 2}
    )


def test_columns_without_names_are_counted() -> None:
    signature = Signature((Column(None, "double"), Column(None, "long")))
    frame = pd.DataFrame({"p": [1], "q": [2]})
    pd.testing.assert_frame_equal(fitted(signature, frame), frame.astype({"p": "float64"}))
    assert fitted(signature, np.ones((3, 2))).shape == (3, 2)
    assert "it has 1 column where 2 without names are expected" in refusal(signature, frame[["p"]])
    # MLflow takes the first two of three.
    three = pd.DataFrame(np.ones((1, 3)))
    assert mlflow_fits(signature, three.astype({1: int})) is not None
    assert "it has 3 columns where 2" in refusal(signature, three)


def as_json(value: Any) -> str:
    return json.dumps(value, default=lambda one: one.tolist())


NESTED = {
    "list": {"type": "array", "items": {"type": "double"}},
    "lists": {"type": "array", "items": {"type": "array", "items": {"type": "long"}}},
    "object": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "required": True},
            "size": {"type": "double", "required": False},
        },
    },
    "map": {"type": "map", "values": {"type": "long"}},
    "objects": {
        "type": "array",
        "items": {"type": "object", "properties": {"n": {"type": "long", "required": True}}},
    },
}


@pytest.mark.parametrize(
    ("kind", "cell", "taken"),
    [
        ("list", [1, 2.5], True),
        ("list", np.array([0.5, 2]), True),
        ("list", [], True),
        ("list", ["a"], False),
        ("list", "a", False),
        ("list", None, False),
        ("list", [[1.0]], False),
        ("lists", [[1], [2, 3]], True),
        ("lists", [1], False),
        ("object", {"name": "a"}, True),
        ("object", {"name": "a", "size": 1.5}, True),
        ("object", {"name": "a", "size": None}, True),
        ("object", {"size": 1.5}, False),
        ("object", {"name": "a", "colour": "red"}, False),
        ("object", ["a"], False),
        ("map", {"a": 1}, True),
        ("map", {"a": "b"}, False),
        ("map", {1: 1}, False),
        ("objects", [{"n": 1}, {"n": 2}], True),
        ("objects", [{"m": 1}], False),
    ],
)
def test_a_nested_value_is_taken_or_refused_as_by_mlflow(kind: str, cell: Any, taken: bool) -> None:
    signature = Signature((Column("x", NESTED[kind]),))
    frame = pd.DataFrame({"x": [cell]})
    theirs, ours = mlflow_fits(signature, frame), ours_fits(signature, frame)
    assert (theirs is not None, ours is not None) == (taken, taken)
    if taken:
        assert as_json(ours["x"].iloc[0]) == as_json(theirs["x"].iloc[0])


def test_a_nested_value_that_does_not_fit_is_told_with_its_place() -> None:
    signature = Signature((Column("x", NESTED["object"]), Column("y", NESTED["map"])))
    data = {"x": {"name": 3}, "y": {"a": 1.5}}
    said = refusal(signature, data)
    assert "column 'x' holds 3 (int) in 'name' where {name: string, size: double}" in said
    assert "column 'y' holds 1.5 in 'a' where map of long is expected" in said
    lacking = refusal(signature, {"x": {"size": 1.0, "colour": 1}, "y": {}})
    assert "lacks 'name' and has 'colour', which it has no place for" in lacking


def test_a_dict_of_lists_is_one_row_where_the_columns_take_lists() -> None:
    signature = Signature((Column("emb", NESTED["list"]), Column("n", "long")))
    assert fitted(signature, {"emb": [0.5, 1], "n": 3})["emb"].tolist() == [[0.5, 1.0]]
    rows = fitted(signature, {"emb": [[0.5], [1.5, 2]], "n": [3, 4]})
    assert rows["emb"].tolist() == [[0.5], [1.5, 2.0]]
    assert len(fitted(signature, {"emb": np.ones((2, 3)), "n": [3, 4]})) == 2


def test_a_type_without_end_is_refused() -> None:
    kind: dict[str, Any] = {"type": "long"}
    for _ in range(100):
        kind = {"type": "array", "items": kind}
    value: Any = 1
    for _ in range(100):
        value = [value]
    assert "nested too deeply" in refusal(
        Signature((Column("x", kind),)), pd.DataFrame({"x": [value]})
    )


def test_arrays_have_names_or_are_one() -> None:
    signature = Signature((Tensor("image", "float32", (-1, 2, 2)), Tensor("n", "int64", (-1,))))
    image, n = np.ones((3, 2, 2), "float32"), np.arange(3)
    found = fitted(signature, {"n": n, "image": image, "more": n})
    assert list(found) == ["image", "n"]
    assert fitted(signature, {"n": [1], "image": [[[0.1, 1], [2, 3]]]})["image"].dtype == "float32"
    table = pd.DataFrame({"image": [[1.0, 2, 3, 4], [5.0, 6, 7, 8]], "n": [1, 2]})
    assert fitted(signature, table)["image"].shape == (2, 2, 2)
    said = refusal(signature, {"image": image.astype("float64")[:, 0]})
    assert "array 'image' has the shape (3, 2) where float32 (-1, 2, 2) is expected" in said
    assert "array 'n' (int64 (-1,)) is missing" in said
    assert "array 'image' has the type float64 where" in refusal(
        signature, {"image": image.astype("float64"), "n": n}
    )
    assert "it is a ndarray where a dict of arrays is expected, with 'image', 'n'" in refusal(
        signature, image
    )
    only = Signature((Tensor("n", "int64", (-1,)),))
    assert list(fitted(only, n)) == ["n"]
    assert "the data is a dict where float64 (-1, 3) is expected" in refusal(
        tensor("float64", -1, 3), {"x": 1}
    )


def test_numbers_in_lists_take_the_type_of_an_array_where_they_stay_what_they_are() -> None:
    assert fitted(tensor("float32", -1, 2), [[0.1, 1]]).dtype == "float32"
    assert fitted(tensor("int32", -1), [1.0, 2]).tolist() == [1, 2]
    assert "has the type float64" in refusal(tensor("int32", -1), [1.5])
    assert "has the type bool" in refusal(tensor("int64", -1), [True])
    assert "has the type int64" in refusal(tensor("uint8", -1), [300])
    assert "is a list that is no array" in refusal(tensor("int64", -1, 2), [[1], [1, 2]])


def test_a_sparse_matrix_is_taken_as_it_is() -> None:
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(np.eye(3))
    assert fitted(tensor("float64", -1, 3), matrix) is matrix
    assert "has the shape (3, 3)" in refusal(tensor("float64", -1, 4), matrix)


MORNING = dt.datetime.fromisoformat("2024-01-02T03:04:05")

KNOWN = (
    Parameter("whole", "long", 3),
    Parameter("small", "integer", 3),
    Parameter("real", "double", 0.5),
    Parameter("text", "string", "a"),
    Parameter("flag", "boolean", True),
    Parameter("day", "datetime", "2024-01-02T03:04:05"),
    Parameter("many", "double", [1.0, 2.0], (-1,)),
)
GIVEN: list[tuple[str, Any]] = [
    *(("whole", one) for one in (5, 1.5, True, "5", np.int64(5), np.int32(5), None)),
    *(("small", one) for one in (5, np.int32(5), "5", 1.5)),
    *(("real", one) for one in (1, 1.5, "1", True, np.float32(1.5), np.float64(1.5), np.int64(2))),
    *(("text", one) for one in ("b", 1, None, b"b", np.str_("b"))),
    *(("flag", one) for one in (False, 1, "True", np.bool_(True))),
    *(("day", one) for one in ("2024-02-03", "soon", MORNING, 5)),
    *(("many", one) for one in ([3, 4.5], [], np.array([3.5]), 3.5, ["a"], [[1.0]], np.eye(2))),
]


@pytest.mark.parametrize(("name", "value"), GIVEN)
def test_a_parameter_is_taken_or_refused_as_by_mlflow(name: str, value: Any) -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.models.utils import _enforce_params_schema

    signature = Signature(params=KNOWN)
    theirs: Any
    try:
        theirs = _enforce_params_schema({name: value}, as_mlflow(signature).params)
    except MlflowException:
        assert f"parameter {name!r} is" in refusal(signature, None, {name: value})
        return
    ours = check_call(signature, None, {name: value})[1]
    assert ours == theirs
    assert {key: type(one) for key, one in ours.items()} == {
        key: type(one) for key, one in theirs.items()
    }


def test_a_whole_number_may_be_written_as_a_float() -> None:
    """MLflow refuses that; a column of such numbers is taken here, too."""
    assert check_call(Signature(params=KNOWN), None, {"whole": 4.0})[1]["whole"] == 4


def test_parameters_have_defaults_and_unknown_ones_are_refused() -> None:
    complete = check_call(Signature(params=KNOWN), None)[1]
    assert complete["day"] == MORNING
    assert complete["many"] == [1.0, 2.0]
    assert check_call(None, 5) == (5, {})
    assert "parameter 'k' is unknown; the signature has none" in refusal(
        Signature(), None, {"k": 1}
    )
    assert "parameter 'k' is unknown; there is 'whole', 'small'" in refusal(
        Signature(params=KNOWN), None, {"k": 1}
    )
    assert "params is [1] where a dict is expected" in refusal(Signature(), None, [1])


def test_many_problems_are_cut() -> None:
    signature = columns(**{f"c{number}": "long" for number in range(100)})
    said = refusal(signature, pd.DataFrame({"zzz": [1]}))
    assert said.count("is missing") == 20
    assert " and 81 more. " in said


def test_a_dict_for_a_model_without_a_signature_is_a_table_where_it_can_be_one() -> None:
    assert shape_unsigned({"a": 1, "b": "x"}).to_dict("list") == {"a": [1], "b": ["x"]}
    assert shape_unsigned({"a": [1, 2]})["a"].tolist() == [1, 2]
    assert shape_unsigned({"a": np.ones((2, 2)), "b": [1, 2]})["a"].shape == (2, 2)
    assert shape_unsigned([1]) == [1]
