"""How the numbers of a comparison are shown: both sides alike, and no more digits than tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from runfolio.analysis.sides import compare_values, make_side
from runfolio.review.figures import show_difference, show_means, show_side


@pytest.mark.parametrize(
    ("base", "head", "shown", "change"),
    [
        (0.84, 0.83123, ("0.8400", "0.8312"), "−0.0088"),
        (0.612, 0.587, ("0.612", "0.587"), "−0.025"),
        (0.7, 0.69, ("0.70", "0.69"), "−0.01"),
        (724.123, 671.06, ("724.1", "671.1"), "−53.1"),
        (49.0, 49.0, ("49", "49"), "0"),
        (49.0, 50.0, ("49", "50"), "+1"),
        (-3.5, 2.5, ("−3.5", "2.5"), "+6.0"),
        (0.0, 0.25, ("0.00", "0.25"), "+0.25"),
        (0.123456789, 0.123456788, ("0.123456789", "0.123456788"), "−1e−9"),
        (1234567.0, 1234568.0, ("1.234567e6", "1.234568e6"), "+1"),
        (1e-12, 3e-12, ("1e−12", "3e−12"), "+2e−12"),
        (1e300, -1e300, ("1e300", "−1e300"), "−2e300"),
        (1234.5, 0.01234, ("1235", "0.01234"), "−1234.48766"),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.29999999999999999"), "−5.6e−17"),
        (1.0, math.nan, ("1", "NaN or ∞"), "—"),
    ],
)
def test_both_sides_have_the_same_decimals(
    base: float, head: float, shown: Sequence[str], change: str
) -> None:
    difference = compare_values("m", [base], [head], direction=None)
    assert show_means(difference) == tuple(shown)
    assert show_difference(difference) == change


def test_the_number_of_runs_is_told_where_it_is_not_that_of_all() -> None:
    side = make_side([1.0, 3.0])
    assert show_side(side, "2") == "2 ± 1.4 (n = 2)"
    assert show_side(side, "2", runs=2) == "2 ± 1.4"
    assert show_side(side, "2", runs=3) == "2 ± 1.4 (n = 2)"
    assert show_side(make_side([1.0, math.inf]), "1", runs=2) == "1 (n = 1, 1 of 2 NaN or ∞)"
    assert show_side(make_side([1.0]), "1", runs=1) == show_side(make_side([1.0]), "1") == "1"
    assert show_side(make_side([]), "—", runs=2) == "—"
