"""MLflow's stores: where they are found, the ones of strangers, and what becomes of their tags."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from runfolio.errors import MlflowUnreadable
from runfolio.schema import FAILED, FINISHED, KILLED, RUNNING
from runfolio.sources.mlflow.stores import SOURCE
from runfolio.sources.place import open_place
from tests.samples import sample
from tests.sources.mlflow_writing import OTHER, RUN, START, write, write_experiment, write_run
from tests.sources.reads import Found, points_of, read_all

SAMPLES = (
    ("mlflow_file", "cr21", 3, 11, 852, 0),
    ("mlflow_file", "PacktPublishing", 7, 19, 33, 17),
    ("mlflow_file", "made", 4, 10, 73, 2),
    ("mlflow_sqlite", "made", 4, 10, 73, 2),
)


def paths_of(found: Found, name: str = "a run") -> list[str]:
    return [file.path for file in found.run(name).files]


@pytest.mark.parametrize(("kind", "owner", "experiments", "runs", "points", "deleted"), SAMPLES)
def test_stores_of_others_are_read_whole(
    kind: str, owner: str, experiments: int, runs: int, points: int, deleted: int
) -> None:
    store = sample(kind, owner)
    assert SOURCE.finds(open_place(store))
    found = read_all(SOURCE, store, strict=True)
    counted = sum(len(series.steps) for run in found.runs for series in run.metrics)
    assert (len(found.experiments), len(found.runs), counted) == (experiments, runs, points)
    assert sum(run.deleted for run in found.runs) == deleted
    assert found.skipped == []


def test_deleted_experiments_and_their_runs_are_deleted() -> None:
    store = sample("mlflow_file", "PacktPublishing")
    found = read_all(SOURCE, store)
    gone = {one.name for one in found.experiments if one.deleted}
    assert gone == {"test", "test1", "test2", "test3", "example"}
    assert all(run.deleted for run in found.runs if run.experiment in gone)
    assert sum(run.experiment in gone for run in found.runs) == 16


def test_the_two_awkward_stores_tell_the_same() -> None:
    files = read_all(SOURCE, sample("mlflow_file", "made"))
    database = read_all(SOURCE, sample("mlflow_sqlite", "made"))
    assert {run.name for run in files.runs} == {run.name for run in database.runs}
    for run in files.runs:
        other = database.run(run.name)
        assert (run.status, run.deleted, run.note) == (other.status, other.deleted, other.note)
        assert (run.params, run.tags) == (other.params, other.tags)
        assert [file.path for file in run.files] == [file.path for file in other.files]
    assert paths_of(files, "model")[0] == "model/MLmodel"


@pytest.mark.parametrize("inner", ["", "mlruns", "mlruns/7", f"mlruns/7/{RUN}"])
def test_a_place_may_be_the_store_or_around_it_or_a_part_of_it(tmp_path: Path, inner: str) -> None:
    write_run(write_experiment(tmp_path / "mlruns"))
    place = tmp_path / inner
    assert SOURCE.finds(open_place(place))
    found = read_all(SOURCE, place)
    run = found.run("a run")
    assert (run.identity, run.experiment) == (RUN, "wine")
    assert paths_of(found) == ["plots/a.txt"]
    assert points_of(run, "loss") == [(0, 0.5), (1, 0.25)]
    assert found.skipped == []


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        ("", "."),
        ("", "mlruns"),
        ("mlruns", "."),
        ("mlruns/7", "."),
        ("mlruns/7", RUN),
        (f"mlruns/7/{RUN}", "."),
        (f"mlruns/7/{RUN}", ".."),
        (f"mlruns/7/{RUN}/tags", ".."),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_place_may_be_named_from_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str, path: str, whole: bool
) -> None:
    run = write_run(write_experiment(tmp_path / "mlruns"))
    write(run / "tags" / "mlflow.runName", "a run")
    if not whole:
        (run / "meta.yaml").unlink()
    monkeypatch.chdir(tmp_path / inside)
    assert SOURCE.finds(open_place(path))
    found = read_all(SOURCE, Path(path))
    assert [one.identity for one in found.runs] == [RUN]
    assert found.runs[0].experiment == "wine"
    assert paths_of(found) == ["plots/a.txt"]
    assert len(found.skipped) == (0 if whole else 1)


def test_the_experiment_of_a_single_run_is_not_read_through_a_link(tmp_path: Path) -> None:
    folder = write_experiment(tmp_path / "mlruns")
    run = write_run(folder)
    (folder / "meta.yaml").rename(tmp_path / "elsewhere")
    (folder / "meta.yaml").symlink_to(tmp_path / "elsewhere")
    assert read_all(SOURCE, run).run("a run").experiment == "7"


def test_a_single_file_of_a_folder_is_no_store(tmp_path: Path) -> None:
    meta = write_run(write_experiment(tmp_path)) / "meta.yaml"
    assert not SOURCE.finds(open_place(meta))
    assert read_all(SOURCE, meta) == ([], [], [])


@pytest.mark.parametrize("name", ["notes.txt", "meta.yaml", "0/meta.yaml", "data.db"])
def test_other_files_are_no_store(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "package:\n  name: experiment_id\n")
    assert not SOURCE.finds(open_place(tmp_path))
    assert read_all(SOURCE, tmp_path) == ([], [], [])


def test_a_moved_and_grown_store_has_the_same_identities(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path / "a" / "mlruns")
    run = write_run(experiment)
    write_run(experiment, OTHER)
    before = [one.identity for one in read_all(SOURCE, tmp_path / "a").runs]
    shutil.copytree(tmp_path / "a" / "mlruns", tmp_path / "b" / "deeper" / "renamed")
    with (run / "metrics" / "loss").open("a") as file:
        file.write(f"{START + 2} 0.125 2\n")
    assert before == [RUN, OTHER]
    for place in ("a", "b", "b/deeper/renamed"):
        assert [one.identity for one in read_all(SOURCE, tmp_path / place).runs] == before


def test_a_renamed_run_folder_keeps_its_id(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path / "mlruns"))
    shutil.copytree(run, tmp_path / "downloaded")
    assert [one.identity for one in read_all(SOURCE, tmp_path / "downloaded").runs] == [RUN]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("1", RUNNING),
        ("2", RUNNING),
        ("3", FINISHED),
        ("4", FAILED),
        ("5", KILLED),
        ("FAILED", FAILED),
        ("'4'", FAILED),
    ],
)
def test_statuses_are_numbers_or_names(tmp_path: Path, told: str, status: str) -> None:
    write_run(write_experiment(tmp_path), status=told)
    assert read_all(SOURCE, tmp_path).run("a run").status == status


def test_a_status_that_is_none_is_skipped(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path), status="9")
    found = read_all(SOURCE, tmp_path)
    assert found.run("a run").status == FINISHED
    assert [(one.path, one.reason) for one in found.skipped] == [
        (str(run / "meta.yaml"), "its status is 9, which is none")
    ]


def test_mlflows_own_tags_go_where_they_belong(tmp_path: Path) -> None:
    tags = write_run(write_experiment(tmp_path)) / "tags"
    told = {
        "mlflow.note.content": "# why\n",
        "mlflow.parentRunId": OTHER,
        "mlflow.user": "bob",
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": "abc123",
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.dirty": "true",
        "mlflow.source.git.repoURL": "https://example.org/wine.git",
    }
    for key, text in told.items():
        write(tags / key, text)
    run = read_all(SOURCE, tmp_path).run("a run")
    git = {"commit": "abc123", "branch": "main", "dirty": True}
    assert (run.note, run.parent, run.tags) == ("# why\n", OTHER, {"team": "red"})
    assert run.context["user"] == "bob"
    assert run.context["source"] == "train.py"
    assert run.context["git"] == git | {"remote": "https://example.org/wine.git"}
    own = {key.removeprefix("mlflow."): text for key, text in told.items()}
    assert run.context["mlflow"] == {
        key: text for key, text in own.items() if key not in ("note.content", "parentRunId")
    }
    assert {key: run.context[f"git_{key}"] for key in git} == git


def test_experiments_have_notes_tags_and_a_primary_metric(tmp_path: Path) -> None:
    tags = write_experiment(tmp_path) / "tags"
    write_run(tmp_path / "7")
    write(tags / "mlflow.note.content", "about wine")
    write(tags / "mlflow.experiment.primaryMetric.name", "loss")
    write(tags / "mlflow.experiment.primaryMetric.greaterIsBetter", "False")
    write(tags / "owner", "ada")
    [found] = read_all(SOURCE, tmp_path).experiments
    assert (found.name, found.note, found.tags) == ("wine", "about wine", {"owner": "ada"})
    assert (found.primary_metric, found.direction) == ("loss", "down")


def test_an_active_experiment_is_not_deleted_by_a_deleted_one_of_its_name(tmp_path: Path) -> None:
    write_run(write_experiment(tmp_path))
    write_run(write_experiment(tmp_path / ".trash", "8"), OTHER)
    found = read_all(SOURCE, tmp_path)
    assert [(one.name, one.deleted) for one in found.experiments] == [("wine", False)]
    assert {run.identity: run.deleted for run in found.runs} == {RUN: False, OTHER: True}


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "hidden")
    run = write_run(write_experiment(tmp_path / "mlruns"))
    for name in ("artifacts/stolen.txt", "params/stolen", "tags/stolen"):
        (run / name).symlink_to(secret)
    os.mkfifo(run / "metrics" / "pipe")
    (run / "artifacts" / "folder").symlink_to(tmp_path)
    found = read_all(SOURCE, tmp_path / "mlruns")
    assert paths_of(found) == ["plots/a.txt"]
    assert list(found.runs[0].params) == ["lr"]
    assert [series.key for series in found.runs[0].metrics] == ["loss"]


@pytest.mark.parametrize("mark", ["+", "%"])
def test_pictures_with_a_step_are_series(tmp_path: Path, mark: str) -> None:
    run = write_run(write_experiment(tmp_path))
    name = mark.join(("images/val~dogs", "step", "3", "timestamp", str(START), "0a-1b"))
    write(run / "artifacts" / f"{name}.png", "a picture")
    write(run / "artifacts" / f"{name}{mark}compressed.webp", "a small one")
    files = {file.path: file for file in read_all(SOURCE, tmp_path).run("a run").files}
    picture = files[f"{name}.png"]
    assert (picture.kind, picture.key, picture.step) == ("image", "val/dogs", 3)
    assert picture.time == START * 1000
    assert files[f"{name}{mark}compressed.webp"].kind == "file"


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        (f"file:///home/ada/project/out/{RUN}/artifacts", "out"),
        (f"/home/ada/project/out%20put/7/{RUN}/artifacts", "out put/7"),
        (f"file:///C:/Users/ada/project/out/7/{RUN}/artifacts", "out/7"),
        (f"'C:\\Users\\ada\\project\\out\\7\\{RUN}\\artifacts'", "out/7"),
        (f"mlflow-artifacts:/7/{RUN}/artifacts", "mlartifacts/7"),
        (f"s3://bucket/deep/out/7/{RUN}/artifacts", "out/7"),
        ("''", "mlartifacts/7"),
    ],
)
def test_artifacts_are_found_beside_the_store(tmp_path: Path, address: str, folder: str) -> None:
    run = write_run(write_experiment(tmp_path / "mlruns"), uri=address)
    shutil.rmtree(run / "artifacts")
    (run / "artifacts").mkdir()
    write(tmp_path / folder / RUN / "artifacts" / "a.txt", "a")
    found = read_all(SOURCE, tmp_path)
    assert paths_of(found) == ["a.txt"]
    assert found.skipped == []


@pytest.mark.parametrize(
    "address", [f"file:///{{0}}/out/{RUN}/artifacts", f"../out/{RUN}/artifacts", '"\\0"', "[1]"]
)
def test_artifacts_outside_of_the_place_are_left_there(tmp_path: Path, address: str) -> None:
    store = tmp_path / "project" / "mlruns"
    run = write_run(write_experiment(store), uri=address.format(tmp_path))
    shutil.rmtree(run / "artifacts")
    write(tmp_path / "out" / RUN / "artifacts" / "a.txt", "a")
    (store / "out").symlink_to(tmp_path / "out")
    assert paths_of(read_all(SOURCE, store.parent)) == []


@pytest.mark.parametrize("location", ["s3://b", "file:///data/{0}", "/data/ä {0}", "C:\\{0}"])
def test_artifacts_outside_of_the_place_are_told_of_once(tmp_path: Path, location: str) -> None:
    told = location.format("b")
    for run_id in (RUN, OTHER):
        run = write_run(write_experiment(tmp_path), run_id, uri=f"'{told}/{run_id}/artifacts'")
        shutil.rmtree(run / "artifacts")
    [skipped] = read_all(SOURCE, tmp_path).skipped
    assert skipped.reason == (
        f"artifacts at {told.replace(chr(92), '/')!r} lie outside of it, so they were not read "
        "(runs and models: 2)"
    )
    with pytest.raises(MlflowUnreadable, match=r"lie outside of it.*Leave out --strict"):
        read_all(SOURCE, tmp_path, strict=True)


def test_artifacts_elsewhere_in_the_place_are_read(tmp_path: Path) -> None:
    for run_id in (RUN, OTHER):
        address = (tmp_path / "kept" / "here" / run_id / "artifacts").as_uri()
        run = write_run(write_experiment(tmp_path / "mlruns"), run_id, uri=address)
        shutil.rmtree(run / "artifacts")
    write(tmp_path / "kept" / "here" / RUN / "artifacts" / "a.txt", "a")
    found = read_all(SOURCE, tmp_path, strict=True)
    files = {run.identity: [file.path for file in run.files] for run in found.runs}
    assert files == {RUN: ["a.txt"], OTHER: []}


def test_runs_without_artifacts_in_mlflows_own_folders_are_whole(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path))
    shutil.rmtree(run / "artifacts")
    assert paths_of(read_all(SOURCE, tmp_path, strict=True)) == []


def test_long_names_of_experiments_that_differ_at_their_ends_stay_two(tmp_path: Path) -> None:
    for number in ("1", "2"):
        write_run(write_experiment(tmp_path, number, name="x" * 499 + number), number * 32)
    found = read_all(SOURCE, tmp_path)
    names = {one.name for one in found.experiments}
    assert {run.experiment for run in found.runs} == names
    assert [len(name) for name in names] == [250, 250]
    again = read_all(SOURCE, tmp_path)
    assert {one.name for one in again.experiments} == names


def test_what_is_read_of_a_run_does_not_tell_where_it_lay(tmp_path: Path) -> None:
    write_run(write_experiment(tmp_path))
    assert "/home/ada" not in str(read_all(SOURCE, tmp_path).run("a run").context)
