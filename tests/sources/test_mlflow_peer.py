"""MLflow's stores as MLflow itself reads them, point by point."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from runfolio.schema import RUNNING
from runfolio.sources.mlflow.stores import SOURCE
from runfolio.sources.records import ForeignRun
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import Found, read_all

CODE = "import runpy, sys; runpy.run_module('tests.sources.mlflow_oracle', run_name='__main__')"


def read_theirs(uri: str, folder: Path) -> dict[str, Any]:
    printed = run_apart("peers", CODE, "read", uri, cwd=folder)
    runs: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return runs


def points_of(run: ForeignRun) -> dict[str, list[list[Any]]]:
    return {
        series.key: [
            [int(step), int(time) // 1000, repr(float(value))]
            for step, time, value in zip(series.steps, series.times, series.values, strict=True)
        ]
        for series in run.metrics
    }


def show_infinities(value: str) -> str:
    """SQLite has MLflow's infinities as the largest numbers, and MLflow says so."""
    return value.replace("1.7976931348623157e+308", "inf")


def check_same(found: Found, theirs: dict[str, Any], *, in_order: bool) -> None:
    assert {run.identity for run in found.runs} == set(theirs)
    for run in found.runs:
        told = theirs[run.identity]
        tags = told["tags"]
        assert (run.experiment, run.name) == (told["experiment"], told["name"] or run.identity)
        assert run.status == ("RUNNING" if told["status"] == "SCHEDULED" else told["status"])
        assert run.deleted == (told["deleted"] or told["gone"])
        start, end = told["times"]
        assert (run.start_time, run.end_time) == (start * 1000, end and end * 1000)
        assert {key: value.text for key, value in run.params.items()} == told["params"]
        own = {key: tags[key] for key in tags if key.startswith("mlflow.")}
        assert run.tags == {key: tags[key] for key in tags if key not in own}
        assert (run.note, run.parent) == (
            own.get("mlflow.note.content"),
            own.get("mlflow.parentRunId"),
        )
        points = points_of(run)
        assert set(points) == set(told["points"])
        for key, history in told["points"].items():
            wanted = [[*point[:2], show_infinities(point[2])] for point in history]
            if in_order:
                assert points[key] == wanted
            assert sorted(points[key]) == sorted(wanted)
        inputs = [[one.name, one.digest, [one.context]] for one in run.inputs]
        assert inputs == told["inputs"]


@pytest.mark.parametrize("owner", ["cr21", "PacktPublishing", "made"])
def test_folders_of_others_are_read_as_mlflow_reads_them(tmp_path: Path, owner: str) -> None:
    shutil.copytree(sample("mlflow_file", owner) / "mlruns", tmp_path / "mlruns")
    for meta in tmp_path.rglob("meta.yaml"):  # git keeps no empty folders, and MLflow wants them
        for name in ("artifacts", "metrics", "params", "tags"):
            (meta.parent / name).mkdir(exist_ok=True)
    theirs = read_theirs(str(tmp_path / "mlruns"), tmp_path)
    for run_id, told in theirs.items():  # early versions only moved experiments to the trash
        told["gone"] |= any(tmp_path.glob(f"mlruns/.trash/*/{run_id}"))
    check_same(read_all(SOURCE, tmp_path), theirs, in_order=True)


def test_a_database_of_others_is_read_as_mlflow_reads_it(tmp_path: Path) -> None:
    path = shutil.copy(sample("mlflow_sqlite", "made") / "mlflow.db", tmp_path)
    theirs = read_theirs(f"sqlite:///{path}", tmp_path)
    check_same(read_all(SOURCE, Path(path)), theirs, in_order=False)


@pytest.mark.parametrize("kind", ["folder", "database"])
def test_stores_that_mlflow_writes_now(tmp_path: Path, kind: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    uri = str(project / "mlruns") if kind == "folder" else f"sqlite:///{project / 'any name'}"
    run_apart("peers", CODE, "write", uri, str(project), cwd=project)
    theirs = read_theirs(uri, project)
    moved = project.rename(tmp_path / "moved")
    found = read_all(SOURCE, moved, strict=True)
    check_same(found, theirs, in_order=kind == "folder")
    whole = found.run("whole <b>")
    assert [file.path for file in whole.files] == ["texts/ä b.txt", "net/MLmodel"]
    assert all(file.source.read_bytes() for file in whole.files if isinstance(file.source, Path))
    assert whole.note == "# note"
    assert found.run("child").parent == whole.identity
    assert found.run("running").status == RUNNING
    assert (found.run("gone").deleted, found.run("in lost").deleted) == (True, True)
    experiments = {one.name: one for one in found.experiments}
    odd = experiments["odd ünï"]
    assert (odd.note, odd.tags, odd.deleted) == ("of odd ones", {"owner": "ada"}, False)
    assert experiments["lost"].deleted
