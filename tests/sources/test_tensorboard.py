"""Runs from TensorBoard's event files: folders, sessions, times, identity, damage."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from runfolio.errors import TensorboardUnreadable
from runfolio.exports.tensorboard.events import (
    FAILURE,
    SUCCESS,
    end_event,
    frame_all,
    hparams_events,
    scalar_events,
    text_event,
    version_event,
)
from runfolio.sources.place import open_place
from runfolio.sources.tensorboard.runs import SOURCE, finds
from tests.samples import sample
from tests.sources.reads import points_of, read_all

START = 1_700_000_000_000_000
SECOND = 1_000_000


def scalars(
    tag: str, values: Iterable[float], *, start: int = START, first: int = 0
) -> list[bytes]:
    numbers = np.array(list(values))
    steps = np.arange(len(numbers)) + first
    return list(scalar_events(tag, steps, start + steps * SECOND, numbers))


def write_events(folder: Path, *contents: bytes, start: int = START, name: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name or f"events.out.tfevents.{start // SECOND}.box.17.0")
    file.write_bytes(frame_all([version_event(start), *contents]))
    return file


def session(params: dict[str, float | bool | str], *, status: int = SUCCESS) -> list[bytes]:
    end = START + 60 * SECOND
    return [*hparams_events(params, ["loss"], START), end_event(status, end, end)]


# Real stores.


def test_the_runs_of_cr21_have_both_files_and_typed_parameters() -> None:
    found = read_all(SOURCE, sample("tensorboard", "cr21"))
    assert found.skipped == []
    assert len(found.runs) == 11
    run = found.run("multiruns/2024-10-21_00-01-42/0/logs/tensorboard_logs/version_0")
    assert {one.key: len(one.steps) for one in run.metrics} == {
        **dict.fromkeys(("train/loss", "train/acc", "train/f1"), 10),
        **dict.fromkeys(("val/loss", "val/acc", "val/f1"), 10),
        **dict.fromkeys(("test/loss", "test/acc", "test/f1"), 1),
        "epoch": 21,
        "hp_metric": 2,
    }
    assert run.params["pretrained"] is False
    assert run.params["learning_rate"] == 0.001
    assert run.params["embed_dim"] == 16
    assert run.start_time == 1729486915586684
    assert run.context == {"host": "MacBookPro-346.lan"}
    assert run.status == "FINISHED"


def test_the_test_losses_of_cr21_are_the_ones_that_lightning_and_mlflow_kept_as_text() -> None:
    found = read_all(SOURCE, sample("tensorboard", "cr21"))
    ours = sorted(points_of(run, "test/loss")[0][1] for run in found.runs)
    files = sorted(sample("lightning_csv", "cr21").rglob("metrics.csv"))
    lines = [file.read_text().splitlines() for file in files]
    theirs = sorted(float(one[-1].split(",")[4]) for one in lines)
    assert lines[0][0].split(",")[4] == "test/loss"
    assert ours == theirs
    kept = sample("mlflow_file", "cr21").glob("mlruns/*/*/metrics/test/loss")
    assert ours == sorted(float(file.read_text().split()[1]) for file in kept)


def test_the_files_of_guild_have_no_times_but_the_ones_in_their_names() -> None:
    found = read_all(SOURCE, sample("tensorboard", "guildai"))
    assert len(found.runs) == 8
    assert found.skipped == []
    untimed = [run for run in found.runs if not run.timed]
    assert len(untimed) == 7
    assert {len(list(run.metrics)) for run in untimed} == {1}
    assert list(next(iter(untimed[0].metrics)).times) == [1662041974000000]
    keras = found.run("projects/model-proxies/logs")
    assert {one.key: len(one.steps) for one in keras.metrics} == dict.fromkeys(
        ("acc", "loss", "val_acc", "val_loss"), 20
    )


def test_one_file_of_keras_is_one_run() -> None:
    store = sample("tensorboard", "wandb")
    for path in (store, *store.glob("*tfevents*")):
        [run] = read_all(SOURCE, path).runs
        assert sum(len(one.steps) for one in run.metrics) == 6 * 17
        assert run.name == run.experiment == store.name


# Places.


def test_runs_are_folders_named_by_their_path(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    for name in ("b/train", "b/validation", "a"):
        write_events(root / name, *scalars("loss", [1.0, 0.5]))
    found = read_all(SOURCE, root)
    assert [run.name for run in found.runs] == ["a", "b/train", "b/validation"]
    assert {run.experiment for run in found.runs} == {"logs"}
    assert points_of(found.runs[0], "loss") == [(0, 1.0), (1, 0.5)]
    [alone] = read_all(SOURCE, root / "a").runs
    assert (alone.name, alone.experiment) == ("a", "a")


def test_event_files_are_known_by_name_or_by_their_beginning(tmp_path: Path) -> None:
    file = write_events(tmp_path / "run", *scalars("x", [1]))
    other = file.rename(tmp_path / "run" / "odd.bin")
    assert not finds(open_place(tmp_path))
    assert finds(open_place(other))
    [run] = read_all(SOURCE, other).runs
    assert points_of(run, "x") == [(0, 1.0)]
    other.rename(tmp_path / "run" / "my.tfevents")
    assert finds(open_place(tmp_path))
    [run] = read_all(SOURCE, tmp_path).runs
    assert run.context == {}


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    write_events(root / "a", *scalars("x", [1]))
    outside = write_events(tmp_path / "secret", *scalars("x", [1]))
    (root / "b").mkdir()
    (root / "b" / outside.name).symlink_to(outside)
    (root / "c").symlink_to(outside.parent)
    os.mkfifo(root / "a" / "events.out.tfevents.1.pipe")
    (tmp_path / "secret" / "hparams.yaml").write_text("key: secret\n")
    (root / "a" / "hparams.yaml").symlink_to(tmp_path / "secret" / "hparams.yaml")
    found = read_all(SOURCE, root)
    assert [run.name for run in found.runs] == ["a"]
    assert found.runs[0].params == {}


# Several files of one run.


def test_files_of_one_run_follow_each_other_in_time_and_repeated_steps_stay(tmp_path: Path) -> None:
    later = START + 1000 * SECOND
    write_events(tmp_path, *scalars("x", [9, 8], start=later), start=later, name="a.tfevents")
    write_events(tmp_path, *scalars("x", [1, 2, 3]), name="b.tfevents")
    [run] = read_all(SOURCE, tmp_path).runs
    assert points_of(run, "x") == [(0, 1.0), (1, 2.0), (2, 3.0), (0, 9.0), (1, 8.0)]
    assert run.start_time == START


def test_files_that_were_written_at_once_are_joined_by_time(tmp_path: Path) -> None:
    write_events(tmp_path, *scalars("x", [1, 3], start=START), name="a.tfevents")
    half = START + SECOND // 2
    write_events(tmp_path, *scalars("x", [2, 4], start=half), start=half, name="b.tfevents")
    [run] = read_all(SOURCE, tmp_path).runs
    assert [value for _, value in points_of(run, "x")] == [1.0, 2.0, 3.0, 4.0]


def test_files_without_values_are_no_run(tmp_path: Path) -> None:
    write_events(tmp_path / "empty")
    write_events(tmp_path / "full", *scalars("x", [1]))
    write_events(tmp_path / "full", name="events.out.tfevents.2.profile-empty")
    found = read_all(SOURCE, tmp_path)
    assert [run.name for run in found.runs] == ["full"]
    assert [(Path(one.path).name, one.reason) for one in found.skipped] == [
        ("empty", "its event files hold no values")
    ]


def test_values_that_are_no_numbers_and_times_that_are_none_are_kept(tmp_path: Path) -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1e300])
    times = np.array([START, 0, -5, 10**18])
    events = scalar_events("x", np.array([-1, 2**40, 0, 3]), times, values)
    write_events(tmp_path, *events)
    [run] = read_all(SOURCE, tmp_path).runs
    assert [repr(value) for _, value in points_of(run, "x")] == ["nan", "inf", "-inf", "inf"]
    [series] = run.metrics
    assert list(series.steps) == [-1, 2**40, 0, 3]
    assert list(series.times) == [START] * 4


# Parameters.


def test_the_session_gives_parameters_status_and_end(tmp_path: Path) -> None:
    params: dict[str, float | bool | str] = {
        "lr": 0.1,
        "n": 3.0,
        "opt": "adam",
        "flag": True,
        "big": 1e30,
    }
    write_events(tmp_path, *session(params, status=FAILURE))
    [run] = read_all(SOURCE, tmp_path).runs
    assert run.params == {"lr": 0.1, "n": 3, "opt": "adam", "flag": True, "big": 1e30}
    assert type(run.params["n"]) is int
    assert run.status == "FAILED"
    assert run.end_time == START + 60 * SECOND


def test_the_file_of_lightning_says_types_and_nested_names(tmp_path: Path) -> None:
    write_events(tmp_path, *session({"opt/lr": "0.1", "other": "x"}), *scalars("x", [1]))
    (tmp_path / "hparams.yaml").write_text("opt:\n  lr: 0.1\n  betas: [0.9, 0.99]\n")
    [run] = read_all(SOURCE, tmp_path).runs
    assert run.params == {"other": "x", "opt.lr": 0.1, "opt.betas": [0.9, 0.99]}


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "a: \x00"])
def test_a_file_of_parameters_that_is_none_leaves_the_run(tmp_path: Path, text: str) -> None:
    write_events(tmp_path, *session({"lr": 0.5}), *scalars("x", [1]))
    (tmp_path / "hparams.yaml").write_text(text)
    found = read_all(SOURCE, tmp_path)
    assert found.runs[0].params == {"lr": 0.5}
    assert [Path(one.path).name for one in found.skipped] == ["hparams.yaml"]


def test_one_folder_named_by_the_time_belongs_to_the_run_around_it(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    write_events(root / "run", *scalars("loss", [2, 1]))
    later = scalars("final", [0.5])
    write_events(root / "run" / "1700000050.25", *session({"lr": 0.5}), *later, start=START + 50)
    [run] = read_all(SOURCE, root).runs
    assert run.name == "run"
    assert run.params == {"lr": 0.5}
    assert points_of(run, "final") == [(0, 0.5)]
    assert points_of(run, "loss") == [(0, 2.0), (1, 1.0)]


def test_several_folders_named_by_the_time_are_trials_of_the_run_around_them(
    tmp_path: Path,
) -> None:
    write_events(tmp_path, *scalars("loss", [2, 1]))
    for number in (1, 2):
        trial = tmp_path / f"170000005{number}.25"
        write_events(trial, *session({"n": float(number)}), start=START + number * SECOND)
    outer, *trials = read_all(SOURCE, tmp_path).runs
    assert [run.params for run in trials] == [{"n": 1}, {"n": 2}]
    assert {run.parent for run in trials} == {outer.identity}


def test_trials_stand_alone_where_the_folder_around_them_holds_nothing(tmp_path: Path) -> None:
    write_events(tmp_path)
    for number in (1, 2):
        write_events(tmp_path / f"170000005{number}.25", *session({"n": float(number)}))
    found = read_all(SOURCE, tmp_path)
    assert [run.parent for run in found.runs] == [None, None]
    assert found.skipped == []


def test_a_folder_named_by_the_time_without_a_session_is_a_run(tmp_path: Path) -> None:
    write_events(tmp_path, *scalars("x", [1]))
    write_events(tmp_path / "1700000050", *scalars("x", [2]))
    found = read_all(SOURCE, tmp_path)
    assert [run.parent for run in found.runs] == [None, None]


# Identity.


def test_identity_stays_when_the_store_is_moved_or_grows(tmp_path: Path) -> None:
    root = tmp_path / "one"
    file = write_events(root / "a", *scalars("x", [1]))
    write_events(root / "b", *scalars("x", [1]), start=START + 1)
    before = [run.identity for run in read_all(SOURCE, root).runs]
    assert len(set(before)) == 2
    moved = tmp_path / "two"
    shutil.copytree(root, moved)
    with (moved / "a" / file.name).open("ab") as grown:
        grown.write(frame_all(scalars("x", [2, 3], first=1)))
    later = START + 500 * SECOND
    write_events(moved / "a", *scalars("y", [1]), start=later)
    assert [run.identity for run in read_all(SOURCE, moved).runs] == before


def test_identity_differs_between_projects_with_the_same_folders(tmp_path: Path) -> None:
    for number in (1, 2):
        write_events(tmp_path / f"{number}" / "run", *scalars("x", [1]), start=START + number)
    found = [read_all(SOURCE, tmp_path / f"{number}").runs[0] for number in (1, 2)]
    assert found[0].name == found[1].name
    assert found[0].identity != found[1].identity


# Damage.


def test_a_file_cut_at_any_byte_keeps_its_points_up_to_there(tmp_path: Path) -> None:
    contents = [*session({"lr": 0.5}), *scalars("x", [1, 2, 3]), text_event("t", "hello", 1, START)]
    file = write_events(tmp_path / "run", *contents)
    whole = file.read_bytes()
    sizes = [len(frame_all(contents[:count])) for count in range(len(contents) + 1)]
    ends = [len(frame_all([version_event(START)])) + size for size in sizes]
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        found = read_all(SOURCE, tmp_path)
        complete = sum(end <= length for end in ends) - 1
        if complete < 1 + len(session({})) - 2:
            assert not found.runs or complete >= 1
            assert len(found.skipped) == 1
            continue
        [run] = found.runs
        assert run.params == ({"lr": 0.5} if complete >= 2 else {})
        points = max(0, min(3, complete - 3))
        assert [len(one.steps) for one in run.metrics] == ([points] if points else [])
        reasons = [one.reason for one in found.skipped]
        assert all("is cut short" in reason for reason in reasons)
        assert len(reasons) == (length not in ends)


def test_a_flipped_bit_ends_its_file_and_leaves_the_others(tmp_path: Path) -> None:
    file = write_events(tmp_path / "bad", *scalars("x", range(50)))
    write_events(tmp_path / "good", *scalars("x", range(50)))
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    file.write_bytes(damaged)
    found = read_all(SOURCE, tmp_path)
    kept = points_of(found.run("bad"), "x")
    assert kept == points_of(found.run("good"), "x")[: len(kept)]
    assert 20 < len(kept) < 30
    [skipped] = found.skipped
    assert skipped.path == str(file)
    assert "has a wrong checksum; what follows it is left out" in skipped.reason


def test_events_that_are_none_are_skipped_one_by_one(tmp_path: Path) -> None:
    odd = [b"\x00\x01", b"\xff" * 30, b"\x2a\x7f", b"\x09" + bytes(8) + b"\x2a\x03\x0a\x05\x0a"]
    write_events(tmp_path, *scalars("x", [1]), *odd, *scalars("x", [2], first=1))
    found = read_all(SOURCE, tmp_path)
    assert points_of(found.runs[0], "x") == [(0, 1.0), (1, 2.0)]
    assert len(found.skipped) == len(odd)
    assert all("can't be read" in one.reason for one in found.skipped)


def test_a_file_that_is_no_event_file_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1.x").write_bytes(b"not an event file at all, but text")
    (tmp_path / "events.out.tfevents.2.x").write_bytes(b"")
    found = read_all(SOURCE, tmp_path)
    assert found.runs == []
    assert sorted(one.reason for one in found.skipped) == [
        "it is empty",
        "the record at byte 0 has a wrong checksum; what follows it is left out",
    ]


def test_strict_reading_stops_at_the_first_damage(tmp_path: Path) -> None:
    file = write_events(tmp_path, *scalars("x", [1]))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(TensorboardUnreadable, match=r"is cut short\. Leave out"):
        read_all(SOURCE, tmp_path, strict=True)


def test_tags_never_leave_the_folder_of_artifacts(tmp_path: Path) -> None:
    tags = ["../../x", "/etc/passwd", "a\\b:c", "..", "", "t", "t"]
    write_events(tmp_path, *(text_event(tag, "hi", 1, START) for tag in tags))
    [run] = read_all(SOURCE, tmp_path).runs
    assert [file.path for file in run.files] == [
        "text/_/_/x/1.md",
        "text/etc/passwd/1.md",
        "text/a_b_c/1.md",
        "text/_/1.md",
        "text/_/1-2.md",
        "text/t/1.md",
        "text/t/1-2.md",
    ]


def test_a_histogram_that_is_none_is_skipped_and_the_rest_stays(tmp_path: Path) -> None:
    from runfolio.exports.tensorboard.events import histogram_event

    falling = histogram_event("bad", [3, 2, 1], [1, 1], 1, START)
    good = histogram_event("good", [1, 2, 3], [4, 5], 2, START)
    write_events(tmp_path, falling, good)
    found = read_all(SOURCE, tmp_path)
    [file] = found.runs[0].files
    assert (file.key, file.step, file.kind, file.path) == (
        "good",
        2,
        "histogram",
        "histograms/good/2.json",
    )
    assert isinstance(file.source, bytes)
    assert json.loads(file.source)["counts"] == [4, 5]
    assert "'bad' of step 1: a histogram's edges don't rise" in found.skipped[0].reason
