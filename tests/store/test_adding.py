"""Whole runs added to a store, once and again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.errors import RunAlreadyActive, StoreWriteFailed
from runfolio.schema import FileRecord, InputRecord, Param, Series, WholeRun, derive_run_id
from runfolio.store import read_store
from runfolio.store.adding import Adder
from runfolio.store.gathering import Gathering
from runfolio.store.merging import merge_tables
from runfolio.store.records import artifact_row, make_tables
from tests.store.snapshots import list_tree, snapshot

SECOND = 1_000_000


def make_record(**changes: Any) -> WholeRun:
    """A run with something of everything."""
    return replace(
        WholeRun(
            id=derive_run_id("test", "a"),
            experiment="wine",
            name="first",
            start_time=10 * SECOND,
            end_time=20 * SECOND,
            duration=10.0,
            note="A note.",
            params={"alpha": Param("float", "0.10", 0.1), "model": Param("string", "ridge", None)},
            tags={"team": "blue"},
            metrics=[
                Series("loss", [0, 1, 1], [11 * SECOND] * 3, [1.0, math.nan, -math.inf]),
                Series("acc", np.arange(3), np.full(3, 12 * SECOND), np.array([0.1, 0.2, 0.3])),
            ],
            files=[FileRecord("plots/a.txt", b"hello", kind="text", time=13 * SECOND)],
            inputs=[InputRecord("wine", "abc", schema={"x": "double"})],
            context={"host": "there", "git_dirty": True, "git": {"commit": "f" * 40}},
        ),
        **changes,
    )


def points(store: Path, key: str) -> list[tuple[int, float]]:
    """The points of one metric of the only run."""
    rows = read_store(store).metrics.to_pylist()
    return [(row["step"], row["value"]) for row in rows if row["key"] == key]


def test_a_run_is_read_back_as_it_was_given(store: Path) -> None:
    record = make_record()
    assert Adder(store).add(record) == "added"
    run = runfolio.get_run(record.id, store=store)
    assert (run.name, run.experiment, run.status, run.note) == (
        "first",
        "wine",
        "FINISHED",
        "A note.",
    )
    assert run.params == {"alpha": 0.1, "model": "ridge"}
    assert run.tags == {"team": "blue"}
    assert run.duration == 10.0
    assert run.context["host"] == "there"
    history = run.metric_history("loss")
    assert history["step"].to_list() == [0, 1, 1]
    assert np.array_equal(history["value"], [1.0, math.nan, -math.inf], equal_nan=True)
    (artifact,) = run.artifacts
    assert (artifact.path, artifact.kind) == ("plots/a.txt", "text")
    assert artifact.file.read_bytes() == b"hello"
    assert run.inputs[0].schema == {"x": "double"}
    texts = read_store(store).params.to_pylist()
    assert [row["text"] for row in texts] == ["0.10", "ridge"]
    assert not runfolio.verify(store=store).problems


def test_adding_again_changes_no_file(store: Path) -> None:
    Adder(store).add(make_record())
    before = list_tree(store)
    assert Adder(store).add(make_record()) == "unchanged"
    assert list_tree(store) == before


def test_only_new_points_are_added(store: Path) -> None:
    Adder(store).add(make_record())
    grown = make_record(
        status="FAILED",
        end_time=40 * SECOND,
        metrics=[Series("acc", [0, 1, 2, 3], [12 * SECOND] * 4, [0.1, 0.2, 0.3, 0.4])],
        tags={"note": "x"},
        files=[FileRecord("more.txt", b"more")],
    )
    assert Adder(store).add(grown) == "extended"
    assert points(store, "acc") == [(0, 0.1), (1, 0.2), (2, 0.3), (3, 0.4)]
    assert len(points(store, "loss")) == 3
    run = runfolio.get_run(grown.id, store=store)
    assert run.status == "FAILED"
    assert run.tags == {"team": "blue", "note": "x"}
    assert [one.path for one in run.artifacts] == ["more.txt", "plots/a.txt"]
    assert Adder(store).add(grown) == "unchanged"
    assert not runfolio.verify(store=store).problems


def test_a_point_that_is_there_twice_is_kept_twice(store: Path) -> None:
    twice = [Series("loss", [0, 0, 1], [0, 0, 0], [1.0, 1.0, 2.0])]
    Adder(store).add(make_record(metrics=[Series("loss", [0, 1], [0, 0], [1.0, 2.0])]))
    assert Adder(store).add(make_record(metrics=twice)) == "extended"
    assert sorted(points(store, "loss")) == [(0, 1.0), (0, 1.0), (1, 2.0)]


def test_times_that_were_made_up_make_no_point_new(store: Path) -> None:
    def untimed(moment: int, count: int) -> WholeRun:
        series = Series("loss", range(count), [moment] * count, [0.5] * count)
        return make_record(metrics=[series], timed=False, start_time=moment, end_time=moment)

    Adder(store).add(untimed(10, 3))
    assert Adder(store).add(untimed(99, 3)) == "unchanged"
    assert Adder(store).add(untimed(99, 4)) == "extended"
    times = read_store(store).metrics["time"].cast("int64").to_pylist()
    assert times == [10, 10, 10, 99]


def test_a_packed_run_grows_too(store: Path) -> None:
    Adder(store).add(make_record())
    runfolio.pack(store=store)
    assert Adder(store).add(make_record()) == "unchanged"
    more = make_record(metrics=[Series("new", [0], [0], [1.0])])
    assert Adder(store).add(more) == "extended"
    assert points(store, "new") == [(0, 1.0)]
    assert len(points(store, "loss")) == 3


def test_a_run_that_is_logged_to_is_left_alone(store: Path) -> None:
    Adder(store).add(make_record())
    with runfolio.start_run(run_id=make_record().id, store=store, capture=False) as run:
        run.log_metric("loss", 9.0, step=9)
        with pytest.raises(RunAlreadyActive, match="is being logged to"):
            Adder(store).add(make_record())
    assert Adder(store).add(make_record(status="KILLED")) == "unchanged"
    assert (9, 9.0) in points(store, "loss")


def test_a_store_that_can_not_be_written_is_named(store: Path) -> None:
    store.write_text("no folder")
    with pytest.raises(StoreWriteFailed, match="is a file"):
        Adder(store).add(make_record())


def test_a_failed_file_leaves_nothing_behind(store: Path, tmp_path: Path) -> None:
    adder = Adder(store)
    with pytest.raises(runfolio.RunfolioError, match="gone"):
        adder.add(make_record(files=[FileRecord("x", tmp_path / "gone")]))
    assert list((store / "runs").iterdir()) == []


def test_gathered_runs_read_like_those_of_a_store(store: Path, tmp_path: Path) -> None:
    other = make_record(id=derive_run_id("test", "b"), name="second")
    adder, gathering = Adder(store), Gathering(tmp_path, tmp_path)
    for record in (other, make_record()):
        adder.add(record)
        gathering.add(record)
    kept, gathered = read_store(store), gathering.tables({}, (), "Test")
    for name in ("runs", "params", "tags", "summaries", "artifacts", "inputs"):
        assert getattr(gathered, name).equals(getattr(kept, name)), name
    assert gathered.metrics.num_rows == kept.metrics.num_rows == 12
    folder, file = gathered.file_of(other.id, "plots/a.txt")
    assert file.read_bytes() == b"hello"
    assert file.is_relative_to(folder)
    assert gathered.tool == "Test"


values = st.floats(allow_nan=True, allow_infinity=True)
series = st.lists(st.tuples(st.integers(-5, 5), values), max_size=12)


@given(
    first=st.dictionaries(st.sampled_from("abc"), series),
    more=st.dictionaries(st.sampled_from("abcd"), series),
)
def test_merging_keeps_every_point_of_both(
    first: dict[str, list[tuple[int, float]]], more: dict[str, list[tuple[int, float]]]
) -> None:
    def tables(found: dict[str, list[tuple[int, float]]]) -> dict[str, object]:
        metrics = [
            Series(key, [s for s, _ in rows], [0] * len(rows), [v for _, v in rows])
            for key, rows in found.items()
        ]
        return dict(make_tables([(make_record(metrics=metrics, files=[]), [])]))

    def counted(table: object) -> dict[str, int]:
        rows: dict[str, int] = {}
        for row in table.to_pylist():  # type: ignore[attr-defined]
            name = json.dumps([row["key"], row["step"], repr(row["value"])])
            rows[name] = rows.get(name, 0) + 1
        return rows

    old, new = tables(first), tables(more)
    merged = merge_tables(old, new)
    result = old if merged is None else merged
    wanted, added = counted(old["metrics"]), counted(new["metrics"])
    for name, count in added.items():
        wanted[name] = max(count, wanted.get(name, 0))
    assert counted(result["metrics"]) == wanted
    keys = result["metrics"]["key"].to_pylist()  # type: ignore[index]
    assert keys == sorted(keys)
    assert merge_tables(result, new) is None


def many_records(count: int) -> list[WholeRun]:
    """New runs without files, in another order than that of their ids."""
    return [
        make_record(id=derive_run_id("test", str(number)), name=f"run {number}", files=[])
        for number in range(count)
    ]


def test_many_new_runs_go_into_one_pack(store: Path, tmp_path: Path) -> None:
    records = [*many_records(20), make_record(name="with a file")]
    outcomes = {one.run.name: one.outcome for one in Adder(store).add_all(records)}
    assert set(outcomes.values()) == {"added"}
    assert len(outcomes) == 21
    assert len(list((store / "packs").iterdir())) == 1
    assert len(list((store / "runs").iterdir())) == 1
    assert not runfolio.verify(store=store).problems
    one_by_one = tmp_path / "other"
    for record in records:
        Adder(one_by_one).add(record)
    assert snapshot(store) == snapshot(one_by_one)
    again = [one.outcome for one in Adder(store).add_all(records)]
    assert set(again) == {"unchanged"}


def test_a_few_new_runs_have_folders_of_their_own(store: Path) -> None:
    assert len(list(Adder(store).add_all(many_records(3)))) == 3
    assert not (store / "packs").exists()
    assert len(list((store / "runs").iterdir())) == 3


def test_packed_runs_grow_and_those_logged_to_are_refused(store: Path) -> None:
    records = many_records(12)
    list(Adder(store).add_all(records))
    more = [Series("more", [0], [0], [2.0])]
    grown = [replace(records[0], metrics=more), *records[1:]]
    with runfolio.start_run(run_id=records[1].id, store=store, capture=False):
        found = list(Adder(store).add_all(grown))
    assert [one.outcome for one in found] == ["extended", "refused", *["unchanged"] * 10]
    assert "is being logged to" in found[1].reason
    assert len(points(store, "more")) == 1
    assert read_store(store).runs.num_rows == 12


def test_what_was_logged_here_to_an_imported_run_stays(store: Path) -> None:
    file = FileRecord("f.txt", b"from the tool")
    Adder(store).add(make_record(tags={"a": "old"}, files=[file]))
    with runfolio.start_run(run_id=make_record().id, store=store, capture=False) as run:
        run.set_tag("a", "new")
        run.set_note("new note")
        run.log_text("logged here", "f.txt")
    grown = make_record(
        tags={"a": "old", "b": "more"},
        files=[file],
        metrics=[*make_record().metrics, Series("more", [0], [0], [1.0])],
        status="FAILED",
    )
    before = runfolio.get_run(run.id, store=store)
    assert Adder(store).add(grown) == "extended"
    after = runfolio.get_run(run.id, store=store)
    assert (after.tags, after.note) == ({"a": "new", "b": "more"}, "new note")
    assert (after.status, after.end_time) == (before.status, before.end_time)
    assert after.artifacts[0].file.read_bytes() == b"logged here"
    assert "more" in after.metrics
    assert Adder(store).add(grown) == "unchanged"
    assert not runfolio.verify(store=store).problems


def test_another_run_of_a_guessed_identity_is_kept_apart(store: Path) -> None:
    def guess(values: list[float], **params: str) -> WholeRun:
        metrics = [Series("loss", range(len(values)), [0] * len(values), values)]
        told = {key: Param("string", text, None) for key, text in params.items()}
        return make_record(metrics=metrics, params=told, files=[], guessed=True, timed=False)

    first, second, third = guess([1.0, 0.5]), guess([1.0, 0.7]), guess([1.0, 0.5], lr="2")
    assert [Adder(store).add(one) for one in (first, second)] == ["added", "added"]
    assert Adder(store).add(guess([1.0, 0.5], lr="1")) == "extended"
    assert Adder(store).add(third) == "added"
    assert Adder(store).add(guess([1.0, 0.7, 0.6])) == "extended"
    again = [Adder(store).add(one) for one in (first, second, third)]
    assert again == ["unchanged"] * 3
    assert read_store(store).runs.num_rows == 3


def test_a_parameter_that_is_nan_is_the_same_again(store: Path) -> None:
    record = make_record(params={"lr": Param("float", "NaN", math.nan)})
    outcomes = [Adder(store).add(record) for _ in range(3)]
    assert outcomes == ["added", "unchanged", "unchanged"]


def test_data_sets_of_one_name_and_several_sources_all_stay(store: Path) -> None:
    inputs = [InputRecord("wine", "abc", source) for source in ("a.csv", "b.csv")]
    Adder(store).add(make_record(inputs=inputs))
    assert Adder(store).add(make_record(inputs=inputs)) == "unchanged"
    more = make_record(inputs=[*inputs, InputRecord("wine", "abc", "c.csv")])
    assert Adder(store).add(more) == "extended"
    assert len(runfolio.get_run(more.id, store=store).inputs) == 3


def test_a_run_stays_in_its_experiment(store: Path) -> None:
    Adder(store).add(make_record())
    assert Adder(store).add(make_record(experiment="other")) == "unchanged"
    assert runfolio.get_run(make_record().id, store=store).experiment == "wine"


def test_one_run_that_can_not_be_added_leaves_the_others(store: Path) -> None:
    first = make_record(files=[FileRecord("a", b"file")])
    others = many_records(2)
    list(Adder(store).add_all([first, others[0]]))
    manifest = store / "runs" / others[0].id / "tables" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-9])
    moved = replace(first, files=[FileRecord("a/b", b"in a folder")])
    found = list(Adder(store).add_all([moved, *others]))
    assert [one.outcome for one in found] == ["refused", "refused", "added"]
    assert "is a folder where the run has a file" in found[0].reason
    assert "checksum" in found[1].reason


def test_artifacts_that_a_run_has_left_are_taken_up(store: Path) -> None:
    folder = store / "runs" / make_record().id / "artifacts"
    Adder(store)
    folder.mkdir(parents=True)
    (folder / "left.txt").write_text("left")
    assert Adder(store).add(make_record()) == "added"
    assert not runfolio.verify(store=store).problems


def test_a_file_that_grows_meanwhile_is_listed_as_it_was_kept(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "log.txt"
    source.write_text("a")
    Adder(store).add(make_record(files=[FileRecord("log.txt", source)]))
    source.write_text("ab")

    def grow(run: WholeRun, file: FileRecord) -> dict[str, Any]:
        found = artifact_row(run, file)
        source.write_text("abc")
        return found

    monkeypatch.setattr("runfolio.store.adding.artifact_row", grow)
    assert Adder(store).add(make_record(files=[FileRecord("log.txt", source)])) == "extended"
    assert not runfolio.verify(store=store).problems
