"""What a million runs come to is worked out from what one run costs."""

from __future__ import annotations

import pytest

from runfolio.publishing.budget import RUN_PAGES, RUN_POINTS, RUN_SHARDS
from tests.benchmarks.scale_numbers import (
    Costs,
    a_run,
    render,
    wall_hours,
    workers_for_an_hour,
)

LONG = {
    "seconds": 0.0091,
    "store": 80_000,
    "site": 20_000,
    "files": 3,
    "index": 200,
    "finder": 50,
    RUN_PAGES: 6_000,
    RUN_SHARDS: 4_000,
    RUN_POINTS: 9_000,
    "tables to download": 5_000,
    "data of experiments": 1_000,
}
COSTS = Costs(LONG, short={"own seconds": 0.0001, "own bytes": 5_000})


def test_what_is_made_once_does_not_count() -> None:
    few = {"runs": 500, "seconds": 3 + 500 * 0.002}
    many = {"runs": 2000, "seconds": 3 + 2000 * 0.002, "pictures": 1500}
    costs = a_run(few, many)
    assert costs["seconds"] == pytest.approx(0.002)
    assert costs["pictures"] == 1


def test_workers_share_what_the_main_process_does_not_do() -> None:
    assert wall_hours(COSTS, 1) == pytest.approx(9.1e3 / 3600)
    assert wall_hours(COSTS, 9) == pytest.approx(1.1e3 / 3600)
    assert wall_hours(COSTS, 10**9) == pytest.approx(100 / 3600, rel=1e-3)


def test_an_hour_takes_as_many_workers_as_the_rest_of_it_needs() -> None:
    costs = Costs({**LONG, "seconds": 0.0371}, COSTS.short)
    workers = workers_for_an_hour(costs)
    assert workers is not None
    assert wall_hours(costs, workers) <= 1 < wall_hours(costs, workers - 1)
    assert workers_for_an_hour(Costs(LONG, {"own seconds": 0.0037})) is None


def test_the_table_says_a_run_and_a_million() -> None:
    lines = render(COSTS).splitlines()
    assert lines[0] == "|  | a run | 1,000,000 runs |"
    assert "| store, packed | 80 kB | 80 GB |" in lines
    assert "| objects of the store |  | 451 |" in lines
    assert "| files, each a PUT on object storage | 3.00 | 3,000,000 |" in lines
    assert "| processor time | 9.10 ms | 2.5 h |" in lines
    assert "| memory of the main process | 5 kB | 5 GB |" in lines
