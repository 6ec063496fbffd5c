"""The recorded packages, installed without a network from wheels that the tests make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import EnvironmentFailed
from runfolio.query.runs import RunRecord
from runfolio.reproduction.adding import add_runs
from runfolio.store import read_store
from runfolio.store.edited import set_column
from tests.projects.conftest import wheels as wheels
from tests.projects.wheels import make_needs, make_wheel

from .recording import TRAIN, make_repository, read, reproduce, run

PROGRAM = "try:\n    import tiny\nexcept ImportError:\n    tiny = None\n" + TRAIN.replace(
    "RATE =", "VERSION = tiny.__version__ if tiny else '1.0'\nRATE ="
).replace("params={", 'tags={"tiny": str(tiny is not None)}, params={"tiny": VERSION, ')
"""Takes a package for granted that only the environment has which is made for it."""


def pinned(*names: str) -> list[str]:
    return [f"{name}=={metadata.version(name)}" for name in names]


def rewrite(
    record: RunRecord, store: Path, target: Path, packages: Sequence[str], **changes: Any
) -> RunRecord:
    """The run in another store, as if it had been recorded in another environment."""
    from dataclasses import replace

    tables = read_store(store)
    context = dict(record.context)
    context["environment"] = {
        **context["environment"],
        "packages": list(packages),
        "local": [],
        **changes,
    }
    runs = set_column(tables.runs, "context", [json.dumps(context)])
    add_runs(replace(tables, runs=runs), [record.id], target, tags={})
    return read(target, record.id)


@pytest.fixture
def recorded(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    """A run of a program that uses the package tiny."""
    folder = make_repository(tmp_path / "project", train_py=PROGRAM)
    monkeypatch.chdir(folder)
    return run(folder, store)


@pytest.mark.parametrize("env", ["uv", "pip"])
def test_the_recorded_versions_are_installed(
    recorded: RunRecord, store: Path, tmp_path: Path, wheels: Path, env: str
) -> None:
    make_needs(wheels)
    for version in ("1.0", "2.0"):
        make_wheel(wheels, "tiny", version)
    target = tmp_path / "other"
    packages = [*pinned("numpy", "pyarrow", "runfolio"), "tiny==1.0"]
    before = rewrite(recorded, store, target, packages)
    said: list[str] = []
    done = reproduce(before, target, env=env, say=said.append)
    assert read(target, done.repeated).params["tiny"] == "1.0"
    assert (before.tags["tiny"], read(target, done.repeated).tags["tiny"]) == ("False", "True")
    assert said[0].startswith(f"Making an environment with {env}: Python 3.")
    again = reproduce(before, target, env=env, say=said.append)
    assert (again.verdict, done.verdict) == ("same", "same")
    assert len([one for one in said if one.startswith("Making")]) == 1
    environment = read(target, done.repeated).context["environment"]
    assert "tiny==1.0" in environment["packages"]


def test_a_package_that_no_index_has_ends_it_before_anything_ran(
    recorded: RunRecord, store: Path, tmp_path: Path, wheels: Path
) -> None:
    make_needs(wheels)
    before = rewrite(recorded, store, tmp_path / "other", [*pinned("numpy"), "tiny==3.0"])
    with pytest.raises(EnvironmentFailed, match=r"tiny.*take --env none"):
        reproduce(before, tmp_path / "other", env="uv")
    assert len(read_store(tmp_path / "other").runs) == 1


def test_what_differs_here_is_told_before(recorded: RunRecord, store: Path, tmp_path: Path) -> None:
    packages = ["numpy==0.1", "absent-package==1.0", *pinned("pyarrow")]
    before = rewrite(
        recorded,
        store,
        tmp_path / "other",
        packages,
        python="3.9.1",
        platform="Plan9 4 sparc",
        local=["Own"],
    )
    checked = runfolio.check_reproduction(before.id, store=tmp_path / "other", env="none")
    assert checked.plan.refusals == ()
    told = " ".join(checked.plan.warnings)
    numpy = f"numpy 0.1 is {metadata.version('numpy')}"
    assert f"Packages differ here: {numpy}, absent-package 1.0 is missing." in told
    for part in ("and was 3.9.1.", "and was 'Plan9 4 sparc'.", "were installed: Own."):
        assert part in told
    uv = runfolio.check_reproduction(before.id, store=tmp_path / "other", env="uv")
    assert "Packages differ" not in " ".join(uv.plan.warnings)
    assert "and was 3.9.1" not in " ".join(uv.plan.warnings)


def test_uv_is_taken_where_it_is_found(recorded: RunRecord, store: Path) -> None:
    assert runfolio.check_reproduction(recorded.id, store=store).env == "uv"


def test_an_environment_nobody_makes_is_refused(recorded: RunRecord, store: Path) -> None:
    with pytest.raises(runfolio.RunfolioError, match="made by uv, pip or none, not 'conda'"):
        reproduce(recorded, store, env="conda")
    with pytest.raises(runfolio.RunfolioError, match="A tolerance is a number from 0"):
        reproduce(recorded, store, tolerance=float("nan"))
    with pytest.raises(runfolio.RunfolioError, match="No folder at 'nowhere'"):
        reproduce(recorded, store, repository="nowhere")
