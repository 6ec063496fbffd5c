"""MLflow's SQLite databases: of every version, with a log beside them, and damaged ones."""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runfolio.errors import MlflowUnreadable
from runfolio.schema import FAILED, FINISHED, Param
from runfolio.sources.mlflow.stores import SOURCE
from runfolio.sources.place import open_place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignModel
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.mlflow_migrations import LOST, POINTS, RUN, START, make_rows
from tests.sources.mlflow_writing import OTHER, write, write_experiment, write_run
from tests.sources.reads import Found, points_of, read_all, read_models

CODE = "import runpy; runpy.run_module('tests.sources.mlflow_migrations', run_name='__main__')"

VALUES = [1.5, 0.25, math.inf, -math.inf, 0.125]


def make_database(path: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A database with MLflow's tables in short: no types, and some tables or columns left out."""
    with closing(sqlite3.connect(path)) as database, database:
        for table, rows in make_rows().items():
            columns = [one for one in rows[0] if f"{table}.{one}" not in without]
            if table in without:
                continue
            database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            values = [[row[one] for one in columns] for row in rows]
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for one in statements:
            database.execute(one)


def check_whole(found: Found, *, stepless: bool = False) -> None:
    run = found.run("first")
    steps = range(5) if stepless else [step for step, _ in POINTS]
    assert points_of(run, "loss") == list(zip(steps, VALUES, strict=True))
    [loss, _nan] = run.metrics
    assert list(loss.times) == [(START + step) * 1000 for step, _ in POINTS]
    assert (run.identity, run.experiment, run.status) == (RUN, "old", FAILED)
    assert (run.start_time, run.end_time) == (START * 1000, (START + 5000) * 1000)
    assert run.params == {"lr": Param("float", "0.10", 0.1)}
    assert (run.tags, run.note) == ({"team": "red"}, "a note")
    assert (run.context["user"], run.context["source"]) == ("ada", "train.py")
    assert run.context["git_commit"] == "abc123"
    gone = found.run("gone")
    assert (gone.identity, gone.deleted, gone.status) == (LOST, True, FINISHED)


def check_registry(models: list[ForeignModel]) -> None:
    [model] = models
    assert (model.name, model.note, model.tags) == ("net", "of nets", {"task": "wine"})
    assert model.created == (START - 7) * 1000
    places = [(one.run, one.path, one.source) for one in model.versions]
    assert places == [
        (RUN, "old/net", None),
        (RUN, "net", None),
        (None, "", "/tmp/net"),
        (RUN, "new", None),
        (RUN, "gone", None),
    ]
    numbers = {one.identity: one.number for one in model.versions}
    aliases = {alias: numbers[identity] for alias, identity in model.aliases.items()}
    assert aliases == {"champion": 4, "production": 2, "staging": 3}
    tags = [one.tags for one in model.versions]
    assert tags == [{"stage": "Production"}, {}, {}, {"size": "small"}, {}]
    assert [one.deleted for one in model.versions] == [False, False, False, False, True]


def test_every_version_of_the_tables_is_read(tmp_path: Path) -> None:
    run_apart("peers", CODE, str(tmp_path), cwd=tmp_path)
    paths = sorted(tmp_path.glob("*.db"))
    assert len(paths) > 60
    for number, path in enumerate(paths):
        assert SOURCE.finds(open_place(path))
        found = read_all(SOURCE, path, strict=True)
        check_whole(found, stepless=number == 0)
        [[_, value]] = points_of(found.run("first"), "nan")
        assert value == 0 if number < 3 else math.isnan(value)
        [experiment] = [one for one in found.experiments if one.name == "old"]
        assert experiment.note == ("of old" if number > 3 else None)
        models = read_models(SOURCE, path, Reading(SOURCE.error, strict=True))
        assert len(models) == (1 if number > 6 else 0)
    check_registry(models)
    assert [one.name for one in found.run("first").inputs] == ["wine"]


def test_a_database_of_any_name_is_found_with_its_artifacts(tmp_path: Path) -> None:
    make_database(tmp_path / "store")
    write(tmp_path / "mlruns" / "7" / RUN / "artifacts" / "a.txt", "a")
    write(tmp_path / "mlartifacts" / "7" / "models" / "m-1" / "artifacts" / "MLmodel", "b")
    for place in (tmp_path, tmp_path / "store"):
        found = read_all(SOURCE, place)
        check_whole(found)
        assert [one.path for one in found.run("first").files] == ["a.txt", "net/MLmodel"]
        [data] = found.run("first").inputs
        assert (data.name, data.digest, data.context) == ("wine", "12ab", "training")
        assert (data.source, data.profile) == (
            "https://example.org/wine.csv",
            {
                "num_rows": 3,
                "mlflow": {
                    "source_type": "http",
                    "source": '{"url": "https://example.org/wine.csv"}',
                },
            },
        )


def test_all_tags_of_a_data_set_are_read(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    change(path, "INSERT INTO input_tags VALUES ('i1', 'split', '1'), ('i1', 'no text', x'00')")
    [data] = read_all(SOURCE, path).run("first").inputs
    assert data.context == "training"
    assert data.profile is not None
    assert data.profile["mlflow"]["tags"] == {"split": "1"}


def test_artifacts_of_a_database_in_a_folder_of_its_own_are_found(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    make_database(tmp_path / "db" / "mlflow.db")
    write(tmp_path / "mlruns" / "7" / RUN / "artifacts" / "a.txt", "a")
    assert [one.path for one in read_all(SOURCE, tmp_path).run("first").files] == ["a.txt"]
    assert read_all(SOURCE, tmp_path / "db").run("first").files == ()


@pytest.mark.parametrize(
    "without",
    [
        ("params",),
        ("registered_models",),
        ("model_versions.version", "registered_model_aliases.version"),
        ("tags", "experiment_tags"),
        ("inputs", "datasets", "input_tags"),
        ("datasets",),
        ("logged_models", "logged_model_metrics"),
        ("metrics.is_nan", "runs.source_version"),
        ("runs.lifecycle_stage", "experiments.lifecycle_stage", "runs.end_time"),
        ("metrics.key",),
        ("metrics.timestamp",),
        ("experiments.name", "params.value"),
    ],
)
def test_missing_tables_and_columns_leave_the_rest(
    tmp_path: Path, without: tuple[str, ...]
) -> None:
    found = read_all(SOURCE, make_database(tmp_path / "a.db", without=without))
    assert {run.identity for run in found.runs} == {RUN, LOST}
    assert found.run("first").status == FAILED


@pytest.mark.parametrize("missing", ["runs", "metrics", "experiments", "runs.run_uuid"])
def test_another_tools_database_is_no_store(tmp_path: Path, missing: str) -> None:
    make_database(tmp_path / "a.db", without=(missing,))
    assert not SOURCE.finds(open_place(tmp_path))
    assert read_all(SOURCE, tmp_path) == ([], [], [])


def test_what_is_no_number_is_no_point(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    change(
        path,
        "UPDATE metrics SET value = 'high' WHERE step = 0 AND key = 'loss'",
        "UPDATE metrics SET step = 1.5 WHERE step = 1",
        "UPDATE metrics SET timestamp = x'00' WHERE step = 2",
        f"UPDATE metrics SET timestamp = {2**62} WHERE step = 3",
    )
    found = read_all(SOURCE, path)
    assert points_of(found.run("first"), "loss") == [(-4, 0.125)]
    [skipped] = found.skipped
    assert skipped.reason == "4 metric rows hold no whole step and time, or no number"
    with pytest.raises(MlflowUnreadable, match="4 metric rows hold no whole step"):
        read_all(SOURCE, path, strict=True)


def test_values_of_wrong_types_are_skipped_or_text(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    change(
        path,
        "INSERT INTO params (run_uuid, key, value) VALUES (NULL, NULL, NULL)",
        f"INSERT INTO params (run_uuid, key, value) VALUES ('{RUN}', 'n', 5)",
        f"INSERT INTO params (run_uuid, key, value) VALUES ('{RUN}', 'b', x'00ff')",
        f"INSERT INTO params (run_uuid, key, value) VALUES ('{RUN}', 't', CAST(x'61ff' AS TEXT))",
        "INSERT INTO runs (run_uuid, status) VALUES (x'00', 'X'), (NULL, NULL), (7, 7)",
        "UPDATE runs SET start_time = 'soon', end_time = 1e300, artifact_uri = x'00' "
        "WHERE name = 'gone'",
        "UPDATE inputs SET source_id = x'00'",
    )
    found = read_all(SOURCE, path)
    assert {run.identity for run in found.runs} == {RUN, LOST}
    texts = {key: param.text for key, param in found.run("first").params.items()}
    assert texts == {"lr": "0.10", "n": "5", "t": "a\ufffd"}
    assert (found.run("gone").start_time, found.run("gone").end_time) == (None, None)
    assert len(found.skipped) == 5


def test_views_and_virtual_tables_are_not_run(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db", without=("params", "tags"))
    change(
        path,
        f"CREATE VIEW params AS SELECT '{RUN}' AS run_uuid, 'k' AS key, 'v' AS value",
        "CREATE VIRTUAL TABLE tags USING fts5(run_uuid, key, value)",
    )
    found = read_all(SOURCE, path)
    assert (found.run("first").params, found.run("first").tags) == ({}, {})


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """A database whose last changes are only in the log beside it."""
    path = make_database(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("UPDATE runs SET name = 'renamed' WHERE name = 'first'")
        database.commit()
        yield path


def test_changes_in_a_log_beside_the_database_are_read(tmp_path: Path, logged: Path) -> None:
    before = sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir())
    assert read_all(SOURCE, tmp_path).run("renamed").identity == RUN
    assert sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir()) == before


def test_a_store_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        check_whole(read_all(SOURCE, tmp_path))
        assert [one.name for one in tmp_path.iterdir()] == ["a.db"]
    finally:
        tmp_path.chmod(0o700)


def test_a_database_behind_a_link_is_not_read(tmp_path: Path) -> None:
    make_database(tmp_path / "secret.db")
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "a.db").symlink_to(tmp_path / "secret.db")
    assert not SOURCE.finds(open_place(tmp_path / "place"))


@pytest.mark.parametrize("source", ["small", "made"])
def test_a_database_that_is_cut_or_damaged_gives_runs_or_skips(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.db"
    if source == "small":
        make_database(path)
    else:
        shutil.copy(sample("mlflow_sqlite", "made") / "mlflow.db", path)
    content = path.read_bytes()
    for cut in range(0, len(content), len(content) // 40):
        path.write_bytes(content[:cut])
        read_all(SOURCE, path)
    for place in range(0, len(content), len(content) // 150):
        flipped = bytearray(content)
        flipped[place] ^= 0b101
        path.write_bytes(flipped)
        found = read_all(SOURCE, path)
        assert len(found.runs) <= 12


def test_a_database_whose_tables_cannot_be_listed_is_skipped(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    change(path, "PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = 'CREATE ' || sql")
    assert SOURCE.finds(open_place(path))
    found = read_all(SOURCE, path)
    assert found.runs == []
    [skipped] = found.skipped
    assert (skipped.path, "malformed" in skipped.reason) == (str(path), True)


def test_runs_that_moved_from_a_folder_to_a_database_are_read_once(tmp_path: Path) -> None:
    make_database(tmp_path / "mlflow.db")
    write_run(write_experiment(tmp_path / "mlruns"), RUN)
    write_run(tmp_path / "mlruns" / "7", OTHER)
    found = read_all(SOURCE, tmp_path)
    assert [run.identity for run in found.runs] == [RUN, LOST, OTHER]
    assert found.runs[0].name == "first"
    [skipped] = found.skipped
    assert skipped.reason == "runs that are here again were left out (1)"


def test_a_damaged_table_leaves_the_others(tmp_path: Path) -> None:
    path = make_database(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'metrics'"
        [[page]] = database.execute(query).fetchall()
        [[size]] = database.execute("PRAGMA page_size").fetchall()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : (page - 1) * size + 8] = b"\xff" * 8
    path.write_bytes(content)
    found = read_all(SOURCE, path)
    assert found.run("first").params == {"lr": Param("float", "0.10", 0.1)}
    assert list(found.run("first").metrics) == []
    [skipped] = found.skipped
    assert skipped.reason.startswith("the table 'metrics' is damaged (")
