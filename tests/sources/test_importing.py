"""Foreign stores kept in a store of our own: once, again, and after they have grown."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import (
    InvalidName,
    InvalidValue,
    LightningLogUnreadable,
    SourceNotRecognised,
    TableUnreadable,
    TrainerStateUnreadable,
)
from runfolio.schema import Series, derive_run_id
from runfolio.sources import ImportSummary, SourceOptions, import_runs, open_foreign
from runfolio.sources.checking import Checker
from runfolio.sources.kinds import KINDS, load_source
from runfolio.sources.place import open_place
from runfolio.sources.reading import Reading, TableColumns
from runfolio.sources.records import ForeignRun
from runfolio.store import read_store
from tests.samples import STORES, sample
from tests.store.snapshots import list_tree


def write_logs(root: Path, runs: int = 2, rows: int = 3) -> Path:
    """Lightning's CSV logs of some runs."""
    for number in range(runs):
        folder = root / "lightning_logs" / f"version_{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{row},{number + row / 10}" for row in range(rows)]
        (folder / "metrics.csv").write_text("\n".join(["step,loss", *lines, ""]))
        (folder / "hparams.yaml").write_text(f"lr: 0.{number + 1}\n")
    return root


def counts(summary: ImportSummary) -> tuple[int, int, int]:
    """Runs that were added, extended and unchanged."""
    return summary.added, summary.extended, summary.unchanged


