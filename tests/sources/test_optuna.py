"""Reading Optuna's storages, SQLite and journals."""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import OptunaUnreadable
from runfolio.sources.optuna.journal import Replay, is_journal
from runfolio.sources.optuna.runs import SOURCE
from runfolio.sources.optuna.studies import Decoder
from runfolio.sources.place import open_place
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import Found, points_of, read_all

STUDIES = """
import json, sys
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)
address = sys.argv[1]
storage = address if "://" in address else JournalStorage(JournalFileBackend(address))
CHOICES = [None, True, False, "adam", 0.5, 3]

def single(trial):
    x = trial.suggest_float("x", -1, 1)
    trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.suggest_int("depth", 1, 9)
    trial.suggest_int("width", 16, 256, log=True)
    trial.suggest_float("drop", 0, 1, step=0.25)
    trial.suggest_categorical("any", CHOICES)
    for step in range(3):
        trial.report([1.5, float("nan"), float("inf")][step] * (trial.number + 1), step)
    trial.set_user_attr("machine", {"gpus": 2})
    if trial.number == 2:
        raise optuna.TrialPruned
    if trial.number == 3:
        raise ValueError("broken")
    return float("inf") if trial.number == 4 else x

study = optuna.create_study(study_name="one/ü", storage=storage, direction="maximize",
                            sampler=optuna.samplers.RandomSampler(seed=1))
study.set_user_attr("data", "wine")
study.set_metric_names(["accuracy"])
study.enqueue_trial({"x": 0.5})
study.optimize(single, n_trials=6, catch=(ValueError,))
study.ask()
study.enqueue_trial({"x": 0.25})
both = optuna.create_study(study_name="two", storage=storage, directions=["minimize", "maximize"],
                           sampler=optuna.samplers.RandomSampler(seed=1))
both.optimize(lambda trial: (trial.suggest_float("a", 0, 1), float("-inf")), n_trials=2)
both.add_trial(optuna.trial.create_trial(values=[1, 2], params={"a": 0.5},
               distributions={"a": optuna.distributions.FloatDistribution(0, 1)}))
gone = optuna.create_study(study_name="gone", storage=storage)
gone.optimize(lambda trial: 1.0, n_trials=2)
optuna.delete_study(study_name="gone", storage=storage)
print(json.dumps([
    [one.study_name, trial.number, trial.state.name, trial.params, trial.values,
     list(trial.intermediate_values.items()), trial.user_attrs,
     trial.datetime_start and trial.datetime_start.timestamp(),
     trial.datetime_complete and trial.datetime_complete.timestamp()]
    for one in (study, both) for trial in one.trials
]))
"""


