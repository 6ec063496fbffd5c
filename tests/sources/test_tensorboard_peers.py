"""Event files of the real writers, point by point beside what TensorBoard itself reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runfolio.sources.tensorboard.runs import SOURCE
from tests.environment.apart import run_apart
from tests.sources.reads import Found, read_all

TENSORBOARDX = """
import sys
import numpy as np
from tensorboardX import SummaryWriter
rng = np.random.default_rng(0)
writer = SummaryWriter(sys.argv[1] + "/run")
for step in range(300):
    writer.add_scalar("loss", 1 / (step + 1), step)
    writer.add_scalar("train/accuracy", step / 300, step * 1000)
    writer.add_scalar("odd", [float("nan"), float("inf"), -0.0][step % 3], step)
writer.add_scalar("without step", 0.25)
writer.add_image("picture", rng.integers(0, 255, (3, 4, 5), dtype=np.uint8), 7)
writer.add_histogram("weights", rng.normal(size=500), 3)
writer.add_text("words", "hello *world*", 2)
writer.add_pr_curve("curve", np.array([0, 1, 1, 0]), np.array([.1, .9, .4, .6]), 1)
writer.add_hparams({"lr": 0.1, "n": 3, "opt": "adam", "flag": True}, {"final": 0.5})
writer.close()
"""

TORCH = """
import sys
import torch
from torch.utils.tensorboard import SummaryWriter
torch.manual_seed(0)
writer = SummaryWriter(sys.argv[1] + "/run")
for step in range(150):
    writer.add_scalar("old", step * 0.1, step)
    writer.add_scalar("new", step * 0.3, step, new_style=True)
    writer.add_scalar("double", step * 0.3, step, new_style=True, double_precision=True)
writer.add_scalars("both", {"a": 1.0, "b": 2.0}, 5)
writer.add_histogram("weights", torch.randn(100), 1)
writer.add_image("picture", torch.rand(3, 4, 4), 1)
writer.add_text("words", "hi", 1)
writer.add_pr_curve("curve", torch.tensor([0, 1, 1]), torch.tensor([.1, .8, .6]), 1)
for number in (1, 2):
    writer.add_hparams({"lr": number / 10, "batch": 4}, {"metric": float(number)})
writer.close()
"""

TENSORBOARD = """
import sys
from tensorboard.summary import Writer
for name in ("train", "validation"):
    writer = Writer(sys.argv[1] + "/" + name)
    for step in range(150):
        writer.add_scalar("epoch_loss", step * 0.1, step, description="the loss")
    writer.flush()
    writer.close()
"""

THEIRS = """
import json, sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
everything = {kind: 0 for kind in
              ("scalars", "tensors", "images", "histograms", "compressedHistograms", "audio")}
found = {}
for folder in sorted({file.parent for file in Path(sys.argv[1]).rglob("*tfevents*")}):
    events = EventAccumulator(str(folder), everything, purge_orphaned_data=False).Reload()
    points = {tag: [(one.step, one.wall_time, repr(one.value)) for one in events.Scalars(tag)]
              for tag in events.Tags()["scalars"]}
    for tag in events.Tags()["tensors"]:
        numbers = [tensor_util.make_ndarray(one.tensor_proto) for one in events.Tensors(tag)]
        if numbers[0].dtype.kind == "f" and numbers[0].size == 1:
            points[tag] = [(one.step, one.wall_time, repr(float(number)))
                           for one, number in zip(events.Tensors(tag), numbers)]
    images = {tag: [one.encoded_image_string.hex() for one in events.Images(tag)]
              for tag in events.Tags()["images"]}
    histograms = {tag: [(one.step, one.histogram_value.num, list(one.histogram_value.bucket))
                        for one in events.Histograms(tag)]
                  for tag in events.Tags()["histograms"]}
    name = folder.relative_to(sys.argv[1]).as_posix()
    found[name] = {"points": points, "images": images, "histograms": histograms}
