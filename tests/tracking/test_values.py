from __future__ import annotations

import decimal
import enum
import fractions
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import InvalidName, InvalidValue
from runfolio.schema import Param, encode_param
from runfolio.tracking.values import check_mapping, check_metrics, check_step, check_time


class Model(enum.StrEnum):
    LINEAR = "linear"


class Tensor:
    """A scalar as torch and JAX have them."""

    ndim = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def item(self) -> float:
        return self.value

    def __float__(self) -> float:
        return float(self.value)


@pytest.mark.parametrize(
    ("value", "kind", "text", "number"),
    [
        (3, "int", "3", 3.0),
        (-(2**70), "int", str(-(2**70)), float(-(2**70))),
        (10**400, "int", str(10**400), None),
        (True, "bool", "true", None),
        (np.bool_(False), "bool", "false", None),
        (0.1, "float", "0.1", 0.1),
        (1e-320, "float", "1e-320", 1e-320),
        (np.float32(0.5), "float", "0.5", 0.5),
        (np.int64(7), "int", "7", 7.0),
        (np.array(7), "int", "7", 7.0),
        (Tensor(0.25), "float", "0.25", 0.25),
        (math.inf, "float", "Infinity", math.inf),
        (-math.inf, "float", "-Infinity", -math.inf),
        ("3", "string", "3", None),
        ("", "string", "", None),
        ("caf\udce9", "string", "caf?", None),
        (Model.LINEAR, "string", "linear", None),
        (None, "json", "null", None),
        ([1, "ä", None], "json", '[1, "ä", null]', None),
        ((1, 2), "json", "[1, 2]", None),
        ({"a": {"b": True}}, "json", '{"a": {"b": true}}', None),
        ([math.nan], "string", "[nan]", None),
        ({1}, "string", "{1}", None),
        (b"x", "string", "b'x'", None),
        (datetime(2024, 1, 2, tzinfo=UTC), "string", "2024-01-02 00:00:00+00:00", None),
    ],
)
def test_a_parameter_keeps_its_type(
    value: object, kind: str, text: str, number: float | None
) -> None:
    assert encode_param(value) == Param(kind, text, number)


def test_a_parameter_may_be_nan() -> None:
    kind, text, number = encode_param(math.nan)
    assert (kind, text, repr(number)) == ("float", "NaN", "nan")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, 2, False),
        (0.0, -0.0, True),
        (math.nan, math.nan, True),
        (math.inf, -math.inf, False),
        (2**53, 2**53 + 1, False),
        (2**53 + 1, float(2**53), False),
        (10**400, 10**400, True),
        (10**400, 10**400 + 1, False),
        (1, "1", False),
        (1, True, False),
        ("a", "a", True),
        ([1, 2], (1, 2), True),
        ([1, 2], [2, 1], False),
        (None, "None", False),
    ],
)
def test_two_values_are_the_same_as_python_compares_them(
    one: object, other: object, same: bool
) -> None:
    assert encode_param(one).same_as(encode_param(other)) is same
    assert encode_param(other).same_as(encode_param(one)) is same


def test_a_value_that_has_no_text_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (10**5000, [10**5000], deep):
        with pytest.raises(InvalidValue, match="can't be written as text"):
            encode_param(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (True, 1.0),
        (0.5, 0.5),
        (np.float16(0.5), 0.5),
        (np.int8(-3), -3.0),
        (np.bool_(True), 1.0),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.array([[2.5]]), 2.5),
        (Tensor(1.5), 1.5),
        (decimal.Decimal("0.1"), 0.1),
        (fractions.Fraction(1, 4), 0.25),
        (math.inf, math.inf),
    ],
)
def test_a_metric_is_any_real_number(value: object, number: float) -> None:
    assert check_metrics({"loss": value}) == [number]


@pytest.mark.parametrize(
    "value",
    [
        *("1", b"1", None, [1], {}, 1j, 10**400, object(), pd.NA),
        *(np.complex64(1), np.array([1, 2]), np.array([]), np.array("1"), np.str_("1")),
    ],
)
def test_a_metric_that_is_no_real_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"The metric 'loss' must be a real number, not .*float"):
        check_metrics({"loss": value})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "can't be empty"),
        (" \t", "can't be empty"),
        ("x" * 251, "at most 250 characters, this one has 251"),
        ("caf\udce9", "must be valid Unicode"),
        (5, "must be text, not int: 5"),
        (None, "must be text, not NoneType"),
        (b"loss", "must be text, not bytes"),
        (("a", "b"), "must be text, not tuple"),
    ],
)
def test_a_bad_name_is_refused(name: Any, message: str) -> None:
    with pytest.raises(InvalidName, match=message):
        check_metrics({name: 1.0})


@pytest.mark.parametrize("value", [[1], None, 5, "loss", {1}])
def test_several_values_come_as_a_dict(value: object) -> None:
    with pytest.raises(InvalidValue, match="Several metrics are logged as a dict"):
        check_mapping(value, "metrics")


@given(step=st.integers(-(2**63), 2**63 - 1))
def test_a_step_is_any_integer_of_64_bits(step: int) -> None:
    assert check_step(step) == step


def test_a_step_may_be_an_integer_of_numpy() -> None:
    step = check_step(np.int32(5))
    assert (step, type(step)) == (5, int)


@pytest.mark.parametrize("step", [1.0, "1", None, np.float64(1), 1j, [1]])
def test_a_step_that_is_no_integer_is_refused(step: object) -> None:
    with pytest.raises(InvalidValue, match=r"A step must be an integer, not .*Use int\(step\)"):
        check_step(step)


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 10**30])
def test_a_step_beyond_64_bits_is_refused(step: int) -> None:
    with pytest.raises(InvalidValue, match="A step must fit 64 bits"):
        check_step(step)


@pytest.mark.parametrize(
    ("time", "microseconds"),
    [
        (0, 0),
        (1.5, 1_500_000),
        (-1, -1_000_000),
        (np.float64(2), 2_000_000),
        (datetime(2024, 1, 1, tzinfo=UTC), 1_704_067_200_000_000),
        (datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), 1_704_067_200_000_000),
        (datetime(2024, 1, 1, 0, 0, 0, 123457, tzinfo=UTC), 1_704_067_200_123_457),
        (datetime(1, 1, 1, tzinfo=UTC), -62_135_596_800_000_000),
        (datetime(9999, 12, 31, tzinfo=UTC), 253_402_214_400_000_000),
    ],
)
def test_a_time_is_seconds_or_an_aware_datetime(time: float | datetime, microseconds: int) -> None:
    assert check_time(time) == microseconds


@pytest.mark.parametrize("time", [math.nan, math.inf, 1e12, -1e11, "now", None, [1]])
def test_a_time_that_is_none_is_refused(time: Any) -> None:
    with pytest.raises(InvalidValue, match="A time is a datetime with a time zone or seconds"):
        check_time(time)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="A time needs a time zone"):
        check_time(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("value", [10**400, 10**5000, "x" * 500], ids=["big", "huge", "text"])
def test_a_refused_value_is_shown_in_one_short_line(value: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_metrics({"loss": value})
    assert len(str(refused.value)) < 300


class Gradient(Tensor):
    """A tensor of PyTorch that needs gradients, which warns when it becomes a float."""

    def numel(self) -> int:
        return 1

    def size(self) -> tuple[int, ...]:
        return ()

    def __float__(self) -> float:
        raise AssertionError("a tensor was converted without item()")


def test_tensors_that_need_gradients_are_taken_by_item() -> None:
    assert check_metrics({"loss": Gradient(0.5)}) == [0.5]
