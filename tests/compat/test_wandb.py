"""Training code written for W&B, logging to a store with one line changed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
import runfolio.compat.wandb as wandb
from runfolio.compat.wandb.refusals import forget_warnings
from runfolio.errors import (
    InvalidPath,
    InvalidValue,
    NoActiveRun,
    ParameterConflict,
    RunAlreadyActive,
    RunNotFound,
    UnsupportedCall,
)
from runfolio.schema.results import ConfusionMatrix, ResultCurve, read_result
from tests.environment.apart import run_apart

TRAINING = """
import numpy as np
import IMPORT

wandb.login()
config = {"lr": 0.1, "epochs": 3, "model": {"name": "mlp", "layers": [8, 8]}}
run = wandb.init(project="digits", name="baseline", group="mlps", job_type="train",
                 tags=["first", "small"], notes="A *first* try.", config=config)
wandb.define_metric("val/loss", summary="min")
for epoch in range(wandb.config.epochs):
    for batch in range(2):
        wandb.log({"train/loss": 1 / (1 + epoch * 2 + batch)})
    wandb.log({"val/loss": 0.5 ** epoch, "val": {"acc": epoch / 4}, "epoch": epoch}, commit=False)
    wandb.log({"weights": wandb.Histogram(np.arange(10.0)), "phase": "warm" if epoch else "cold"})
table = wandb.Table(columns=["x", "label"], data=[[1, "one"]])
table.add_data(2, "two")
image = np.zeros((4, 4, 3), dtype=np.uint8)
wandb.log({"samples": [wandb.Image(image, caption=f"digit {i}") for i in range(2)],
           "predictions": table})
wandb.run.summary["best"] = 0.25
wandb.config.update({"seed": 7})
with open("model.pt", "wb") as file:
    file.write(b"weights")
wandb.save("model.pt")
artifact = wandb.Artifact("model", type="model", metadata={"format": "pt"})
artifact.add_file("model.pt")
run.log_artifact(artifact)
wandb.finish()
"""


@pytest.fixture(autouse=True)
def _all_warnings_anew() -> Iterator[None]:
    forget_warnings()
    yield
    wandb.finish()


@pytest.fixture
def run() -> wandb.Run:
    """A run of W&B's kind, in ``./runs``, of which nothing is captured."""
    return wandb.init(project="p", name="n", settings=wandb.Settings(console="off"))


@pytest.fixture(autouse=True)
def _no_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLIO_CAPTURE", "none")
    for name in os.environ:
        if name.startswith("WANDB_"):
            monkeypatch.delenv(name)


def read(run: wandb.Run) -> runfolio.RunRead:
    run.finish()
    return runfolio.get_run(run.tracked.id)


def history(run: runfolio.RunRead, key: str) -> list[tuple[int, float]]:
    rows = run.metric_history(key)
    return list(zip(rows["step"].tolist(), rows["value"].tolist(), strict=True))


def file_of(run: runfolio.RunRead, path: str) -> Path:
    return run.folder / "artifacts" / path


