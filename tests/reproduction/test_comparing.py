from __future__ import annotations

import dataclasses
import hashlib
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.query.curves import Curve
from runfolio.query.runs import Artifact, Input
from runfolio.reproduction.comparing import (
    Compared,
    Comparison,
    Side,
    compare_repetition,
    deviate,
)

from .test_plan import record

TOLERANCE = 1e-6


def curve(values: list[float], steps: list[int] | None = None) -> Curve:
    places = np.array(steps if steps is not None else range(len(values)), np.int64)
    return Curve("x", "k", places, places, np.array(values, np.float64))


def side(**told: Any) -> Side:
    made = {name: curve(values) for name, values in told.pop("metrics", {}).items()}
    curves = told.pop("curves", made)
    return Side(dataclasses.replace(record(), **told), curves)


def compare(before: Side, after: Side, **options: Any) -> Comparison:
    return compare_repetition(before, after, **{"tolerance": TOLERANCE, **options})


def only(before: Side, after: Side) -> Compared:
    (row,) = compare(before, after).rows
    return row


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (0.1, 0.1, "same"),
        (1, 1, "same"),
        (1.0, 1.0 + 1e-9, "within tolerance"),
        (1.0, 1.001, "different"),
        (math.nan, math.nan, "same"),
        (math.nan, 1.0, "different"),
        (math.inf, math.inf, "same"),
        (math.inf, -math.inf, "different"),
        (0.0, 1e-300, "different"),
        ("a", "a", "same"),
        ("a", "b", "different"),
        (True, 1, "same"),
        (True, False, "different"),
        (None, None, "same"),
        ("1", 1, "different"),
    ],
)
def test_parameters(one: Any, other: Any, verdict: str) -> None:
    row = only(side(params={"p": one}), side(params={"p": other}))
    assert (row.kind, row.name, row.verdict) == ("parameter", "p", verdict)


def test_curves_differ_by_their_farthest_point() -> None:
    row = only(side(metrics={"loss": [4.0, 2.0, 1.0]}), side(metrics={"loss": [4.0, 2.5, 1.0]}))
    assert (row.verdict, row.deviation, row.before, row.after) == ("different", 0.125, "1.0", "1.0")
    near = only(side(metrics={"loss": [4.0, 1e-9]}), side(metrics={"loss": [4.0, 0.0]}))
    assert near.verdict == "within tolerance"


def test_curves_have_the_same_points() -> None:
    longer = only(side(metrics={"loss": [1.0, 2.0]}), side(metrics={"loss": [1.0]}))
    assert (longer.verdict, longer.detail) == ("different", "2 points, then 1")
    moved = only(side(curves={"a": curve([1, 2])}), side(curves={"a": curve([1, 2], [0, 5])}))
    assert (moved.verdict, moved.detail) == ("different", "at other steps")
    last = only(side(curves={"a": curve([1, 2, 3], [0, 7, 7])}), side(curves={"a": curve([1])}))
    assert last.before == "3.0"


def test_what_one_run_lacks_is_different() -> None:
    found = compare(side(params={"a": 1}, metrics={"m": [1.0]}), side(params={"b": 2}))
    told = [(one.name, one.before, one.after, one.detail) for one in found.rows]
    assert told == [
        ("a", "1", None, "only before"),
        ("b", None, "2", "only now"),
        ("m", "1.0", None, "only before"),
    ]
    assert found.verdict == "different"


def test_what_the_machine_did_is_not_compared() -> None:
    assert compare(side(metrics={"system/cpu": [1.0]}), side(metrics={})).rows == ()


def test_the_worst_verdict_counts_and_patterns_are_left_out() -> None:
    before = side(params={"a": 1.0, "time/a": 1.0, "b": 1})
    after = side(params={"a": 1.0 + 1e-9, "time/a": 9.0, "b": 1})
    assert compare(before, after).verdict == "different"
    some = compare(before, after, ignore=["time/*"])
    assert (some.verdict, some.count("same"), some.count("within tolerance")) == (
        "within tolerance",
        1,
        1,
    )
    assert compare(before, after, ignore=["*"]).verdict == "same"


def test_data_is_told_by_its_digest() -> None:
    one = Input("wine", "aa", None, "training", {}, {})
    other = dataclasses.replace(one, digest="bb")
    row = only(side(inputs=(one,)), side(inputs=(other,)))
    assert (row.kind, row.name, row.verdict) == ("data", "wine for training", "different")
    assert only(side(inputs=(one,)), side(inputs=(one,))).verdict == "same"


def keep(folder: Path, name: str, content: bytes) -> Artifact:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(name, path, folder, len(content), digest, "", "file", None, None)


def archive(path: Path, year: int, text: str) -> bytes:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo("schema.json", (year, 1, 1, 0, 0, 0)), text)
    return path.read_bytes()


def test_artifacts(tmp_path: Path) -> None:
    sides = []
    for at, year in enumerate((2020, 2021)):
        folder, packed = tmp_path / str(at), tmp_path / f"{at}.zip"
        files = {
            "same.txt": b"x",
            "different.txt": bytes([at]),
            "model/MLmodel": bytes([at]),
            "model/model.skops": archive(packed, year, "equal"),
            "other.zip": archive(packed, 2020, f"{at}"),
            "traceback.txt": bytes([at]),
            "console.txt": bytes([at]),
            "logs/console.txt": bytes([at]),
        }
        kept = tuple(keep(folder, name, content) for name, content in files.items())
        sides.append(side(artifacts=kept))
    found = {one.name: (one.verdict, one.detail) for one in compare(*sides).rows}
    assert found == {
        "same.txt": ("same", ""),
        "different.txt": ("different", ""),
        "model/model.skops": ("same", "an archive of the same files"),
        "other.zip": ("different", ""),
        "logs/console.txt": ("different", ""),
    }


numbers = st.lists(st.floats(width=64), min_size=1, max_size=6)


@given(numbers)
def test_numbers_equal_themselves(values: list[float]) -> None:
    assert deviate(values, values) == 0


@given(numbers, numbers)
def test_deviations_go_both_ways_and_are_no_nan(one: list[float], other: list[float]) -> None:
    shared = min(len(one), len(other))
    there, back = deviate(one[:shared], other[:shared]), deviate(other[:shared], one[:shared])
    assert there == back
    assert 0 <= there <= 2 or there == math.inf
    if there == 0:
        assert [repr(x + 0.0) for x in one[:shared]] == [repr(x + 0.0) for x in other[:shared]]
