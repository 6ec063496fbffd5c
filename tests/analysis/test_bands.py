"""Several curves as one: held to what the browser's scripts make of the same curves."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runfolio.analysis.bands import (
    BANDS,
    CENTRES,
    gather_curves,
    mean_interval,
    smooth_exponential,
    values_at,
)
from runfolio.analysis.sides import make_side
from tests.environment.tools import find_node, require

SCRIPTS = Path(__file__).parents[2] / "templates" / "assets" / "js"
CURVES = [
    ([0, 1, 2, 5], [1.0, 2.0, math.nan, 4.0]),
    ([0, 2, 2, 3], [3.0, 1.0, 5.0, 2.0]),
    ([1, 4], [-1.0, math.inf]),
    ([3], [7.0]),
]


def arrays(curves: list[tuple[list[int], list[float]]]) -> list[tuple[Any, Any]]:
    return [(np.array(x), np.array(y)) for x, y in curves]


def run_script(code: str) -> Any:
    """What a piece of JavaScript prints as JSON; NaN and infinities as text."""
    head = f"process.chdir({json.dumps(str(SCRIPTS))});"
    tail = "process.stdout.write(JSON.stringify(found, (key, value) => "
    tail += "typeof value === 'number' && !Number.isFinite(value) ? String(value) : value));"
    command = [str(require(find_node())), "-e", head + code + tail]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def literal(curves: list[tuple[list[int], list[float]]]) -> str:
    return json.dumps([{"x": x, "y": y} for x, y in curves])


def as_numbers(values: list[Any]) -> list[float]:
    return [float(str(value).replace("Infinity", "inf")) for value in values]


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("band", BANDS)
def test_a_group_is_what_the_browser_makes_of_it(centre: str, band: str) -> None:
    options = json.dumps({"centre": centre, "band": band})
    made = run_script(
        "const { gather } = require(process.cwd() + '/curves/curve-groups.js');"
        f"const made = gather({literal(CURVES)}, {options});"
        "const found = Object.fromEntries("
        "Object.entries(made).map(([name, column]) => [name, [...column]]));"
    )
    found = gather_curves(arrays(CURVES), centre=centre, band=band)
    for name in ("x", "y", "low", "high", "n"):
        np.testing.assert_allclose(getattr(found, name), as_numbers(made[name]), rtol=1e-9)


def test_smoothing_is_what_the_browser_makes_of_it() -> None:
    values = [1.0, math.nan, 3.0, math.inf, 2.0, 2.0]
    made = run_script(
        "const { exponential } = require(process.cwd() + '/curves/curve-smoothing.js');"
        f"const found = [...exponential({json.dumps(values)}, 0.7)];"
    )
    np.testing.assert_allclose(smooth_exponential(np.array(values), 0.7), as_numbers(made))


def test_nothing_finite_stays_empty_when_smoothed() -> None:
    assert np.isnan(smooth_exponential(np.array([math.nan, math.inf]), 0.5)).all()
    assert len(smooth_exponential(np.array([]), 0.5)) == 0


def test_a_curve_has_no_value_beyond_its_ends() -> None:
    found = values_at(np.array([1, 3]), np.array([1.0, 3.0]), np.array([0.0, 1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(found, [math.nan, 1.0, 2.0, 3.0, math.nan])
    assert np.isnan(values_at(np.array([]), np.array([]), np.array([1.0]))).all()


def test_values_near_the_end_of_their_range_have_no_finite_band() -> None:
    huge = [(np.array([0]), np.array([value])) for value in (1.7e308, -1.7e308, 1.7e308)]
    found = gather_curves(huge, band="std")
    assert np.isfinite(found.y).all()
    assert not np.isfinite(found.high).any()


def test_the_interval_of_a_mean_is_scipys() -> None:
    from scipy import stats

    values = [0.5, 0.75, 1.5, 0.25]
    expected = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert mean_interval(make_side(values)) == pytest.approx(tuple(expected))
    assert mean_interval(make_side([1.0])) is None
    assert mean_interval(make_side([])) is None