print(json.dumps(found))
"""


def read_theirs(root: Path) -> dict[str, Any]:
    """What TensorBoard finds, by run."""
    found: dict[str, Any] = json.loads(run_apart("peers", THEIRS, str(root)).splitlines()[-1])
    return found


def points_of_all(found: Found) -> dict[str, list[tuple[int, int, str]]]:
    """The points of all runs together, by tag."""
    points: dict[str, list[tuple[int, int, str]]] = {}
    for run in found.runs:
        for one in run.metrics:
            rows = zip(one.steps, one.times, one.values, strict=True)
            points.setdefault(one.key, []).extend(
                (int(step), int(time), repr(float(value))) for step, time, value in rows
            )
    return points


def their_points(theirs: dict[str, Any]) -> dict[str, list[tuple[int, int, str]]]:
    points: dict[str, list[tuple[int, int, str]]] = {}
    for run in theirs.values():
        for tag, rows in run["points"].items():
            points.setdefault(tag, []).extend(
                (step, round(wall * 1e6), value) for step, wall, value in rows
            )
    return points


@pytest.fixture(params=["tensorboardX", "torch", "tensorboard"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    if request.param == "torch":
        run_apart("frameworks", TORCH, str(root))
    else:
        code = {"tensorboardX": TENSORBOARDX, "tensorboard": TENSORBOARD}[request.param]
        run_apart("peers", code, str(root))
    return root


def test_every_point_is_the_one_that_tensorboard_reads(store: Path) -> None:
    found = read_all(SOURCE, store)
    theirs = read_theirs(store)
    assert found.skipped == []
    assert points_of_all(found) == their_points(theirs)
    assert sum(map(len, points_of_all(found).values())) >= 300


def test_pictures_and_histograms_are_the_ones_that_tensorboard_reads(store: Path) -> None:
    found = read_all(SOURCE, store)
    files = [file for run in found.runs for file in run.files]
    for run in read_theirs(store).values():
        for tag, pictures in run["images"].items():
            kept = [one.source for one in files if one.key == tag and one.kind == "image"]
            assert kept == [bytes.fromhex(one) for one in pictures]
        for tag, histograms in run["histograms"].items():
            ours = [one for one in files if one.key == tag and one.kind == "histogram"]
            for one, (step, total, counts) in zip(ours, histograms, strict=True):
                assert isinstance(one.source, bytes)
                document = json.loads(one.source)
                assert one.step == step
                assert document["count"] == total
                assert len(document["edges"]) == len(document["counts"]) + 1
                filled = [count for count in counts if count]
                assert [count for count in document["counts"] if count] == filled
                assert abs(document["mean"]) < 0.5
                assert 0.5 < document["std"] < 1.5


def test_what_tensorboardx_keeps_beside_points(tmp_path: Path) -> None:
    run_apart("peers", TENSORBOARDX, str(tmp_path / "logs"))
    [run] = read_all(SOURCE, tmp_path / "logs").runs
    assert run.name == "run"
    assert run.params == {"lr": 0.1, "n": 3, "opt": "adam", "flag": True}
    files = {(file.kind, file.key, file.step): file for file in run.files}
    assert files.keys() == {
        ("image", "picture", 7),
        ("histogram", "weights", 3),
        ("text", "words", 2),
        ("dict", "curve", 1),
    }
    assert files["text", "words", 2].source == b"hello *world*"
    curve = files["dict", "curve", 1].source
    assert isinstance(curve, bytes)
    assert len(json.loads(curve)["precision"]) == 127
    assert files["image", "picture", 7].path == "images/picture/7.png"


def test_trials_of_pytorch_are_runs_below_the_one_that_wrote_them(tmp_path: Path) -> None:
    run_apart("frameworks", TORCH, str(tmp_path / "logs"))
    found = read_all(SOURCE, tmp_path / "logs")
    outer = found.run("run")
    trials = [run for run in found.runs if run.parent == outer.identity]
    assert [run.params for run in trials] == [{"lr": 0.1, "batch": 4}, {"lr": 0.2, "batch": 4}]
    others = [run.name for run in found.runs if run.parent is None]
    assert others == ["run", "run/both_a", "run/both_b"]


def test_keras_folders_are_runs_of_their_own(tmp_path: Path) -> None:
    run_apart("peers", TENSORBOARD, str(tmp_path / "logs"))
    found = read_all(SOURCE, tmp_path / "logs")
    assert [run.name for run in found.runs] == ["train", "validation"]
    assert [[one.key for one in run.metrics] for run in found.runs] == [["epoch_loss"]] * 2


def test_real_files_that_are_damaged_anywhere_never_raise(tmp_path: Path) -> None:
    run_apart("peers", TENSORBOARDX, str(tmp_path / "logs"))
    [file] = (tmp_path / "logs" / "run").glob("*tfevents*")
    whole = file.read_bytes()
    most = len(points_of_all(read_all(SOURCE, tmp_path / "logs"))["loss"])
    for place in range(0, len(whole), 1 + len(whole) // 150):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        for content in (whole[:place], bytes(damaged)):
            file.write_bytes(content)
            found = read_all(SOURCE, tmp_path / "logs")
            files = [one.path for run in found.runs for one in run.files]
            assert len(files) <= 4
            assert len(points_of_all(found).get("loss", [])) <= most
            assert len(found.skipped) <= 1