def test_a_training_script_runs_with_one_line_changed(tmp_path: Path) -> None:
    script = TRAINING.replace("import IMPORT", "import runfolio.compat.wandb as wandb")
    paths = str(Path(runfolio.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = _only_run()
    assert (found.experiment, found.name, found.status) == ("digits", "baseline", "FINISHED")
    assert found.note == "A *first* try."
    told = {"tags": "first, small", "group": "mlps", "job_type": "train", "phase": "warm"}
    assert found.tags == told
    assert dict(found.params) | {"model.layers": None} == {
        "lr": 0.1,
        "epochs": 3,
        "model.name": "mlp",
        "model.layers": None,
        "seed": 7,
    }
    losses = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6]
    assert history(found, "train/loss") == list(zip([0, 1, 3, 4, 6, 7], losses, strict=True))
    assert history(found, "val/loss") == [(2, 1.0), (5, 0.5), (8, 0.25)]
    assert history(found, "val.acc") == [(2, 0.0), (5, 0.25), (8, 0.5)]
    assert found.metrics["best"] == 0.25
    series = {(one.kind, one.key, one.step) for one in found.artifacts if one.key}
    assert series == {
        *(("histogram", "weights", step) for step in (2, 5, 8)),
        *(("image", f"samples/{number}", 9) for number in (0, 1)),
    }
    paths_kept = {one.path for one in found.artifacts}
    assert {"model.pt", "model/v0/model.pt", "model/v0/artifact.json"} <= paths_kept


def _only_run() -> runfolio.RunRead:
    [folder] = Path("runs/runs").iterdir()
    return runfolio.get_run(folder.name)


def test_the_same_script_runs_with_wandb_itself(tmp_path: Path) -> None:
    run_apart("peers", TRAINING.replace("import IMPORT", "import wandb"), cwd=tmp_path)
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


def test_steps_follow_the_rows(run: wandb.Run) -> None:
    wandb.log({"a": 1})
    wandb.log({"a": 2}, commit=False)
    wandb.log({"b": 2})
    wandb.log({"a": 3}, step=10)
    wandb.log({"b": 3}, step=10)
    wandb.log({"a": 4})
    wandb.log({"a": 5})
    assert run.step == 12
    found = read(run)
    assert history(found, "a") == [(0, 1), (1, 2), (10, 3), (10, 4), (11, 5)]
    assert history(found, "b") == [(1, 2), (10, 3)]


def test_an_earlier_step_is_kept_and_not_dropped(run: wandb.Run) -> None:
    wandb.log({"a": 1}, step=10)
    wandb.log({"a": 2}, step=3)
    wandb.log({"a": 3})
    assert history(read(run), "a") == [(10, 1), (3, 2), (10, 3)]


def test_numbers_of_any_library_are_metrics(run: wandb.Run) -> None:
    run.log({"a": np.float32(0.5), "b": np.array([2]), "c": True, "d": None, "e": float("nan")})
    found = read(run)
    assert {key: found.metrics[key] for key in "abc"} == {"a": 0.5, "b": 2.0, "c": 1.0}
    assert set(found.metrics) == set("abce")


def test_texts_and_lists_are_tags(run: wandb.Run) -> None:
    run.log({"said": "hello", "sizes": [1, 2], "odd": object})
    tags = read(run).tags
    assert (tags["said"], tags["sizes"]) == ("hello", "[1, 2]")
    assert "object" in tags["odd"]


def test_a_row_that_is_no_dict_is_refused(run: wandb.Run) -> None:
    with pytest.raises(InvalidValue, match="A row is a dict of names and values, not 3"):
        wandb.log(3)


def test_the_config_is_read_as_items_and_attributes(run: wandb.Run) -> None:
    config = wandb.config
    config.lr = 0.5
    config["model"] = {"depth": 2}
    config.update(argparse.Namespace(seed=1))
    config.setdefaults({"lr": 9, "size": 3})
    assert (config.lr, config["model"]["depth"], config.get("none", 4)) == (0.5, 2, 4)
    assert dict(config) == {"lr": 0.5, "model": {"depth": 2}, "seed": 1, "size": 3}
    assert ("lr" in config, "x" in config, len(config)) == (True, False, 4)
    with pytest.raises(AttributeError, match="The config has no 'x'"):
        _ = config.x
    expected = {"lr": 0.5, "model.depth": 2, "seed": 1, "size": 3}
    assert dict(read(run).params) == expected


def test_a_setting_changes_only_where_that_is_allowed(run: wandb.Run) -> None:
    wandb.config.lr = 1
    with pytest.raises(ParameterConflict, match="'lr' of this run is '1' already"):
        wandb.config.lr = 2
    assert wandb.config.lr == 1
    with pytest.warns(UserWarning, match="a parameter keeps its first value"):
        wandb.config.update({"lr": 2}, allow_val_change=True)
    assert wandb.config.lr == 2
    found = read(run)
    assert (found.params["lr"], found.tags["config.lr"]) == (1, "2")


def test_some_keys_of_a_config_can_be_left_out() -> None:
    config = {"a": 1, "b": 2, "c": 3}
    with wandb.init(project="p", config=config, config_exclude_keys=["b"]) as run:
        assert dict(run.config) == {"a": 1, "c": 3}
    with wandb.init(project="p", config=config, config_include_keys=["b"]) as run:
        assert dict(run.config) == {"b": 2}


def test_a_config_file_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"can't be read from a file: 'c\.yaml'"):
        wandb.init(project="p", config="c.yaml")


