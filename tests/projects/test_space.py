"""What a sweep tries, as a list of trials."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from runfolio.errors import ProjectInvalid
from runfolio.projects.space import Space, list_trials, make_space


def trials(**options: Any) -> list[dict[str, str]]:
    made = make_space(
        options.get("grid"), options.get("random"), options.get("trials"), options.get("seed", 0)
    )
    return [dict(one) for one in list_trials(made)]


def test_a_grid_has_all_combinations_as_scikit_learn_orders_them() -> None:
    from sklearn.model_selection import ParameterGrid

    grid = {"b": ["1", "2"], "a": ["x", "y", "z"]}
    assert trials(grid=grid) == [{"b": one["b"], "a": one["a"]} for one in ParameterGrid(grid)]


def test_values_keep_the_text_that_was_given() -> None:
    assert trials(grid={"a": ["0.10", "1e-3"]}) == [{"a": "0.10"}, {"a": "1e-3"}]
    assert trials(grid={"a": [0.1, np.float64(0.2), 3, True]}) == [
        *({"a": "0.1"}, {"a": "0.2"}, {"a": "3"}, {"a": "True"}),
    ]


def test_draws_are_those_of_scikit_learn_and_scipy() -> None:
    from sklearn.model_selection import ParameterSampler

    random = {
        "u": "uniform(-1, 1)",
        "l": "loguniform(1e-4,1e-1)",
        "n": "randint(1, 10)",
        "c": "choice(a, b)",
    }
    wanted = {
        "u": stats.uniform(-1, 2),
        "l": stats.loguniform(1e-4, 1e-1),
        "n": stats.randint(1, 10),
        "c": ["a", "b"],
    }
    expected = list(ParameterSampler(wanted, 5, random_state=7))
    found = trials(random=random, trials=5, seed=7)
    assert [(float(one["u"]), float(one["l"])) for one in found] == [
        (one["u"], one["l"]) for one in expected
    ]
    assert [(int(one["n"]), one["c"]) for one in found] == [
        (one["n"], one["c"]) for one in expected
    ]
    assert found == trials(random=random, trials=5, seed=7)
    assert found != trials(random=random, trials=5, seed=8)


def test_a_list_is_drawn_from_and_not_beyond_its_end() -> None:
    found = trials(random={"a": [1, 2, 3]}, trials=10)
    assert sorted(one["a"] for one in found) == ["1", "2", "3"]


def test_each_trial_is_there_once() -> None:
    found = trials(random={"n": "randint(0, 2)"}, trials=50)
    assert sorted(one["n"] for one in found) == ["0", "1"]
    assert trials(grid={"a": ["1", "1", "2"]}) == [{"a": "1"}, {"a": "2"}]


def test_a_grid_goes_with_draws() -> None:
    found = trials(grid={"model": ["a", "b"]}, random={"x": "uniform(0, 1)"}, trials=3)
    assert len(found) == 6
    assert [one["model"] for one in found] == ["a"] * 3 + ["b"] * 3
    assert found[0]["x"] == found[3]["x"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs something to try: --grid name=1,2,3 or --random"),
        ({"grid": {"a": []}}, "The grid of 'a' has no values"),
        ({"random": {"a": "uniform(0, 1)"}}, "drawn at random need --trials"),
        ({"grid": {"a": ["1"]}, "trials": 3}, "--trials needs values to draw"),
        ({"random": {"a": "uniform(0, 1)"}, "trials": 0}, "0 trials are none"),
        ({"grid": {"a": ["1"]}, "random": {"a": [1]}, "trials": 1}, "'a' is in the grid and drawn"),
        *(
            ({"random": {"a": text}, "trials": 1}, r"for 'a' is no distribution. Write uniform\(0")
            for text in (
                *("uniform(1, 0)", "uniform(0)", "uniform(0, 1, 2)", "uniform(a, b)", "uniform"),
                *("uniform(0, inf)", "loguniform(0, 1)", "randint(0.5, 2)", "choice()", "3"),
                *("choice(a,,b)", "__import__('os').system(1)", "normal(0, 1)"),
            )
        ),
    ],
)
def test_what_is_no_space_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ProjectInvalid, match=message):
        trials(**options)


def test_too_many_trials_are_refused_before_they_are_listed() -> None:
    many = tuple(map(str, range(1000)))
    with pytest.raises(ProjectInvalid, match=r"These are 1,000,000,000 trials"):
        list_trials(Space({"a": many, "b": many, "c": many}))