@pytest.fixture(scope="module", params=["optuna.db", "journal.log"])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A storage written by Optuna, and what Optuna reads from it."""
    folder = tmp_path_factory.mktemp("optuna")
    path = folder / request.param
    address = f"sqlite:///{path}" if path.suffix == ".db" else str(path)
    told = json.loads(run_apart("peers", STUDIES, address, cwd=folder).splitlines()[-1])
    return path, told


def _dashboard() -> Path:
    return sample("optuna", "optuna").with_name("optuna__optuna-dashboard")


STATUSES = {"FAIL": "FAILED", "RUNNING": "RUNNING", "PRUNED": "KILLED"}


def test_reads_a_hundred_trials() -> None:
    found = read_all(SOURCE, _dashboard())
    states = [run.tags["optuna.state"] for run in found.runs]
    assert (states.count("COMPLETE"), states.count("PRUNED")) == (25, 75)
    assert found.skipped == []
    [study] = found.experiments
    assert (study.name, study.tags) == ("pytorch_simple", {"optuna.directions": "maximize"})
    assert study.note is not None
    assert "optuna_trainer.py" in study.note
    first = found.run("trial 0")
    assert points_of(first, "intermediate_value")[-1] == (9, 0.9328125)
    assert points_of(first, "value") == [(0, 0.9328125)]
    assert first.params["optimizer"] == "RMSprop"
    assert first.params["n_layers"] == 3
    assert found.run("trial 91").note == "## Hello World"
    assert sum(len(one.steps) for run in found.runs for one in run.metrics) == 389 + 100


def test_reads_all_schemas() -> None:
    folder = sample("optuna", "optuna")
    found = read_all(SOURCE, folder)
    assert found.skipped == []
    assert len(found.runs) == 7
    assert len({run.identity for run in found.runs}) == 7
    oldest = read_all(SOURCE, folder / "0.9.0.a.db")
    [run] = oldest.runs
    assert (run.experiment, run.name) == ("single", "trial 0")
    assert run.params == {"x": 4.904856166548656, "y": 5, "z": 5}
    assert points_of(run, "value") == [(0, 74.05761401453037)]
    assert points_of(run, "intermediate_value") == [(0, 0.5)]
    assert oldest.experiments[1].tags == {"optuna.directions": "minimize", "d": "3"}


def test_reads_what_optuna_reads(storage: Any) -> None:
    path, told = storage
    found = read_all(SOURCE, path)
    assert found.skipped == []
    kept = [one for one in told if one[2] != "WAITING"]
    assert len(kept) == len(found.runs) == 10
    for run, (study, number, state, params, values, points, user, start, end) in zip(
        found.runs, kept, strict=True
    ):
        assert (run.experiment, run.name) == (study, f"trial {number}")
        assert run.tags["optuna.state"] == state
        assert run.status == {"FAIL": "FAILED", "RUNNING": "RUNNING", "PRUNED": "KILLED"}.get(
            state, "FINISHED"
        )
        assert {key: repr(one) for key, one in run.params.items()} == {
            key: repr(one) for key, one in params.items()
        }
        assert _seconds(run.start_time) == pytest.approx(start, abs=1e-3)
        assert _seconds(run.end_time) == pytest.approx(end, abs=1e-3)
        names = ["accuracy"] if study != "two" else ["value_0", "value_1"]
        expected = dict(zip(names, values or [], strict=False))
        final = {one.key: float(one.values[0]) for one in run.metrics if one.key in names}
        assert final == expected
        if points:
            assert repr(points_of(run, "intermediate_value")) == repr(
                [(int(step), value) for step, value in points]
            )
        assert json.loads(run.tags.get("machine", "{}")) == user.get("machine", {})
    assert [one.name for one in found.experiments] == ["one/ü", "two"]
    assert found.experiments[0].tags == {
        "optuna.directions": "maximize",
        "optuna.metric_names": "accuracy",
        "data": "wine",
    }


def _seconds(moment: int | None) -> float | None:
    return None if moment is None else moment / 1e6


def test_recognises_a_storage_in_a_folder_and_alone(storage: Any, tmp_path: Path) -> None:
    path, _ = storage
    assert SOURCE.finds(open_place(path))
    assert SOURCE.finds(open_place(path.parent))
    named = tmp_path / "my study.bin"
    shutil.copy(path, named)
    assert SOURCE.finds(open_place(named))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("{}")
    sqlite3.connect(tmp_path / "other" / "empty.db").close()
    assert not SOURCE.finds(open_place(tmp_path / "other"))


def test_moved_storages_have_the_same_runs(storage: Any, tmp_path: Path) -> None:
    path, _ = storage
    before = [run.identity for run in read_all(SOURCE, path).runs]
    shutil.copy(path, tmp_path / path.name)
    assert [run.identity for run in read_all(SOURCE, tmp_path).runs] == before
    assert len(set(before)) == len(before)


def test_nothing_is_written_beside_a_database(tmp_path: Path) -> None:
    source = _dashboard() / "sample_db.sqlite3"
    database = tmp_path / "a.db"
    shutil.copy(source, database)
    database.chmod(0o644)
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("UPDATE trials SET state = 'FAIL' WHERE number = 0")
    writer.commit()
    shutil.copytree(tmp_path, tmp_path.with_name("copy"))
    writer.close()
    copy = tmp_path.with_name("copy")
    (copy / "a.db-shm").unlink()
    before = {one.name: one.read_bytes() for one in copy.iterdir()}
    assert set(before) == {"a.db", "a.db-wal"}
    assert read_all(SOURCE, copy).run("trial 0").status == "FAILED"
    assert {one.name: one.read_bytes() for one in copy.iterdir()} == before


def test_reads_no_views(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.db")
    database.executescript("""
        CREATE TABLE studies (study_id INTEGER, study_name TEXT);
        CREATE TABLE trial_params (trial_id INTEGER);
        CREATE VIEW trials AS WITH RECURSIVE endless(a) AS
            (SELECT 1 UNION ALL SELECT a FROM endless) SELECT a AS trial_id FROM endless;
    """)
    database.close()
    assert not SOURCE.finds(open_place(tmp_path))


def test_odd_rows_are_skipped(tmp_path: Path) -> None:
    source = _dashboard() / "sample_db.sqlite3"
    shutil.copy(source, tmp_path / "a.db")
    (tmp_path / "a.db").chmod(0o644)
    database = sqlite3.connect(tmp_path / "a.db")
    database.executescript("""
        UPDATE trials SET state = 'ODD' WHERE number = 3;
        UPDATE trial_params SET distribution_json = '{' WHERE trial_id = 1 AND param_name = 'lr';
        UPDATE trial_params SET param_value = 9 WHERE trial_id = 2 AND param_name = 'optimizer';
        UPDATE trial_params SET param_value = x'00' WHERE trial_id = 3 AND param_name = 'lr';
        UPDATE trial_values SET value = 'text' WHERE trial_id = 1;
        UPDATE study_system_attributes SET value_json = '[' WHERE key = 'dashboard:note_str:0';
    """)
    database.close()
    found = read_all(SOURCE, tmp_path)
    assert len(found.runs) == 99
    reasons = " | ".join(one.reason for one in found.skipped)
    for part in (
        "trial 4 has no study or state",
        "trial 0, parameter 'lr'",
        "there is no choice 9.0 of 3",
        "trial 2, parameter 'lr': b'\\x00' is no stored parameter",
        "attribute 'dashboard:note_str:0' of study 1",
    ):
        assert part in reasons
    assert "value" not in {one.key for one in found.run("trial 0").metrics}
    with pytest.raises(OptunaUnreadable, match=r"attribute .*of study 1"):
        read_all(SOURCE, tmp_path, strict=True)


def _read_damaged(path: Path) -> Found:
    """What is found in a damaged storage, of which no run is lost without a word."""
    found = read_all(SOURCE, path)
    assert found.skipped or found.experiments or not SOURCE.finds(open_place(path))
    return found


def test_truncated_storages(storage: Any, tmp_path: Path) -> None:
    path, _ = storage
    content = path.read_bytes()
    known = {run.identity for run in read_all(SOURCE, path).runs}
    copy = tmp_path / path.name
    kept = 0
    for length in range(0, len(content), max(1, len(content) // 150)):
        copy.write_bytes(content[:length])
        found = _read_damaged(copy)
        assert {run.identity for run in found.runs if run.experiment != "gone"} <= known
        kept += len(found.runs)
    assert kept > 150 or path.suffix == ".db"  # a database that is cut off says so first


def test_bit_flipped_storages(storage: Any, tmp_path: Path) -> None:
    path, _ = storage
    content = path.read_bytes()
    copy = tmp_path / path.name
    kept = 0
    for place in range(0, len(content), max(1, len(content) // 300)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        copy.write_bytes(damaged)
        kept += len(_read_damaged(copy).runs)
    assert kept > 1000


def _journal(path: Path, *lines: dict[str, Any] | str) -> Path:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("".join(f"{one}\n" for one in texts))
    return path


STUDY = {"op_code": 0, "worker_id": "w", "study_name": "s", "directions": [1]}
TRIAL = {"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": "2024-01-01T00:00:00"}


def test_a_journal_is_read_up_to_a_damaged_trial(tmp_path: Path) -> None:
    value = {"op_code": 7, "trial_id": 0, "step": 1, "intermediate_value": 2}
    path = _journal(
        tmp_path / "a.log", STUDY, TRIAL, '{"op_code":7,"trial_id":0', value, "{", TRIAL, value
    )
    found = read_all(SOURCE, path)
    assert [run.name for run in found.runs] == ["trial 0"]
    assert points_of(found.runs[0], "intermediate_value") == [(1, 2.0)]
    assert [one.reason.split(" (")[0] for one in found.skipped] == [
        "line 3 is no operation",
        "line 5 is no operation",
    ]


def test_the_line_being_written_is_left_out(tmp_path: Path) -> None:
    path = _journal(tmp_path / "a.log", STUDY, TRIAL)
    path.write_text(path.read_text() + json.dumps(TRIAL))
    found = read_all(SOURCE, path)
    assert len(found.runs) == 1
    assert "it has no end" in found.skipped[0].reason


def test_growing_storages_keep_their_runs(storage: Any, tmp_path: Path) -> None:
    path, _ = storage
    copy = tmp_path / path.name
    known: list[str] = []
    for count in range(1, 60, 7):  # the study deleted later lies behind these lines and trials
        if path.suffix == ".db":
            shutil.copy(path, copy)
            with sqlite3.connect(copy) as database:
                database.execute("DELETE FROM trials WHERE trial_id > ?", (count // 6,))
            database.close()
        else:
            copy.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:count]))
        identities = [run.identity for run in read_all(SOURCE, copy).runs]
        assert identities[: len(known)] == known
        known = identities
    assert len(known) > 2


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = _journal(tmp_path / "a.log", STUDY, TRIAL)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "b.log").symlink_to(outside)
    os.mkfifo(tmp_path / "inside" / "c.log")
    assert not SOURCE.finds(open_place(tmp_path / "inside"))


@given(st.binary(max_size=200))
def test_any_bytes_may_be_a_journal(content: bytes) -> None:
    assert is_journal(content) in (True, False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = (
    *("study_id", "study_name", "directions", "trial_id", "param_name", "param_value_internal"),
    *("distribution", "state", "values", "value", "step", "intermediate_value", "user_attr"),
    *("system_attr", "datetime_start", "datetime_complete", "params", "distributions"),
    *("user_attrs", "system_attrs", "intermediate_values"),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"op_code": st.integers(-1, 11)},
            optional={name: st.integers(-2, 4) | JSON for name in FIELDS},
        )
    )
)
def test_any_operations_are_done_or_refused(logs: list[dict[str, Any]]) -> None:
    replay = Replay()
    replay.apply(STUDY)
    replay.apply(TRIAL)
    for log in logs:
        try:
            replay.apply(log)
        except (ValueError, LookupError, TypeError, AttributeError):
            continue


CELL = (
    st.none()
    | st.integers(-1, 3)
    | st.floats()
    | st.sampled_from(["COMPLETE", "RUNNING", "INF_POS", "MINIMIZE", "{", "[1]", "2024-01-01"])
    | st.binary(max_size=3)
)
TABLES = {
    "studies": ("study_id", "study_name", "direction"),
    "study_directions": ("study_id", "objective", "direction"),
    "study_system_attributes": ("study_id", "key", "value_json"),
    "trials": ("trial_id", "study_id", "number", "state", "datetime_start", "value"),
    "trial_params": ("trial_id", "param_name", "param_value", "distribution_json"),
    "trial_values": ("trial_id", "objective", "step", "value", "value_type"),
    "trial_user_attributes": ("trial_id", "key", "value_json"),
}


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            table: st.lists(st.tuples(*(CELL for _ in columns)), max_size=3)
            for table, columns in TABLES.items()
        }
    )
)
def test_any_rows_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, list[tuple[Any, ...]]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    if not rows["studies"]:
        database.execute("INSERT INTO studies VALUES (1, 's', NULL)")
    database.execute("COMMIT")
    database.close()
    found = read_all(SOURCE, path)
    assert found.experiments or found.skipped
    assert all(
        isinstance(value, float) for run in found.runs for m in run.metrics for value in m.values
    )


@given(JSON, st.text(max_size=20) | JSON.map(json.dumps))
def test_any_distribution_is_decoded_or_refused(number: Any, distribution: str) -> None:
    try:
        Decoder().decode(number, distribution)
    except ValueError:
        return


def test_special_values_are_kept(storage: Any) -> None:
    path, _ = storage
    found = read_all(SOURCE, path)
    values = {
        run.name: value
        for run in found.runs
        for one in run.metrics
        for value in one.values
        if one.key == "accuracy"
    }
    assert math.isinf(values["trial 4"])
    points = points_of(found.runs[0], "intermediate_value")
    assert math.isnan(points[1][1])
    assert points[2][1] == math.inf
