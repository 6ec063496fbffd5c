"""Projects and sweeps whose runs go to object storage."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import CommandFailed
from runfolio.projects.running import run_project
from runfolio.projects.sweeping import sweep
from runfolio.query.record import get_run
from tests.projects.making import LOG, SHOW, make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "demo", log=LOG, show=SHOW)


def test_runs_of_a_project_go_to_an_address(project: Path, url: str) -> None:
    done = run_project(project, "log.py", {"alpha": 0.5}, store=url)
    run = get_run(done.run_id, store=url)
    assert (run.params, run.metrics) == ({"alpha": 0.5}, {"loss": 0})
    assert {one.path for one in run.artifacts} >= {"console.txt"}
    silent = run_project(project, "show.py", {"x": 1}, store=url)
    assert get_run(silent.run_id, store=url).params == {"x": 1}
    with pytest.raises(CommandFailed):
        run_project(project, "log.py", {"alpha": -1}, store=url)


def test_a_sweep_at_an_address_can_be_resumed(project: Path, url: str) -> None:
    first = sweep(project, "log.py", grid={"alpha": [0.5, -1]}, store=url)
    again = sweep(resume=first.run_id, store=url)
    assert [one.status for one in again.trials] == ["FINISHED", "FAILED"]
    assert again.trials[0].run_id == first.trials[0].run_id
    assert again.best is not None
    assert again.best.number == 1
