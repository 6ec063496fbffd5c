"""The baseline, and the change from it."""

from __future__ import annotations

import math

import pytest

from runfolio.analysis.comparison import choose_baseline, relative_change


def test_baseline_is_the_first_finished_run_with_a_value() -> None:
    runs = [
        ("crashed", "FAILED", 1.0),
        ("none", "FINISHED", None),
        ("diverged", "FINISHED", math.nan),
        ("good", "FINISHED", 2.0),
        ("later", "FINISHED", 1.0),
    ]
    assert choose_baseline(runs) == "good"
    assert choose_baseline(runs[:3]) is None


@pytest.mark.parametrize(
    ("value", "base", "change"),
    [
        (0.6, 0.8, -0.25),
        (3.0, 2.0, 0.5),
        (-1.0, -2.0, 0.5),
        (1.0, 1.0, 0.0),
        (1.0, 0.0, None),
        (1.0, math.inf, None),
        (math.nan, 1.0, None),
        (1e308, -1e-308, None),
    ],
)
def test_change_is_relative_to_the_size_of_the_base(
    value: float, base: float, change: float | None
) -> None:
    assert relative_change(value, base) == pytest.approx(change)