def test_the_summary_is_what_the_run_came_to(run: wandb.Run) -> None:
    wandb.define_metric("loss", summary="min,max")
    wandb.define_metric("acc/*", summary="best", goal="maximize")
    wandb.define_metric("quiet", summary="none")
    for value in (3.0, 1.0, float("nan"), 2.0):
        wandb.log({"loss": value, "acc/val": value, "quiet": value, "plain": value})
    wandb.summary["plain"] = 9.0
    wandb.summary.update({"verdict": "good", "nested": {"x": 1}})
    assert run.summary["loss"] == {"min": 1.0, "max": 3.0}
    assert run.summary["acc/val"] == {"best": 3.0}
    assert (run.summary.plain, run.summary.get("verdict"), "quiet" in run.summary) == (
        *(9.0, "good"),
        False,
    )
    found = read(run)
    assert history(found, "plain")[-1] == (3, 2.0)
    assert found.metrics["summary/plain"] == 9.0
    assert found.metrics["nested.x"] == 1
    assert found.tags["verdict"] == "good"


def test_an_unknown_summary_is_refused_and_a_step_metric_warned_of(run: wandb.Run) -> None:
    with pytest.raises(InvalidValue, match="not 'middle'"):
        wandb.define_metric("x", summary="middle")
    with pytest.warns(UserWarning, match="curves are drawn over the step"):
        wandb.define_metric("x", step_metric="epoch")


def test_pictures_of_all_kinds_are_kept(run: wandb.Run, tmp_path: Path) -> None:
    from matplotlib import pyplot as plt
    from PIL import Image as Pictures

    Pictures.new("RGB", (2, 2)).save(tmp_path / "a.jpg")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    run.log(
        {
            "array": wandb.Image(np.full((2, 2), -1.0), caption="low"),
            "unit": wandb.Image(np.ones((2, 2, 3))),
            "wide": wandb.Image(np.array([[300, -5], [0, 7]])),
            "pil": Pictures.new("L", (2, 2)),
            "file": wandb.Image(tmp_path / "a.jpg"),
            "figure": wandb.Image(figure),
            "drawn": figure,
        }
    )
    plt.close(figure)
    found = read(run)
    pictures = {one.key: file_of(found, one.path) for one in found.artifacts if one.key}
    assert set(pictures) == {"array", "unit", "wide", "pil", "file", "figure", "drawn"}
    pixels = {key: np.asarray(Pictures.open(path)) for key, path in pictures.items()}
    assert pixels["array"].max() == 0
    assert pixels["unit"].min() == 255
    assert pixels["wide"].tolist() == [[255, 0], [0, 7]]
    assert pictures["file"].read_bytes() == (tmp_path / "a.jpg").read_bytes()
    [caption] = [one for one in found.artifacts if one.path.startswith("captions/")]
    said = json.loads(file_of(found, caption.path).read_text())
    assert said == {"key": "array", "step": 0, "caption": "low"}


def test_a_picture_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"A picture's file ends in .*'a\.txt'"):
        wandb.Image("a.txt")
    with pytest.raises(InvalidPath, match=r"Couldn't read 'a\.png' to log it"):
        wandb.Image("a.png")
    with pytest.warns(UserWarning, match="masks and classes aren't kept"):
        wandb.Image(np.zeros((2, 2)), masks={"m": {}})


