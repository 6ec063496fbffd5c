"""Reading the training folders of Ultralytics."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import UltralyticsUnreadable
from runfolio.sources import ultralytics
from runfolio.sources.place import Place
from runfolio.sources.ultralytics import SOURCE
from tests.sources.reads import points_of, read_all

NEW = """epoch,time,train/box_loss,metrics/mAP50(B),val/box_loss,lr/pg0
1,9.5,1.5,0.25,2.5,0.01
2,18.75,0.5,0.5,1.5,0.005
"""
OLD = """             epoch,      train/box_loss,    metrics/mAP50(B),              lr/pg0
                 0,                 1.5,                0.25,                0.01
                 1,                 0.5,                 0.5,               0.005
"""
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two trainings as the command line leaves them, in `runs/detect`."""
    for name, content in (("train", NEW), ("train2", OLD)):
        at = tmp_path / "runs" / "detect" / name
        (at / "weights").mkdir(parents=True)
        (at / "results.csv").write_text(content)
        (at / "args.yaml").write_text("task: detect\nlr0: 0.01\nclasses: null\naugment: {hsv: 1}\n")
        (at / "confusion_matrix.png").write_bytes(PNG)
        (at / "weights" / "best.pt").write_bytes(b"weights")
    return tmp_path / "runs"


def test_folders_of_new_and_old_versions(folder: Path) -> None:
    found = read_all(SOURCE, folder)
    assert not found.skipped
    new, old = found.runs
    assert (new.experiment, new.name) == ("detect", "train")
    assert (old.experiment, old.name) == ("detect", "train2")
    assert points_of(new, "train/box_loss") == [(1, 1.5), (2, 0.5)]
    assert points_of(old, "train/box_loss") == [(0, 1.5), (1, 0.5)]
    assert points_of(old, "metrics/mAP50(B)") == [(0, 0.25), (1, 0.5)]
    assert new.duration == 18.75
    assert old.duration is None
    assert new.params == {"task": "detect", "lr0": 0.01, "classes": None, "augment.hsv": 1}
    assert [(one.path, one.kind) for one in new.files] == [
        ("confusion_matrix.png", "image"),
        ("weights/best.pt", "file"),
    ]


def test_a_folder_of_yolov5(folder: Path) -> None:
    at = folder / "detect" / "train2"
    (at / "args.yaml").unlink()
    (at / "opt.yaml").write_text("epochs: 2\n")
    (at / "hyp.yaml").write_text("lr0: 0.5\n")
    [run] = read_all(SOURCE, at).runs
    assert run.params == {"epochs": 2, "hyp.lr0": 0.5}
    assert run.name == "train2"


def test_large_weights_are_told(folder: Path) -> None:
    with (folder / "detect" / "train" / "weights" / "best.pt").open("wb") as file:
        file.truncate(ultralytics.MAX_WEIGHTS + 1)
    found = read_all(SOURCE, folder)
    assert [one.reason for one in found.skipped] == [
        "weights of more than 16 MiB are not copied",
    ]
    assert len(list(found.runs[0].files)) == 1


@pytest.mark.parametrize("path", [".", "detect", "detect/train", "detect/train/results.csv"])
def test_it_is_found_from_anywhere(folder: Path, path: str) -> None:
    assert SOURCE.finds(Place(folder / path))
    assert points_of(read_all(SOURCE, folder / path).runs[0], "train/box_loss")[0] == (1, 1.5)


@pytest.mark.parametrize("header", ["epoch,loss,val_loss", "step,train/loss", "epoch", ""])
def test_tables_of_others_are_left_alone(tmp_path: Path, header: str) -> None:
    (tmp_path / "results.csv").write_text(f"{header}\n1,2,3\n")
    assert not SOURCE.finds(Place(tmp_path))


def test_the_name_of_a_run_stays_when_it_grows_and_moves(folder: Path, tmp_path: Path) -> None:
    before = read_all(SOURCE, folder).runs[0]
    (folder / "detect" / "train" / "results.csv").write_text(NEW + "3,20.0,0.25,0.75,1.0,0.001\n")
    shutil.move(folder, tmp_path / "moved")
    after = read_all(SOURCE, tmp_path / "moved").runs[0]
    assert after.identity == before.identity
    assert len(points_of(after, "lr/pg0")) == 3


def test_damage_is_told_with_its_line(folder: Path) -> None:
    at = folder / "detect" / "train"
    (at / "results.csv").write_text(NEW + "3,20.0,0.2")
    (at / "args.yaml").write_text("- a list\n")
    found = read_all(SOURCE, at)
    assert [one.reason for one in found.skipped] == [
        "line 4 has 3 fields instead of 6",
        "it holds no names with values",
    ]
    assert points_of(found.runs[0], "val/box_loss") == [(1, 2.5), (2, 1.5)]
    with pytest.raises(UltralyticsUnreadable, match="line 4 has 3 fields"):
        read_all(SOURCE, at, strict=True)


def test_every_truncation_keeps_whole_values(folder: Path) -> None:
    file = folder / "detect" / "train" / "results.csv"
    content = file.read_bytes()
    for length in range(content.index(b"\n") + 1, len(content)):
        file.write_bytes(content[:length])
        [run] = read_all(SOURCE, file).runs
        points = points_of(run, "lr/pg0")
        assert points == [(1, 0.01), (2, 0.005)][: len(points)]


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "results.csv"
    for start in (b"", b"epoch,train/loss\n", b"epoch,time,val/loss\n1,2,3\n"):
        file.write_bytes(start + content)
        assert len(read_all(SOURCE, file.parent).runs) <= 1


def test_links_and_pipes_are_not_followed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "weights").mkdir(parents=True)
    (other / "results.csv").symlink_to(folder / "detect" / "train" / "results.csv")
    assert not SOURCE.finds(Place(other))
    (other / "results.csv").unlink()
    shutil.copy(folder / "detect" / "train" / "results.csv", other)
    (other / "args.yaml").symlink_to(folder / "detect" / "train" / "args.yaml")
    (other / "plot.png").symlink_to(folder / "detect" / "train" / "confusion_matrix.png")
    os.mkfifo(other / "weights" / "last.pt")
    [run] = read_all(SOURCE, other).runs
    assert not run.params
    assert not list(run.files)
