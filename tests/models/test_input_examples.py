"""A few rows of an example are kept, as MLflow reads them, and never all of a data set."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import runfolio
from runfolio.errors import InvalidValue
from runfolio.models.examples import FILE, ROWS, SERVING, read_example
from tests.models.theirs import asking_mlflow, mlflow

DAY = datetime.date(2026, 5, 1)


def count_rows(data: Any) -> int:
    """A model that takes anything."""
    return len(data)


def read_back(folder: Path) -> Any:
    """The example of a saved model, as MLflow reads it."""
    with asking_mlflow():
        model = mlflow.models.Model.load(str(folder))
        return model.load_input_example(str(folder))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "ü \U0001f377": ["x", None], "c": [0.5, np.nan]}),
        pd.DataFrame({"a": [True], "b": [b"\x00\xff"], "c": pd.to_datetime(["2026-05-01 12:30"])}),
        pd.DataFrame({"a": [np.inf, -np.inf], "b": np.array([1, 2], "int32")}),
        pd.DataFrame({"a": [[1, 2], [3]]}),
        pd.DataFrame([[1.5, 2.5], [3.5, 4.5]]),
    ],
    ids=repr,
)
def test_mlflow_reads_a_table_back(tmp_path: Path, frame: pd.DataFrame) -> None:
    runfolio.save_model(count_rows, tmp_path / "m", input_example=frame)
    found = read_back(tmp_path / "m")
    expected = frame.astype(object).where(frame.notna(), None)
    pd.testing.assert_frame_equal(
        found.astype(object).where(found.notna(), None), expected, check_column_type=False
    )


@pytest.mark.parametrize(
    "data",
    [
        np.arange(6.0).reshape(3, 2),
        np.array([[1.0, np.nan]]),
        np.zeros((2, 3, 4), "float32"),
        [[1.0, 2.0], [3.0, 4.5]],
        {"a": np.arange(3), "ü": np.zeros((3, 2), "float32")},
    ],
    ids=repr,
)
def test_mlflow_reads_arrays_back(tmp_path: Path, data: Any) -> None:
    runfolio.save_model(count_rows, tmp_path / "m", input_example=data)
    found = read_back(tmp_path / "m")
    named = data if isinstance(data, dict) else {"": np.asarray(data)}
    for name, array in named.items():
        back = found[name] if isinstance(data, dict) else found
        assert back.dtype == array.dtype
        np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix])
def test_mlflow_reads_sparse_matrices_back(tmp_path: Path, kind: Any) -> None:
    matrix = kind(np.eye(9))
    runfolio.save_model(lambda data: data.shape[0], tmp_path / "m", input_example=matrix)
    found = read_back(tmp_path / "m")
    assert type(found) is kind
    np.testing.assert_array_equal(found.toarray(), np.eye(9)[:ROWS])


@pytest.mark.parametrize(
    "data", ["a text", 3, {"a": 1, "b": [1, 2]}, ["a", "b"], [{"a": None}], [[1], [2, 3]]]
)
def test_mlflow_reads_plain_values_back(tmp_path: Path, data: Any) -> None:
    runfolio.save_model(count_rows, tmp_path / "m", input_example=(data, {"p": 1}))
    assert read_back(tmp_path / "m") == data
    told = json.loads((tmp_path / "m" / SERVING).read_text())
    assert told == {"inputs": data, "params": {"p": 1}}


@given(st.integers(1, 40), st.sampled_from(["table", "array", "dict", "list", "sparse", "series"]))
def test_no_more_than_five_rows_are_kept(rows: int, kind: str) -> None:
    values = np.arange(float(rows))
    data: Any = {
        "table": pd.DataFrame({"a": values}),
        "array": values[:, None],
        "dict": {"a": values},
        "list": values.tolist(),
        "sparse": sparse.csr_matrix(values[:, None] + 1),
        "series": pd.Series(values, name="a"),
    }[kind]
    example = read_example(data)
    assert example is not None
    asked = example.asked["a"] if kind == "dict" else example.asked
    assert asked.shape[0] == min(rows, ROWS)
    assert str(float(ROWS + 1)) not in example.files[FILE]
    served = json.loads(example.files[SERVING])
    inner = served.get("inputs", served.get("dataframe_split"))
    inner = inner["data"] if isinstance(inner, dict) and "data" in inner else inner
    assert len(inner["a"] if kind == "dict" else inner) == min(rows, ROWS)


def test_large_rows_are_fewer_or_none(tmp_path: Path) -> None:
    five = read_example(np.zeros((9, 30_000)))
    one = read_example(np.zeros((9, 100_000)))
    none = read_example(np.zeros((9, 600_000)))
    long = read_example(["x" * 600_000] * 5)
    too_long = read_example(["x" * 2_000_000])
    assert five is not None
    assert one is not None
    assert none is not None
    assert long is not None
    assert too_long is not None
    assert [len(json.loads(part.files[FILE])) for part in (five, one, long)] == [5, 1, 1]
    assert (none.files, none.info, too_long.files) == ({}, {}, {})
    assert none.asked.shape == (5, 600_000)
    told = runfolio.save_model(count_rows, tmp_path / "m", input_example=np.zeros((9, 600_000)))
    assert told.example is None
    assert told.signature is not None
    assert told.signature.inputs is not None


def test_missing_values_are_null() -> None:
    frame = pd.DataFrame({"a": [np.nan], "b": [None], "c": [pd.NaT]})
    frame["d"] = pd.Categorical([None], categories=["x"])
    example = read_example(frame)
    assert example is not None
    assert json.loads(example.files[FILE])["data"] == [[None, None, None, None]]
    nested = read_example({"a": [1.0, float("nan")], "b": {"c": pd.NA}, "d": DAY})
    assert nested is not None
    expected = {"a": [1.0, None], "b": {"c": None}, "d": "2026-05-01"}
    assert json.loads(nested.files[FILE]) == expected


class Tensor:
    """An array on a device, with a graph to take it off."""

    ndim, shape, dtype = 2, (2, 1), np.dtype("float32")

    def __init__(self, steps: tuple[str, ...] = ()) -> None:
        self.steps = steps

    def detach(self) -> Tensor:
        return Tensor((*self.steps, "detach"))

    def cpu(self) -> Tensor:
        return Tensor((*self.steps, "cpu"))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        assert self.steps == ("detach", "cpu")
        return np.ones((2, 1), "float32")


@pytest.mark.parametrize("data", [Tensor(), {"a": Tensor()}], ids=["tensor", "dict"])
def test_tensors_are_taken_off_their_device(data: Any) -> None:
    example = read_example(data)
    assert example is not None
    assert example.info["type"] == "ndarray"
    inside = json.loads(example.files[FILE])
    assert inside == ({"a": [[1.0], [1.0]]} if isinstance(data, dict) else [[1.0], [1.0]])


@pytest.mark.parametrize(
    "data",
    [object(), {1, 2}, {"a": np.zeros(1), "b": 1}],
    ids=["object", "set", "dict"],
)
def test_what_is_no_data_is_refused(tmp_path: Path, data: Any) -> None:
    with pytest.raises(InvalidValue, match="An input example"):
        runfolio.save_model(count_rows, tmp_path / "m", input_example=data)
    assert list(tmp_path.iterdir()) == []