def test_histograms_are_counted_or_given(run: wandb.Run) -> None:
    run.log({"values": wandb.Histogram([1, 2, 2], num_bins=2), "array": np.arange(100)})
    run.log({"given": wandb.Histogram(np_histogram=([1, 2], [0, 1, 2]))})
    found = read(run)
    kept = {
        str(one.key): json.loads(file_of(found, one.path).read_text()) for one in found.artifacts
    }
    assert kept["values"]["counts"] == [1, 2]
    assert kept["array"]["count"] == 100
    assert (kept["given"]["counts"], kept["given"]["edges"]) == ([1, 2], [0, 1, 2])
    with pytest.raises(InvalidValue, match="one edge more than bins, not 2 and 2"):
        wandb.Histogram(np_histogram=([1, 2], [0, 1]))
    with pytest.raises(InvalidValue, match="needs a sequence"):
        wandb.Histogram()


def test_tables_are_parquet(run: wandb.Run) -> None:
    import pandas as pd

    table = wandb.Table(columns=["a", "b"])
    table.add_data(1, "x")
    table.add_data(2, None)
    table.add_column("c", [0.5, 1.5])
    assert table.get_column("c") == [0.5, 1.5]
    frame = pd.DataFrame({"n": [1, 2]})
    run.log({"t": table, "frame": wandb.Table(dataframe=frame), "plain": frame})
    found = read(run)
    tables = [one for one in found.artifacts if one.kind == "table"]
    assert len(tables) == 3
    [path] = [one.path for one in tables if one.path.startswith("tables/t-")]
    kept = pd.read_parquet(file_of(found, path))
    assert kept.fillna("none").to_dict("list") == {
        "a": [1, 2],
        "b": ["x", "none"],
        "c": [0.5, 1.5],
    }
    with pytest.raises(InvalidValue, match="has 1 values for its 3 columns"):
        table.add_data(1)


def test_a_picture_in_a_table_is_kept_beside_it(run: wandb.Run) -> None:
    table = wandb.Table(columns=["img"], data=[[wandb.Image(np.zeros((2, 2)))]])
    with pytest.warns(UserWarning, match="kept beside the table"):
        run.log({"t": table})
    assert {one.key for one in read(run).artifacts if one.kind == "image"} == {"t/img/0"}


