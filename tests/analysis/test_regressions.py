"""Regressions: what got worse from one commit to the next, with the same settings."""

from __future__ import annotations

import pytest

from runfolio.analysis.regressions import Regression, Trial, find_regressions


def trials(*rows: tuple[str, str | None, float], params: str = "a") -> list[Trial]:
    """Runs in order of start, of (id, commit, value)."""
    return [
        Trial(run, start, (("lr", params), ("seed", run)), commit, value)
        for start, (run, commit, value) in enumerate(rows)
    ]


def find(members: list[Trial], *, direction: str = "down") -> list[Regression]:
    return list(find_regressions(members, metric="loss", direction=direction))


def test_a_later_commit_that_is_worse_is_found() -> None:
    (found,) = find(trials(("1", "aaa", 0.5), ("2", "bbb", 0.6)))
    assert (found.run_id, found.before, found.commit) == ("2", "aaa", "bbb")
    assert found.difference.relative == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("second", "direction", "expected"),
    [(0.6, "up", 0), (0.4, "up", 1), (0.4, "down", 0), (0.504, "down", 0), (0.506, "down", 1)],
)
def test_the_direction_and_the_least_change_count(
    second: float, direction: str, expected: int
) -> None:
    members = trials(("1", "aaa", 0.5), ("2", "bbb", second))
    assert len(find(members, direction=direction)) == expected


def test_other_settings_other_than_the_seed_are_no_regression() -> None:
    members = [*trials(("1", "aaa", 0.5), params="a"), *trials(("2", "bbb", 0.9), params="b")]
    assert find(members) == []


def test_runs_of_the_same_commit_or_of_none_are_not_compared() -> None:
    assert find(trials(("1", "aaa", 0.5), ("2", "aaa", 0.9), ("3", None, 1.9))) == []


def test_repeats_have_to_differ_by_more_than_noise() -> None:
    before = [(f"1{place}", "aaa", 0.50 + place / 100) for place in range(4)]
    noise = [(f"2{place}", "bbb", 0.51 + place / 100) for place in range(4)]
    worse = [(f"3{place}", "ccc", 0.60 + place / 100) for place in range(4)]
    assert find(trials(*before, *noise)) == []
    (found,) = find(trials(*before, *noise, *worse))
    assert (found.run_id, found.before) == ("33", "bbb")
    assert found.difference.interval is not None


def test_each_step_back_is_told_in_order_of_start_whatever_the_order_given() -> None:
    members = trials(("1", "aaa", 0.5), ("2", "bbb", 0.6), ("3", "aaa", 0.4), ("4", "ccc", 0.7))
    assert [one.run_id for one in find(members[::-1])] == ["2", "4"]
