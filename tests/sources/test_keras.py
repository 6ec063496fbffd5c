"""Reading what Keras' CSVLogger writes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import KerasLogUnreadable
from runfolio.sources.keras import SOURCE
from runfolio.sources.place import Place
from tests.environment.apart import run_apart
from tests.sources.reads import points_of, read_all

LOG = """epoch,loss,mae,val_loss
0,1.5,2.5,NA
1,0.5,1.5,0.75
2,0.25,1.25,0.5
"""

WRITE = """
import keras, numpy
x = numpy.random.rand(8, 2)
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
class Rates(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["rates"] = [0.5, 0.25]
for epochs in (2, 3):
    log = keras.callbacks.CSVLogger("train.log", append=True)
    model.fit(x, x.sum(1), epochs=epochs, verbose=0, validation_data=(x, x.sum(1)), callbacks=[log])
log = keras.callbacks.CSVLogger("other.csv", separator=";")
model.fit(x, x.sum(1), epochs=2, verbose=0, callbacks=[Rates(), log])
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small log."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "train.csv").write_text(LOG)
    return folder / "train.csv"


def test_what_the_logger_writes(tmp_path: Path) -> None:
    run_apart("frameworks", WRITE, cwd=tmp_path, KERAS_BACKEND="torch")
    found = read_all(SOURCE, tmp_path)
    other, train = found.runs
    assert (other.name, train.name) == ("other", "train")
    assert [key.key for key in train.metrics] == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert [step for step, _ in points_of(train, "loss")] == [0, 1, 2, 3, 4]
    assert [epoch for _, epoch in points_of(train, "epoch")] == [0, 1, 0, 1, 2]
    assert train.tags == {"keras.fits": "2"}
    assert [step for step, _ in points_of(other, "loss")] == [0, 1]
    [skipped] = found.skipped
    assert skipped.reason == "column 'rates': 2 cells hold no number, such as '\"[0.5, 0.25]\"'"


def test_epochs_that_start_again_go_on_counting(log: Path) -> None:
    log.write_text(LOG + "0,0.125,1,1\n1,0.5,1,1\n1,0.75,1,1\n9,0.25,1,1\n")
    [run] = read_all(SOURCE, log).runs
    assert [step for step, _ in points_of(run, "loss")] == [0, 1, 2, 3, 4, 5, 13]
    assert [epoch for _, epoch in points_of(run, "epoch")] == [0, 1, 2, 0, 1, 1, 9]
    assert run.tags == {"keras.fits": "3"}


def test_missing_values_are_left_out(log: Path) -> None:
    [run] = read_all(SOURCE, log).runs
    assert points_of(run, "val_loss") == [(1, 0.75), (2, 0.5)]
    assert points_of(run, "loss") == [(0, 1.5), (1, 0.5), (2, 0.25)]
    assert not run.timed
    assert not run.tags


@pytest.mark.parametrize("separator", ["\t", ";", "|", ":"])
def test_any_separator(log: Path, separator: str) -> None:
    log.write_text(LOG.replace(",", separator))
    [run] = read_all(SOURCE, log.parent).runs
    assert points_of(run, "mae") == [(0, 2.5), (1, 1.5), (2, 1.25)]


@pytest.mark.parametrize(
    "header",
    [
        "epoch,train/box_loss,loss",
        "epoch,mae,loss",
        "epoch,loss,step",
        "epoch_loss",
        "epochs,loss",
        "epoch,acc",
        "step,loss",
        "",
    ],
)
def test_tables_of_others_are_left_alone(log: Path, header: str) -> None:
    log.write_text(f"{header}\n1,2,3\n")
    assert not SOURCE.finds(Place(log.parent))
    assert not SOURCE.finds(Place(log))


def test_the_name_of_a_run_stays_when_it_grows_and_moves(log: Path, tmp_path: Path) -> None:
    [before] = read_all(SOURCE, log.parent).runs
    log.write_text(LOG + "3,0.125,1.0,0.25\n")
    shutil.move(log.parent, tmp_path / "moved")
    [after] = read_all(SOURCE, tmp_path / "moved").runs
    assert after.identity == before.identity
    assert len(points_of(after, "loss")) == 4


def test_every_truncation_keeps_whole_values(log: Path) -> None:
    content = log.read_bytes()
    [run] = read_all(SOURCE, log).runs
    whole = {series.key: points_of(run, series.key) for series in run.metrics}
    for length in range(content.index(b"\n") + 1, len(content)):
        log.write_bytes(content[:length])
        [run] = read_all(SOURCE, log).runs
        for series in run.metrics:
            points = points_of(run, series.key)
            assert points == whole[series.key][: len(points)], length


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "log.csv"
    for start in (b"", b"epoch,loss\n", b'epoch"loss\n'):
        file.write_bytes(start + content)
        assert len(read_all(SOURCE, file.parent).runs) <= 1


def test_damage_is_told_with_its_line(log: Path) -> None:
    log.write_text(LOG + "3,1\nx,1,2,3\n")
    found = read_all(SOURCE, log)
    assert [one.reason for one in found.skipped] == [
        "line 5 has 2 fields instead of 4",
        "1 row has no epoch",
        "column 'epoch': 1 cell holds no number, such as 'x'",
    ]
    with pytest.raises(KerasLogUnreadable, match="line 5 has 2 fields"):
        read_all(SOURCE, log, strict=True)


def test_many_odd_lines_are_counted(log: Path) -> None:
    log.write_text(LOG + "1\n" * 100)
    reasons = [one.reason for one in read_all(SOURCE, log).skipped]
    assert len(reasons) == 6
    assert reasons[-1] == "95 more lines are no rows"


def test_links_and_pipes_are_not_followed(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "train.csv").symlink_to(log)
    os.mkfifo(other / "pipe.csv")
    assert not SOURCE.finds(Place(other))
