"""Reading what Lightning's CSVLogger writes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import LightningLogUnreadable
from runfolio.sources.lightning import SOURCE
from runfolio.sources.place import Place
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import points_of, read_all

LOG = """epoch,loss,step,val/acc
0,1.5,0,
0,,0,0.25
,0.5,1,
1,0.25,2,
"""

WRITE = """
from lightning.pytorch.loggers import CSVLogger
from lightning.fabric.loggers import CSVLogger as FabricLogger
for width in (8, 16):
    logger = CSVLogger("logs", "net")
    logger.log_hyperparams({"width": width, "opt": {"name": "adam", "betas": [0.9, 0.99]}})
    logger.log_metrics({"loss": 2.0, "epoch": 0}, step=0)
    logger.log_metrics({"val/acc": 0.5, "epoch": 0}, step=0)
    logger.save()
    logger.log_metrics({"loss": float("nan"), "late": 7.0}, step=3)
    logger.finalize("success")
fabric = FabricLogger("fabric", prefix="pre")
fabric.log_metrics({"loss": 1.0}, step=0)
fabric.log_metrics({"acc": 1.0}, step=5)
fabric.save()
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small log of one run, in `store/net/version_0`."""
    folder = tmp_path / "store" / "net" / "version_0"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text(LOG)
    (folder / "hparams.yaml").write_text("lr: 1.0e-05\nopt:\n  name: adam\n")
    return folder / "metrics.csv"


def test_real_runs_agree_with_other_trackers() -> None:
    found = read_all(SOURCE, sample("lightning_csv", "cr21"))
    assert not found.skipped
    losses = {run.name: points_of(run, "test/loss") for run in found.runs}
    assert len(losses) == 11
    mlflow = sample("mlflow_file", "cr21").glob("mlruns/*/*/metrics/test/loss")
    theirs = sorted(float(file.read_text().split()[1]) for file in mlflow)
    assert sorted(value for [(_, value)] in losses.values()) == theirs
    assert len({run.identity for run in found.runs}) == 11
    assert found.run("multiruns/2024-10-21_00-01-42/3").params["weight_decay"] == 1e-05


def test_what_the_logger_writes(tmp_path: Path) -> None:
    run_apart("frameworks", WRITE, cwd=tmp_path)
    found = read_all(SOURCE, tmp_path)
    assert not found.skipped
    assert [(run.experiment, run.name) for run in found.runs] == [
        (tmp_path.name, "fabric"),
        ("net", "version_0"),
        ("net", "version_1"),
    ]
    fabric, first, second = found.runs
    assert points_of(fabric, "pre-acc") == [(5, 1.0)]
    assert first.params == {"width": 8, "opt.name": "adam", "opt.betas": [0.9, 0.99]}
    assert points_of(first, "epoch") == [(0, 0.0)]
    assert points_of(first, "late") == [(3, 7.0)]
    assert [str(point) for point in points_of(first, "loss")] == ["(0, 2.0)", "(3, nan)"]
    assert second.params["width"] == 16


def test_rows_of_one_step_are_merged(log: Path) -> None:
    [run] = read_all(SOURCE, log.parent).runs
    assert points_of(run, "epoch") == [(0, 0.0), (2, 1.0)]
    assert points_of(run, "loss") == [(0, 1.5), (1, 0.5), (2, 0.25)]
    assert points_of(run, "val/acc") == [(0, 0.25)]
    assert run.params == {"lr": 1e-05, "opt.name": "adam"}
    assert not run.timed
    [times] = {tuple(series.times) for series in run.metrics if series.key == "val/acc"}
    assert times == (log.stat().st_mtime_ns // 1000,)


@pytest.mark.parametrize("levels", [0, 1, 2, 3])
def test_it_is_found_from_any_folder_above(log: Path, levels: int) -> None:
    place = [log, *log.parents][levels]
    assert SOURCE.finds(Place(place))
    [run] = read_all(SOURCE, place).runs
    assert run.name == "version_0"
    assert points_of(run, "val/acc") == [(0, 0.25)]


def test_tables_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("step,loss\n1,2\n")
    assert not SOURCE.finds(Place(tmp_path))
    (tmp_path / "version_0").mkdir()
    (tmp_path / "version_0" / "metrics.csv").write_text("epoch,loss\n1,2\n")
    assert not SOURCE.finds(Place(tmp_path))


def test_the_name_of_a_run_stays_when_it_grows_and_moves(log: Path, tmp_path: Path) -> None:
    [before] = read_all(SOURCE, tmp_path / "store").runs
    log.write_text(
        LOG.replace("val/acc", "new,val/acc").replace(",0.25\n", ",,0.25\n").replace(",\n", ",,\n")
        + "2,0.125,3,1,\n"
    )
    shutil.move(tmp_path / "store", tmp_path / "moved")
    [after] = read_all(SOURCE, tmp_path / "moved").runs
    assert points_of(after, "new") == [(3, 1.0)]
    assert after.identity == before.identity


def test_every_truncation_keeps_whole_values(log: Path) -> None:
    whole = {
        series.key: points_of(run, series.key)
        for run in read_all(SOURCE, log.parent).runs
        for series in run.metrics
    }
    content = log.read_bytes()
    for length in range(len(content)):
        log.write_bytes(content[:length])
        found = read_all(SOURCE, log.parent)
        assert found.skipped or content[length - 1 : length] == b"\n"
        for run in found.runs:
            for series in run.metrics:
                points = points_of(run, series.key)
                if series.key in whole:
                    assert points == whole[series.key][: len(points)], length


def test_every_flipped_bit_costs_no_more_than_its_line(log: Path) -> None:
    content = log.read_bytes()
    start = content.index(b"\n") + 1
    for offset in range(start, len(content)):
        for bit in (0, 3, 6, 7):
            damaged = bytearray(content)
            damaged[offset] ^= 1 << bit
            log.write_bytes(damaged)
            [run] = read_all(SOURCE, log.parent).runs
            line = content.count(b"\n", 0, offset)
            if line < 3 or (line == 3 and content[offset] != ord("\n")):
                assert points_of(run, "loss")[-1] == (2, 0.25), (offset, bit)


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "metrics.csv"
    for start in (b"", b"step,a\n"):
        file.write_bytes(start + content)
        file.with_name("hparams.yaml").write_bytes(content)
        assert len(read_all(SOURCE, file.parent).runs) <= 1


def test_damage_is_told_with_its_line(log: Path) -> None:
    log.write_text(LOG + "3,4\n" + "3,tensor(1.),9,\n")
    log.with_name("hparams.yaml").write_text("lr: [1\n")
    found = read_all(SOURCE, log.parent)
    reasons = {Path(one.path).name: one.reason for one in found.skipped}
    said = "line 2: expected ',' or ']', but got '<stream end>'"
    assert reasons["hparams.yaml"] == said
    told = [one.reason for one in found.skipped if one.path == str(log)]
    assert told == [
        "line 6 has 2 fields instead of 4",
        "column 'loss': 1 cell holds no number, such as 'tensor(1.)'",
    ]
    with pytest.raises(LightningLogUnreadable, match=r"line 6 has 2 fields.*--strict"):
        read_all(SOURCE, log.parent, strict=True)


def test_links_and_pipes_are_not_followed(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "version_1"
    other.mkdir(parents=True)
    (other / "metrics.csv").symlink_to(log)
    os.mkfifo(other / "hparams.yaml")
    assert not SOURCE.finds(Place(tmp_path / "other"))
    log.with_name("hparams.yaml").unlink()
    log.with_name("hparams.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "secret.yaml").write_text("password: x\n")
    [run] = read_all(SOURCE, log.parent).runs
    assert not run.params
