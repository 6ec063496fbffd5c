"""Foreign stores kept in a store of our own: once, again, and after they have grown."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import (
    LightningLogUnreadable,
    SourceNotRecognised,
    TrainerStateUnreadable,
)
from runfolio.schema import derive_run_id
from runfolio.sources import ImportSummary, SourceOptions, import_runs, open_foreign
from runfolio.sources.kinds import KINDS, load_source
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
    assert counts(import_runs(logs, store=store)) == (0, 2, 0)
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