def test_pages_sounds_and_films_are_files(run: wandb.Run, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    run.log({"page": wandb.Html("<b>x</b>"), "sound": wandb.Audio("a.wav", caption="beep")})
    found = read(run)
    kept = {one.path.split("/")[0]: one.path for one in found.artifacts}
    assert file_of(found, kept["html"]).read_text() == "<b>x</b>"
    assert file_of(found, kept["audio"]).read_bytes() == b"RIFF"
    with pytest.raises(UnsupportedCall, match="Write it to a file and give its path"):
        wandb.Video(np.zeros((2, 3, 4, 4)))


def test_saved_files_are_kept_again_when_they_change(run: wandb.Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("deep/a.txt", "deep/b.txt"):
        (tmp_path / name).write_text("old")
    assert wandb.save("deep/*.txt") == [str(Path("deep") / name) for name in ("a.txt", "b.txt")]
    (tmp_path / "deep/a.txt").write_text("newer")
    found = read(run)
    assert file_of(found, "deep/a.txt").read_text() == "newer"
    assert file_of(found, "deep/b.txt").read_text() == "old"


def test_saving_what_is_not_there_is_refused(run: wandb.Run) -> None:
    with pytest.raises(InvalidPath, match=r"No file at 'none\.txt' to save"):
        wandb.save("none.txt")
    assert wandb.save("*.none") == []


def test_artifacts_are_kept_in_versions(run: wandb.Run, tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/e/f.txt").write_text("f")
    for text in ("one", "two"):
        (tmp_path / "m.bin").write_text(text)
        artifact = wandb.Artifact("net", "model", "A net.", {"acc": 0.5})
        artifact.add_file("m.bin", name="w/weights.bin")
        artifact.add_dir("d", name="data")
        artifact.add(wandb.Table(columns=["a"], data=[[1]]), "rows")
        with artifact.new_file("notes.txt", "w") as file:
            file.write(text)
        assert run.log_artifact(artifact, aliases=["best"]).wait().version is not None
    run.log_artifact("m.bin", name="single", type="model")
    wandb.log_model("m.bin", "checkpoint")
    found = read(run)
    for version, text in (("v0", "one"), ("v1", "two")):
        assert file_of(found, f"net/{version}/w/weights.bin").read_text() == text
        assert file_of(found, f"net/{version}/notes.txt").read_text() == text
        assert file_of(found, f"net/{version}/data/e/f.txt").read_text() == "f"
    said = json.loads(file_of(found, "net/v1/artifact.json").read_text())
    assert said == {
        "name": "net",
        "type": "model",
        "version": "v1",
        "description": "A net.",
        "aliases": ["best"],
        "metadata": {"acc": 0.5},
    }
    assert {"single/v0/m.bin", "checkpoint/v0/m.bin"} <= {one.path for one in found.artifacts}


def test_what_an_artifact_can_not_hold_is_refused(tmp_path: Path) -> None:
    artifact = wandb.Artifact("a", "b")
    with pytest.raises(UnsupportedCall, match="log_input"):
        artifact.add_reference("s3://bucket/x")
    with pytest.raises(InvalidPath, match="No file at 'x' to add"):
        artifact.add_file("x")
    with pytest.raises(InvalidPath, match="No folder at 'x' to add"):
        artifact.add_dir("x")
    with pytest.raises(UnsupportedCall, match=r"Artifact\.add\(int\)"):
        artifact.add(3, "x")


def test_charts_keep_their_tables(run: wandb.Run) -> None:
    import pandas as pd

    table = wandb.Table(columns=["x", "y"], data=[[0, 1], [1, 2]])
    with pytest.warns(UserWarning, match="the chart's table is kept, but the chart isn't drawn"):
        line = wandb.plot.line(table, "x", "y", title="t")
    series = wandb.plot.line_series(xs=[0, 1], ys=[[1, 2], [3, 4]], keys=["a", "b"])
    assert wandb.plot.scatter(table, "x", "y") is wandb.plot.bar(table, "x", "y") is table
    run.log({"line": line, "series": series})
    found = read(run)
    kept = {one.path.split("-")[0]: file_of(found, one.path) for one in found.artifacts}
    assert pd.read_parquet(kept["tables/series"])["lineVal"].tolist() == [1, 2, 3, 4]


def test_results_of_a_classifier_are_kept_to_be_drawn(run: wandb.Run) -> None:
    matrix = wandb.plot.confusion_matrix(
        y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["cat", "dog"]
    )
    chances = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]
    roc = wandb.plot.roc_curve([0, 1, 1], chances, labels=["cat", "dog"])
    pr = wandb.plot.pr_curve([0, 1, 1], chances)
    run.log({"val/matrix": matrix, "roc": roc, "pr": pr}, step=3)
    found = read(run)
    kept = {one.key: read_result(file_of(found, one.path).read_bytes()) for one in found.artifacts}
    assert kept["val/matrix"] == ConfusionMatrix("val/matrix", ("cat", "dog"), ((1, 0), (1, 1)))
    curves = [kept[name] for name in ("roc", "pr")]
    assert all(isinstance(one, ResultCurve) and max(one.y) == 1 for one in curves)
    assert {one.step for one in found.artifacts} == {3}
    with pytest.raises(InvalidValue, match="A roc curve needs y_true and y_probas"):
        wandb.plot.roc_curve([0, 1])
    guessed = wandb.plot.confusion_matrix(probs=[[0.9, 0.1], [0.2, 0.8]], y_true=[0, 0])
    assert guessed.data == [["0", "0", 1], ["0", "1", 1], ["1", "0", 0], ["1", "1", 0]]


def test_a_chart_of_what_is_not_there_is_refused() -> None:
    table = wandb.Table(columns=["x"], data=[[0]])
    with pytest.raises(InvalidValue, match=r"The table has no column 'z', but \['x'\]"):
        wandb.plot.histogram(table, "z")
    with pytest.raises(InvalidValue, match="needs y_true, and either preds or probs"):
        wandb.plot.confusion_matrix(preds=[1])
    with pytest.raises(UnsupportedCall, match=r"wandb\.plot\.plot_table has no counterpart"):
        _ = wandb.plot.plot_table


def test_an_alert_is_a_file(run: wandb.Run) -> None:
    with pytest.warns(UserWarning, match="sent to nobody"):
        wandb.alert("Slow", "very", level=wandb.AlertLevel.WARN)
    found = read(run)
    [alert] = found.artifacts
    assert file_of(found, alert.path).read_text() == "WARN: Slow: very\n"


def test_what_does_nothing_says_so_once(run: wandb.Run) -> None:
    with pytest.warns(UserWarning, match=r"wandb\.watch: "):
        wandb.watch()
    wandb.watch()  # a second warning would be an error


def test_code_is_kept_as_a_snapshot(run: wandb.Run, tmp_path: Path) -> None:
    code = tmp_path / "project"
    code.mkdir()
    (code / "train.py").write_text("x = 1\n")
    with pytest.warns(UserWarning, match=r"log_code\(include_fn=…, exclude_fn=…\): the usual"):
        wandb.log_code(code, include_fn=lambda path: path.endswith(".py"))
    [kept] = [one for one in read(run).artifacts if one.kind == "code"]
    assert kept.path == "code/snapshot/project/train.py"


def test_code_that_is_not_there_does_no_harm(run: wandb.Run, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="No folder at"):
        wandb.log_code(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["Api", "sweep", "agent", "use_artifact", "restore", "plot_table"])
def test_what_would_lose_data_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedCall, match=rf"wandb\.{name} has no counterpart\. "):
        getattr(wandb, name)


def test_a_run_refuses_too_and_unknown_names_are_no_attributes(run: wandb.Run) -> None:
    with pytest.raises(UnsupportedCall, match="Read the files from the folder"):
        run.use_artifact("x:latest")
    with pytest.raises(AttributeError, match="A run has no 'nonsense'"):
        run.nonsense()
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = wandb.nonsense


def test_without_a_run_the_calls_say_so() -> None:
    assert wandb.run is None
    wandb.finish()
    with pytest.raises(NoActiveRun, match=r"wandb\.log needs a run"):
        wandb.log({"a": 1})
    for name in ("config", "summary"):
        assert hasattr(wandb, name)
        with pytest.raises(NoActiveRun, match=rf"wandb\.{name} needs a run"):
            _ = getattr(wandb, name).lr
        with pytest.raises(NoActiveRun, match=rf"wandb\.{name} needs a run"):
            getattr(wandb, name)["lr"] = 1
        with pytest.raises(NoActiveRun, match=rf"wandb\.{name} needs a run"):
            getattr(wandb, name).update({"lr": 1})


@pytest.mark.parametrize(("code", "status"), [(None, "FINISHED"), (0, "FINISHED"), (2, "FAILED")])
def test_the_exit_code_gives_the_status(run: wandb.Run, code: int | None, status: str) -> None:
    wandb.finish(exit_code=code)
    assert read(run).status == status


def test_a_block_that_fails_is_a_failed_run() -> None:
    with pytest.raises(ValueError, match="broken"), wandb.init(project="p") as run:
        raise ValueError("broken")
    assert read(run).status == "FAILED"


def test_an_active_run_is_returned_again_or_finished_or_joined_by_another(run: wandb.Run) -> None:
    assert wandb.init(project="p", config={"more": 1}) is run
    assert run.config.more == 1
    beside = wandb.init(project="q", reinit="create_new")
    assert (wandb.run is beside, run.tracked.live, beside.tracked.parent_id) == (True, True, None)
    beside.finish()
    assert wandb.run is run
    last = wandb.init(project="p", reinit=True)
    assert not run.tracked.live
    assert last.tracked.live


def test_a_run_is_resumed_by_its_id() -> None:
    def start(**options: Any) -> wandb.Run:
        return wandb.init(project="p", id="mine", **options)

    with start(name="n", config={"lr": 1}) as first:
        first.log({"a": 1})
        first.log({"a": 2})
    with pytest.raises(RunAlreadyActive, match="'mine' is there already, and is not overwritten"):
        start()
    with start(resume="allow", config={"lr": 1}) as again:
        assert (again.resumed, again.step, again.id, again.name) == (True, 2, "mine", "n")
        again.log({"a": 3})
    with start(resume="must") as last, pytest.warns(UserWarning, match="keeps its first value"):
        last.config.lr = 5
    assert history(read(last), "a") == [(0, 1), (1, 2), (2, 3)]
    assert last.tracked.id == first.tracked.id


def test_a_run_that_must_be_there_is_missed() -> None:
    with pytest.raises(RunNotFound, match="No run 'other' to resume"):
        wandb.init(project="p", id="other", resume="must")
    with pytest.raises(RunNotFound, match="needs the id of a run"):
        wandb.init(project="p", resume="must")


def test_settings_and_the_environment_name_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "from-environment")
    monkeypatch.setenv("WANDB_TAGS", "a, b")
    with wandb.init(settings=wandb.Settings(run_name="named", run_group="g")) as run:
        assert (run.project, run.name, run.group, run.tags) == (
            *("from-environment", "named", "g"),
            ("a", "b"),
        )
        run.tags = (*run.tags, "c")
        run.notes = "Later."
    found = read(run)
    assert (found.tags["tags"], found.note) == ("a, b, c", "Later.")


