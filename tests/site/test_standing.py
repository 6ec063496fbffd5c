"""Where all runs of an experiment stand is what each by itself says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runfolio.schema import Series, WholeRun
from runfolio.site.library import make_library
from runfolio.site.standing import find_standing, find_standings
from runfolio.store.gathering import Gathering

VALUES = st.one_of(st.integers(-3, 3).map(float), st.sampled_from([float("nan"), float("inf")]))
RUNS = st.lists(
    st.tuples(
        st.sampled_from(["FINISHED", "FAILED", "RUNNING"]),
        st.dictionaries(st.sampled_from(["loss", "accuracy", "epoch", "odd"]), VALUES),
    ),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RUNS, st.sampled_from([0, 50]))
def test_all_at_once_is_each_by_itself(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: list[tuple[str, dict[str, float]]],
    most: int,
) -> None:
    monkeypatch.setattr("runfolio.site.standing.TOLD_RUNS", most)
    gathering = Gathering(tmp_path, tmp_path)
    for number, (status, values) in enumerate(told):
        series = [Series(key, [0], [number], [value]) for key, value in values.items()]
        gathering.add(WholeRun(f"{number:016x}", "one", "run", number, status, metrics=series))
    library = make_library(gathering.tables({}, (), "a tool"), title="Test")
    (experiment,) = library.experiments
    alone = [find_standing(experiment, run) for run in experiment.runs]
    assert list(find_standings(experiment)) == alone
