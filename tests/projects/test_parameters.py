"""Parameters of entry points: types, defaults, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.entry_points import EntryPoint
from runfolio.projects.parameters import Bound, Parameter, bind_parameters, name_values

ALPHA = Parameter("alpha", "float", 0.1)
DEPTH = Parameter("depth", "int")


def bind(*declared: Parameter, **given: Any) -> Bound:
    return bind_parameters({one.name: one for one in declared}, given, entry_point="main")


def test_values_have_the_types_that_are_declared() -> None:
    bound = bind(ALPHA, DEPTH, Parameter("label", "string", "a"), depth="3", alpha="1e-3")
    assert bound.texts == {"alpha": "1e-3", "depth": "3", "label": "a"}
    assert bound.typed == {"alpha": 0.001, "depth": 3, "label": "a"}
    assert isinstance(bound.typed["alpha"], float)
    assert bind(Parameter("label", "string"), label="3").typed == {"label": "3"}
    assert math.isnan(bind(ALPHA, alpha="nan").typed["alpha"])


def test_defaults_stand_in_for_what_is_not_given() -> None:
    assert bind(ALPHA).texts == {"alpha": "0.1"}
    assert bind(ALPHA, alpha=None).typed == {"alpha": 0.1}
    assert bind(Parameter("on", None, True)).typed == {"on": True}


def test_what_is_not_declared_is_extra_and_a_number_where_it_reads_like_one() -> None:
    bound = bind(ALPHA, epochs="5", rate="0.5", mode="fast", precise=np.float64(0.1))
    assert bound.extra == {"epochs": "5", "rate": "0.5", "mode": "fast", "precise": "0.1"}
    assert bound.typed == {"alpha": 0.1, "epochs": 5, "rate": 0.5, "mode": "fast", "precise": 0.1}


def test_a_path_is_absolute_and_has_to_be_there(tmp_path: Path) -> None:
    data = Parameter("data", "path")
    (tmp_path / "my data.csv").touch()
    for given in ("my data.csv", f"file://{tmp_path}/my%20data.csv"):
        assert bind(data, data=given).texts == {"data": str(tmp_path / "my data.csv")}
    with pytest.raises(ProjectInvalid, match=r"'absent.csv': that is no file or folder"):
        bind(data, data="absent.csv")
    with pytest.raises(ProjectInvalid, match=r"is an address. Fetch it first"):
        bind(data, data="s3://bucket/data.csv")


def test_a_uri_has_a_scheme() -> None:
    assert bind(Parameter("u", "uri"), u="s3://b/x").texts == {"u": "s3://b/x"}
    with pytest.raises(ProjectInvalid, match=r"'data.csv': that is no URI"):
        bind(Parameter("u", "uri"), u="data.csv")


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        (ALPHA, "high", "'alpha' of type float can't be 'high': that is no float"),
        (DEPTH, "3.5", "'depth' of type int can't be '3.5': that is no int"),
        (DEPTH, "", "'depth' of type int can't be ''"),
    ],
)
def test_a_value_of_another_type_is_refused(parameter: Parameter, value: str, message: str) -> None:
    with pytest.raises(ProjectInvalid, match=message):
        bind(parameter, **{parameter.name: value})


def test_what_is_missing_is_named_with_all_there_are() -> None:
    message = (
        r"'main' needs a value for 'depth', 'x'. Give it with -P name=value. Its parameters: "
        r"alpha \(float, by default '0.1'\), depth \(int\), x \(string\)."
    )
    with pytest.raises(ProjectInvalid, match=message):
        bind(ALPHA, DEPTH, Parameter("x"))


def test_secrets_are_not_recorded() -> None:
    bound = bind(Parameter("url", "uri"), url="https://me:pw@host/x", api_key="abc", max_tokens="5")
    assert bound.texts["url"] == "https://me:pw@host/x"
    recorded = bound.redacted()
    assert recorded.texts == {"url": "https://host/x"}
    assert recorded.extra == {"api_key": "[redacted]", "max_tokens": "5"}
    assert recorded.typed == {"url": "https://host/x", "api_key": "[redacted]", "max_tokens": 5}


def test_a_secret_that_reads_like_a_number_is_not_recorded_either() -> None:
    assert "password" not in bind(password="12345").redacted().typed


def test_a_command_is_filled_with_quoted_values() -> None:
    entry = EntryPoint("main", "python t.py {alpha} {{x}} {label}", {})
    bound = bind(ALPHA, Parameter("label"), label="a b; rm -rf /", **{"x y": "it's"})
    assert entry.fill(bound) == ("python t.py 0.1 {x} 'a b; rm -rf /' --'x y' 'it'\"'\"'s'")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run {beta} {alpha}", r"names 'beta', which is none of its parameters \(alpha\)"),
        ("run {}", "names something, which is none of its parameters"),
        ("run {alpha", "can't be read: .* Write {{ and }} for braces"),
    ],
)
def test_a_command_that_cant_be_filled_says_why(command: str, message: str) -> None:
    entry = EntryPoint("main", command, {"alpha": ALPHA})
    with pytest.raises(ProjectInvalid, match=message):
        entry.fill(bind(ALPHA))


def test_values_are_named_in_few_words() -> None:
    assert name_values({"alpha": 0.123456, "depth": 3, "x": "a"}) == "alpha 0.1235, depth 3, x a"
    assert name_values({"a": float("nan"), "b": float("inf")}) == "a NaN, b Infinity"