def test_a_folder_holds_the_store(tmp_path: Path) -> None:
    with wandb.init(project="p", dir=tmp_path / "here") as run:
        assert run.dir.startswith(str(tmp_path / "here" / "runs"))


def test_a_disabled_run_leaves_nothing(tmp_path: Path) -> None:
    script = """
import runfolio.compat.wandb as wandb
run = wandb.init(project="p", mode="disabled")
wandb.log({"a": 1, "h": wandb.Histogram([1, 2])})
assert run.disabled
print(run.dir)
"""
    paths = str(Path(runfolio.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(done.stdout.strip()).exists()
    assert not (tmp_path / "runs").exists()


def test_options_that_do_nothing_are_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"wandb\.init\(sync_tensorboard=…\)"):
        wandb.init(project="p", sync_tensorboard=True, save_code=True)


def test_what_would_begin_in_the_middle_of_another_run_is_refused() -> None:
    with pytest.raises(UnsupportedCall, match=r"init\(fork_from=…\) has no counterpart"):
        wandb.init(project="p", fork_from="abc?_step=3")
    with pytest.warns(UserWarning, match="without an id a new run is started"):
        wandb.init(project="p", resume="auto")


def test_importing_it_is_light() -> None:
    script = "import sys, runfolio.compat.wandb; print(*sys.modules)"
    paths = str(Path(runfolio.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"wandb", "pandas", "matplotlib", "torch", "sklearn", "altair"}
    assert not heavy & set(done.stdout.split())


def test_lines_for_the_terminal_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    wandb.termlog("one")
    wandb.termwarn("two")
    wandb.termerror("three")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["runfolio: one", "runfolio: warning: two", "runfolio: error: three"]
