"""Reading folders of DVCLive."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import DvcliveUnreadable
from runfolio.sources.dvclive.stores import SOURCE
from runfolio.sources.place import Place
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import points_of, read_all

WRITE = """
from dvclive import Live
from PIL import Image
with Live(report=None, save_dvc_exp=False, monitor_system=False) as live:
    live.log_params({"lr": 0.5, "opt": {"betas": [0.9, 0.99]}})
    for step in range(3):
        live.log_metric("train/loss", 1 / (step + 1), timestamp=True)
        live.log_metric("train/acc", float("nan"), timestamp=True)
        live.log_image(f"samples/{step}.png", Image.new("RGB", (4, 4)))
        live.log_image("last.png", Image.new("RGB", (4, 4)))
        live.next_step()
    live.log_metric("final/score", 3.5, plot=False)
    live.log_metric("final/bad", float("inf"), plot=False)
    live.log_sklearn_plot("roc", [0, 1, 1, 0], [0.1, 0.9, 0.6, 0.3])
    live.log_plot("points", [{"x": 1, "y": 2}], x="x", y="y")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with the folder of one run."""
    live = tmp_path / "project" / "dvclive"
    (live / "plots" / "metrics" / "train").mkdir(parents=True)
    (live / "plots" / "metrics" / "acc.tsv").write_text("step\tacc\n0\t0.25\n1\t0.5\n2\t0.75\n")
    (live / "plots" / "metrics" / "train" / "loss.tsv").write_text(
        "timestamp\tstep\tloss\n1700000000000\t0\t2.5\n1700000000500\t1\t1.5\n"
    )
    summary = {"acc": 0.75, "train": {"loss": 1.5}, "test": {"acc": 0.5}, "step": 2}
    (live / "metrics.json").write_text(json.dumps(summary))
    (live / "params.yaml").write_text("lr: 0.5\n")
    (tmp_path / "project" / "params.yaml").write_text("lr: 1\ntrain:\n  epochs: 3\n")
    return live


def test_real_runs() -> None:
    found = read_all(SOURCE, sample("dvclive", "mnrozhkov"))
    assert not found.skipped
    assert len(found.runs) == 10
    assert len({run.identity for run in found.runs}) == 10
    run = found.run("commit_a7a35e5/results")
    assert points_of(run, "loss")[-1] == (9, 0.39778730249442995)
    assert points_of(run, "accuracy")[-1] == (9, 0.8572)
    assert len(points_of(run, "accuracy")) == 10
    assert run.params["train.global_batch_size"] == 32


def test_what_dvclive_writes(tmp_path: Path) -> None:
    run_apart("peers", WRITE, cwd=tmp_path)
    found = read_all(SOURCE, tmp_path)
    assert not found.skipped
    [run] = found.runs
    assert points_of(run, "train/loss") == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert [str(point) for point in points_of(run, "train/acc")] == [
        "(0, nan)",
        "(1, nan)",
        "(2, nan)",
    ]
    assert points_of(run, "final/score") == [(2, 3.5)]
    assert points_of(run, "final/bad") == [(2, float("inf"))]
    assert run.params == {"lr": 0.5, "opt.betas": [0.9, 0.99]}
    assert [(one.path, one.kind, one.key, one.step) for one in run.files] == [
        ("plots/custom/points.json", "file", None, None),
        ("plots/images/last.png", "image", "last", None),
        ("plots/images/samples/0.png", "image", "samples", 0),
        ("plots/images/samples/1.png", "image", "samples", 1),
        ("plots/images/samples/2.png", "image", "samples", 2),
        ("plots/sklearn/roc.json", "file", None, None),
    ]


def test_series_summary_and_parameters(folder: Path) -> None:
    found = read_all(SOURCE, folder.parent)
    assert not found.skipped
    [run] = found.runs
    assert run.experiment == "project"
    assert points_of(run, "acc") == [(0, 0.25), (1, 0.5), (2, 0.75)]
    assert points_of(run, "test/acc") == [(2, 0.5)]
    [loss] = [series for series in run.metrics if series.key == "train/loss"]
    assert list(loss.times) == [1_700_000_000_000_000, 1_700_000_000_500_000]
    assert run.params == {"lr": 0.5, "train.epochs": 3}
    assert not run.timed


def test_images_with_a_step(folder: Path) -> None:
    for name in ("samples/12.png", "3.png", "samples/x.svg", "samples/12.txt"):
        file = folder / "plots" / "images" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"image")
    [run] = read_all(SOURCE, folder).runs
    assert [(one.path, one.kind, one.key, one.step) for one in run.files] == [
        ("plots/images/3.png", "image", "3", None),
        ("plots/images/samples/12.png", "image", "samples", 12),
        ("plots/images/samples/12.txt", "file", None, None),
        ("plots/images/samples/x.svg", "image", "samples/x", None),
    ]


def test_a_run_is_timed_where_all_points_are(folder: Path) -> None:
    (folder / "plots" / "metrics" / "acc.tsv").unlink()
    (folder / "metrics.json").write_text('{"train": {"loss": 1.5}, "step": 2}')
    [run] = read_all(SOURCE, folder).runs
    assert run.timed


def test_several_folders_of_one_project(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "models" / "big" / "dvclive")
    shutil.copytree(folder, folder.parent / "results")
    runs = read_all(SOURCE, folder.parent).runs
    assert [run.name for run in runs] == ["dvclive", "models/big", "results"]
    assert len({run.identity for run in runs}) == 3


@pytest.mark.parametrize("path", ["..", ".", "../.."])
def test_it_is_found_from_any_folder_above(folder: Path, path: str) -> None:
    place = (folder / path).resolve()
    assert SOURCE.finds(Place(place))
    assert points_of(read_all(SOURCE, place).runs[0], "acc") == [(0, 0.25), (1, 0.5), (2, 0.75)]


def test_a_run_with_nothing_but_a_summary(folder: Path) -> None:
    shutil.rmtree(folder / "plots")
    assert SOURCE.finds(Place(folder))
    [run] = read_all(SOURCE, folder.parent).runs
    assert points_of(run, "train/loss") == [(2, 1.5)]


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "a.tsv").write_text("step\ta\n1\t2\n")
    (tmp_path / "metrics.json").write_text("{}")
    (tmp_path / "params.yaml").write_text("a: 1\n")
    assert not SOURCE.finds(Place(tmp_path))


def test_the_name_of_a_run_stays_when_it_grows_and_moves(folder: Path, tmp_path: Path) -> None:
    [before] = read_all(SOURCE, folder.parent).runs
    with (folder / "plots" / "metrics" / "acc.tsv").open("a") as file:
        file.write("3\t0.875\n")
    (folder / "plots" / "metrics" / "aaa.tsv").write_text("step\taaa\n3\t1\n")
    shutil.move(folder.parent, tmp_path / "moved")
    [after] = read_all(SOURCE, tmp_path / "moved").runs
    assert after.identity == before.identity
    assert len(points_of(after, "acc")) == 4


def test_damage_costs_only_its_file(folder: Path) -> None:
    metrics = folder / "plots" / "metrics"
    (metrics / "acc.tsv").write_text("step\tacc\n0\t0.25\n1\n2\tx\n")
    (metrics / "odd.tsv").write_text("a\tb\n1\t2\n")
    (metrics / "empty.tsv").write_text("")
    (folder / "metrics.json").write_text("{")
    (folder / "params.yaml").write_text("- 1\n")
    found = read_all(SOURCE, folder.parent)
    [run] = found.runs
    assert points_of(run, "acc") == [(0, 0.25)]
    assert points_of(run, "train/loss") == [(0, 2.5), (1, 1.5)]
    assert run.params == {"lr": 1, "train.epochs": 3}
    told: dict[str, list[str]] = {}
    for one in found.skipped:
        told.setdefault(Path(one.path).name, []).append(one.reason)
    assert told["acc.tsv"] == [
        "line 3 has 1 field instead of 2",
        "1 values are no numbers and 0 have no step",
    ]
    assert "its columns are a, b, not step and value" in told["odd.tsv"][0]
    assert "no whole line with the names" in told["empty.tsv"][0]
    assert "Expecting property name" in told["metrics.json"][0]
    assert "no names with values" in told["params.yaml"][0]
    with pytest.raises(DvcliveUnreadable, match="--strict"):
        read_all(SOURCE, folder.parent, strict=True)


def test_every_truncation_keeps_whole_values(folder: Path) -> None:
    for name in ("metrics.json", "params.yaml", "plots/metrics/acc.tsv"):
        file = folder / name
        content = file.read_bytes()
        for length in range(len(content)):
            file.write_bytes(content[:length])
            [run] = read_all(SOURCE, folder.parent).runs
            assert points_of(run, "train/loss") == [(0, 2.5), (1, 1.5)]
            if name.endswith(".tsv") and any(series.key == "acc" for series in run.metrics):
                points = points_of(run, "acc")
                assert points in ([(2, 0.75)], [(0, 0.25), (1, 0.5), (2, 0.75)][: len(points)])
        file.write_bytes(content)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    live = tmp_path_factory.mktemp("any") / "dvclive"
    (live / "plots" / "metrics").mkdir(parents=True)
    (live / "plots" / "metrics" / "a.tsv").write_bytes(content)
    (live / "plots" / "metrics" / "b.tsv").write_bytes(b"timestamp\tstep\tb\n" + content)
    (live / "metrics.json").write_bytes(content)
    (live / "params.yaml").write_bytes(content)
    assert len(read_all(SOURCE, live).runs) == 1


def test_links_and_pipes_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "dvclive").symlink_to(folder)
    assert not SOURCE.finds(Place(tmp_path / "other"))
    (folder / "params.yaml").unlink()
    (folder / "params.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "secret.yaml").write_text("password: x\n")
    (folder / "plots" / "images").mkdir()
    (folder / "plots" / "images" / "a.png").symlink_to(tmp_path / "secret.yaml")
    os.mkfifo(folder / "plots" / "metrics" / "pipe.tsv")
    [run] = read_all(SOURCE, folder.parent).runs
    assert "password" not in run.params
    assert not list(run.files)