def test_a_second_import_adds_only_what_is_new(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    first = import_runs(logs, store=store)
    assert (first.kind, first.title, counts(first)) == (
        "lightning",
        "Lightning's CSVLogger",
        (2, 0, 0),
    )
    before = list_tree(store)
    assert counts(import_runs(logs, store=store)) == (0, 0, 2)
    assert list_tree(store) == before
    write_logs(logs, runs=3)
    write_logs(logs, runs=1, rows=5)
    assert counts(import_runs(logs, store=store)) == (1, 1, 1)
    tables = read_store(store)
    assert tables.runs.num_rows == 3
    assert tables.metrics.num_rows == 5 + 3 + 3
    assert counts(import_runs(logs, store=store)) == (0, 0, 3)


def test_a_store_that_was_moved_or_touched_is_known_again(store: Path, tmp_path: Path) -> None:
    import_runs(write_logs(tmp_path / "project"), store=store)
    shutil.copytree(tmp_path / "project", tmp_path / "elsewhere" / "project")
    for file in (tmp_path / "elsewhere").rglob("*.csv"):
        os.utime(file, (1e9, 1e9))
    assert counts(import_runs(tmp_path / "elsewhere" / "project", store=store)) == (0, 0, 2)


def test_what_was_said_in_the_store_stays(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    import_runs(logs, store=store)
    first, second = sorted(read_store(store).runs["run_id"].to_pylist())
    runfolio.tag_runs(first, {"label": "best"}, store=store)
    runfolio.rename_run(first, "mine", store=store)
    runfolio.delete_runs(second, store=store)
    write_logs(logs, rows=4)
    again = import_runs(logs, store=store)
    assert (counts(again), again.deleted) == ((0, 1, 0), 1)
    run = runfolio.get_run(first, store=store)
    assert (run.name, run.tags["label"]) == ("mine", "best")
    assert read_store(store).runs["run_id"].to_pylist() == [first]


def test_all_runs_go_to_an_experiment_that_is_named(store: Path, tmp_path: Path) -> None:
    import_runs(write_logs(tmp_path / "project"), store=store, experiment="old work")
    assert set(read_store(store).runs["experiment"].to_pylist()) == {"old work"}


def test_a_run_says_where_it_came_from(store: Path, tmp_path: Path) -> None:
    import_runs(write_logs(tmp_path / "project", runs=1), store=store)
    (run_id,) = read_store(store).runs["run_id"].to_pylist()
    told = runfolio.get_run(run_id, store=store).context["imported"]
    assert told["kind"] == "lightning"
    assert derive_run_id("lightning", told["identity"]) == run_id


def test_what_can_not_be_read_is_skipped_and_listed(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    (logs / "lightning_logs" / "version_0" / "hparams.yaml").write_text("lr: [1, 2")
    summary = import_runs(logs, store=store)
    assert counts(summary) == (2, 0, 0)
    (skipped,) = summary.skipped
    assert skipped.path.endswith("version_0/hparams.yaml")
    assert "expected" in skipped.reason


def test_strict_keeps_nothing_when_something_can_not_be_read(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    (logs / "lightning_logs" / "version_1" / "hparams.yaml").write_text("lr: [1, 2")
    with pytest.raises(LightningLogUnreadable, match=r"version_1/hparams.yaml"):
        import_runs(logs, store=store, strict=True)
    assert not store.exists()


def test_names_no_store_takes_are_left_out_with_a_word(store: Path, tmp_path: Path) -> None:
    state = {"log_history": [{"step": 1, "loss": 1.0, "x" * 300: 3.0}]}
    (tmp_path / "trainer_state.json").write_text(json.dumps(state))
    summary = import_runs(tmp_path / "trainer_state.json", store=store)
    (skipped,) = summary.skipped
    assert "at most 250 characters" in skipped.reason
    assert {row["key"] for row in read_store(store).metrics.to_pylist()} >= {"loss"}


def test_an_unknown_place_is_refused_in_one_line(store: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotRecognised, match="No runs of any known tool"):
        import_runs(tmp_path / "empty", store=store)
    with pytest.raises(SourceNotRecognised, match="No file or folder"):
        import_runs(tmp_path / "gone", store=store)
    with pytest.raises(SourceNotRecognised, match="No runs of MLflow"):
        import_runs(write_logs(tmp_path / "project"), kind="mlflow", store=store)
    with pytest.raises(SourceNotRecognised, match=r"of the kind 'x' can be read\. Choose one of"):
        import_runs(tmp_path, kind="x", store=store)
    assert not store.exists()


def test_a_report_or_store_of_our_own_is_no_foreign_one(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metric("loss", 1.0)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "runfolio-site.json").write_text("{}")
    (tmp_path / "site" / "metrics.csv").write_text("step,loss\n0,1\n")
    with pytest.raises(SourceNotRecognised, match="No runs of any known tool"):
        import_runs(tmp_path, store=tmp_path / "other")


def test_links_are_not_followed(store: Path, tmp_path: Path) -> None:
    outside = write_logs(tmp_path / "outside")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "lightning_logs").symlink_to(outside / "lightning_logs")
    with pytest.raises(SourceNotRecognised, match="No runs of any known tool"):
        import_runs(tmp_path / "project", store=store)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_reader_and_an_error_of_its_own(kind: str, tmp_path: Path) -> None:
    source = load_source(kind)
    assert source.kind == kind
    others = [load_source(other).error for other in KINDS if other != kind]
    assert source.error not in others
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotRecognised, match=f"No runs of {source.title}"):
        open_foreign(tmp_path / "empty", SourceOptions(kind=kind))


SAMPLES = [
    ("mlflow_file", "cr21", "mlflow", 11, 852),
    ("mlflow_file", "PacktPublishing", "mlflow", 19, None),
    ("mlflow_file", "made", "mlflow", None, None),
    ("mlflow_sqlite", "made", "mlflow", None, None),
    ("tensorboard", "cr21", "tensorboard", 11, None),
    ("tensorboard", "guildai", "tensorboard", None, None),
    ("tensorboard", "wandb", "tensorboard", None, None),
    ("lightning_csv", "cr21", "lightning", 11, None),
    ("dvclive", "mnrozhkov", "dvclive", None, None),
    ("optuna", "optuna", "optuna", None, None),
    ("hf_trainer", "aigoncharov", "trainer", 1, None),
    ("wandb", "wandb", "wandb", 1, None),
    ("trackio", "GENERATED", "trackio", 6, 3569),
]


@pytest.mark.parametrize(
    ("folder", "owner", "kind", "runs", "points"), SAMPLES, ids=lambda value: str(value)
)
def test_the_stores_of_other_people_are_recognised_and_imported(
    store: Path, folder: str, owner: str, kind: str, runs: int | None, points: int | None
) -> None:
    path = sample(folder, owner)
    before = list_tree(path)
    summary = import_runs(path, store=store)
    assert summary.kind == kind
    assert summary.added > 0
    assert summary.added == runs or runs is None
    tables = read_store(store, view="all")
    assert tables.runs.num_rows == summary.added
    assert tables.metrics.num_rows == points or points is None
    assert not runfolio.verify(store=store).problems
    again = import_runs(path, store=store)
    assert (counts(again), again.skipped) == ((0, 0, summary.added), summary.skipped)
    assert list_tree(path) == before, "reading a foreign store changed it"


def test_three_tools_agree_on_eleven_losses(tmp_path: Path) -> None:
    if not STORES.is_dir():
        pytest.skip(f"the stores of other people are not at {STORES}")
    found = {}
    for kind in ("mlflow_file", "tensorboard", "lightning_csv"):
        summary = import_runs(sample(kind, "cr21"), store=tmp_path / kind)
        assert summary.skipped == ()
        rows = read_store(tmp_path / kind).summaries.to_pylist()
        found[kind] = sorted(row["last"] for row in rows if row["key"] == "test/loss")
    assert len(found["mlflow_file"]) == 11
    assert found["mlflow_file"] == found["tensorboard"] == found["lightning_csv"]


def test_a_trainer_state_that_is_none_is_named(store: Path, tmp_path: Path) -> None:
    (tmp_path / "trainer_state.json").write_text("{")
    summary = import_runs(tmp_path, kind="trainer", store=store)
    assert (counts(summary), len(summary.skipped)) == ((0, 0, 0), 1)
    with pytest.raises(TrainerStateUnreadable, match=r"trainer_state\.json"):
        import_runs(tmp_path, kind="trainer", store=store, strict=True)


def test_runs_that_were_deleted_and_cleared_away_do_not_come_back(
    store: Path, tmp_path: Path
) -> None:
    logs = write_logs(tmp_path / "project")
    import_runs(logs, store=store)
    gone = str(read_store(store).runs["run_id"][0])
    runfolio.delete_runs(gone, store=store)
    runfolio.gc(older_than=0, store=store)
    again = import_runs(logs, store=store)
    assert (counts(again), again.deleted) == ((0, 0, 1), 1)
    assert not (store / "runs" / gone).exists()


def test_two_projects_with_equal_paths_and_first_values_are_two_runs(
    store: Path, tmp_path: Path
) -> None:
    for name, last in (("a", 0.5), ("b", 0.7)):
        folder = tmp_path / name / "lightning_logs" / "version_0"
        folder.mkdir(parents=True)
        (folder / "metrics.csv").write_text(f"step,loss\n0,1.0\n1,{last}\n")
    for _ in range(2):
        for name in ("a", "b"):
            import_runs(tmp_path / name / "lightning_logs", store=store)
    tables = read_store(store)
    assert tables.runs.num_rows == 2
    assert sorted(row["last"] for row in tables.summaries.to_pylist()) == [0.5, 0.7]


def test_a_deleted_experiment_hides_no_runs_of_others(store: Path, tmp_path: Path) -> None:
    path = sample("mlflow_file", "PacktPublishing")
    import_runs(path, store=store, experiment="all")
    assert read_store(store).runs.num_rows == 2
    assert read_store(store, view="all").runs.num_rows == 19


def test_times_of_no_calendar_are_left_out(store: Path, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,time,loss\n1,1700000000,0.5\n2,1e15,0.4\n")
    summary = import_runs(tmp_path / "log.csv", store=store)
    assert [one.reason for one in summary.skipped] == ["1 rows have no time in 'time'"]
    (run_id,) = read_store(store).runs["run_id"].to_pylist()
    history = runfolio.get_run(run_id, store=store).metric_history("loss")
    assert history["value"].to_list() == [0.5, 0.4]
    reading = Reading(TableUnreadable)
    odd = ForeignRun("a", "b", "c", metrics=[Series("m", [1, 2], [5, 10**18], [0.5, 0.25])])
    (series,) = Checker("table", open_place(tmp_path), reading).check(odd).metrics
    assert list(series.values) == [0.5]
    assert "1 point has a time outside the years 1 to 9999" in reading.skipped[0].reason


def test_text_that_is_no_unicode_is_shown_with_marks(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project", runs=1)
    (logs / "lightning_logs" / "version_0" / "hparams.yaml").write_text('a: ["\\ud800"]\n')
    assert counts(import_runs(logs, store=store)) == (1, 0, 0)
    odd = os.fsencode(tmp_path) + b"/m\xff.csv"
    with open(odd, "w") as file:  # noqa: PTH123
        file.write("step,loss\n0,1\n1,0.5\n")
    assert counts(import_runs(os.fsdecode(odd), store=store)) == (1, 0, 0)


def test_a_damaged_database_stops_no_other_reader(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    path = logs / "odd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (run_uuid TEXT, name_of_it TEXT)")
    path.write_bytes(path.read_bytes().replace(b"name_of_it", b"name\xff\xfe_it"))
    assert counts(import_runs(logs, store=store)) == (2, 0, 0)


def test_what_can_not_be_meant_is_refused(store: Path, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    with pytest.raises(InvalidValue, match=r"can't be .* itself"):
        import_runs(logs, store=logs)
    with pytest.raises(SourceNotRecognised, match="No path was given"):
        import_runs("", store=store)
    with pytest.raises(InvalidName, match="at most 250"):
        import_runs(logs, store=store, experiment="x" * 300)
    with pytest.raises(InvalidValue, match="plain tables only"):
        import_runs(logs, store=store, columns=TableColumns(step="x"))
    import_runs(logs, store=store)
    with pytest.raises(SourceNotRecognised, match="is a store of Runfolio already"):
        import_runs(store, store=tmp_path / "other")
