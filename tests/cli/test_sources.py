"""``runfolio import``, ``runfolio export`` and reports of other tools' stores, as commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from runfolio.cli.report import main as build_report
from runfolio.store import read_store
from tests.sources.mlflow_writing import write, write_experiment, write_run
from tests.sources.test_importing import write_logs
from tests.store.snapshots import list_tree


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def report(*words: str | Path) -> Result:
    return CliRunner().invoke(build_report, [str(word) for word in words])


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two runs as Lightning logs them."""
    return write_logs(tmp_path / "project")


def break_one(logs: Path) -> None:
    (logs / "lightning_logs" / "version_0" / "hparams.yaml").write_text("lr: [1, 2")


def test_import_says_what_it_did(logs: Path, store: Path) -> None:
    first = run("import", logs, "--store", store)
    assert first.exit_code == 0
    assert first.output == f"Lightning's CSVLogger: 2 new runs: {store}\n"
    write_logs(logs, runs=1, rows=5)
    again = run("import", logs, "--store", store)
    assert "0 new runs, 1 extended, 1 unchanged" in again.output


def test_import_says_how_many_models_there_are(tmp_path: Path, store: Path) -> None:
    write_run(write_experiment(tmp_path / "mlruns"))
    for number in (1, 2):
        write(tmp_path / "mlruns" / "models" / "net" / f"version-{number}" / "meta.yaml", "a: b\n")
    write(tmp_path / "mlruns" / "models" / "net" / "meta.yaml", "name: net\n")
    first = run("import", tmp_path / "mlruns", "--store", store)
    told = "MLflow: 1 new run, 1 registered model (2 new versions)"
    assert first.output == f"{told}: {store}\n"
    again = run("import", tmp_path / "mlruns", "--store", store)
    assert again.output == f"MLflow: 0 new runs, 1 unchanged, 1 registered model: {store}\n"
    found = json.loads(run("import", tmp_path / "mlruns", "--store", store, "--json").output)
    assert (found["models"], found["versions"]) == (1, 0)


def test_import_names_what_else_is_there(logs: Path, store: Path) -> None:
    state = {"log_history": [{"step": 1, "loss": 1.0}]}
    (logs / "trainer_state.json").write_text(json.dumps(state))
    result = run("import", logs, "--store", store)
    title = "Hugging Face's Trainer (also there: lightning; --kind reads it)"
    assert result.output == f"{title}: 1 new run: {store}\n"
    result = run("import", logs, "--kind", "lightning", "--store", store)
    assert result.output == f"Lightning's CSVLogger: 2 new runs: {store}\n"
    built = report(logs, "--output", store.with_name("site"))
    assert f"1 run of {title}, 4 pages" in built.output


def test_import_lists_what_it_skipped(logs: Path, store: Path) -> None:
    break_one(logs)
    result = run("import", logs, "--store", store)
    assert result.exit_code == 0
    assert "2 new runs; skipped 1 part" in result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Skipped {logs}/lightning_logs/version_0/hparams.yaml: ")


def test_import_strictly_ends_with_one_line(logs: Path, store: Path) -> None:
    break_one(logs)
    result = run("import", logs, "--store", store, "--strict")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Couldn't read '")
    assert len(result.stderr.splitlines()) == 1
    assert not store.exists()


def test_import_as_json(logs: Path, store: Path) -> None:
    result = run("import", logs, "--store", store, "--experiment", "old", "--json")
    found = json.loads(result.output)
    assert (found["kind"], found["added"], found["skipped"]) == ("lightning", 2, [])
    assert set(read_store(store).runs["experiment"].to_pylist()) == {"old"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "No file or folder at 'nowhere'"),
        (["."], "No runs of any known tool at '/"),
        ([".", "--kind", "sacred"], "No runs of Sacred"),
        ([".", "--kind", "x"], "No store of the kind 'x'"),
    ],
)
def test_import_of_nothing_ends_with_one_line(words: list[str], message: str) -> None:
    result = run("import", *words)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not Path("runs").exists()


def test_columns_of_tables_are_named_by_options(store: Path) -> None:
    Path("sweep.csv").write_text("id,rate,score,who\na,0.1,0.5,me\nb,0.2,0.7,you\n")
    options = ["--per", "run", "--run-column", "id", "--param-column", "rate"]
    options += ["--metric-column", "score", "--tag-column", "who"]
    assert run("import", "sweep.csv", *options, "--store", store).exit_code == 0
    found = runfolio.search_runs(order_by="name", store=store)
    assert found["name"].to_list() == ["a", "b"]
    assert found["params.rate"].to_list() == [0.1, 0.2]
    assert found["metrics.score"].to_list() == [0.5, 0.7]
    assert found["tags.who"].to_list() == ["me", "you"]


def test_steps_and_times_of_tables_are_named_by_options(store: Path) -> None:
    Path("log.jsonl").write_text(
        '{"it": 5, "when": 1700000000, "v": 1}\n{"it": 9, "when": 1700000001, "v": 2}\n'
    )
    options = ["--per", "step", "--step-column", "it", "--time-column", "when"]
    assert run("import", "log.jsonl", *options, "--store", store).exit_code == 0
    (run_id,) = read_store(store).runs["run_id"].to_pylist()
    history = runfolio.get_run(run_id, store=store).metric_history("v")
    assert history["step"].to_list() == [5, 9]
    assert history["time"].dt.strftime("%M:%S").to_list() == ["13:20", "13:21"]


def test_a_column_that_is_missing_is_named(store: Path) -> None:
    Path("sweep.csv").write_text("rate,score\n0.1,0.5\n")
    result = run("import", "sweep.csv", "--metric-column", "loss", "--store", store)
    assert result.exit_code == 1
    assert "'loss'" in result.stderr
    assert "rate" in result.stderr


def test_a_report_of_a_foreign_store_needs_no_store(logs: Path, tmp_path: Path) -> None:
    before = list_tree(logs)
    result = report(logs, "--output", tmp_path / "site")
    assert result.exit_code == 0, result.output
    assert "2 runs of Lightning's CSVLogger, 5 pages" in result.output
    index = (tmp_path / "site" / "index.html").read_text()
    assert "2 runs" in index
    assert "of Lightning" in index
    assert list_tree(logs) == before
    assert not Path("runs").exists()
    again = report(logs, "--output", tmp_path / "site")
    files = len(list_tree(tmp_path / "site"))
    assert f"in {files} files ({files} unchanged)" in again.output


def test_a_report_lists_what_it_skipped(logs: Path, tmp_path: Path) -> None:
    break_one(logs)
    result = report(logs, "--output", tmp_path / "site")
    assert result.exit_code == 0
    assert "1 skipped" in result.stdout
    assert result.stderr.startswith("Skipped lightning_logs/version_0/hparams.yaml: ")
    index = (tmp_path / "site" / "index.html").read_text()
    assert "1 part could not be read" in index
    assert str(tmp_path) not in index


def test_a_strict_report_leaves_the_old_site(logs: Path, tmp_path: Path) -> None:
    report(logs, "--output", tmp_path / "site")
    before = list_tree(tmp_path / "site")
    break_one(logs)
    result = report(logs, "--output", tmp_path / "site", "--strict")
    assert result.exit_code == 1
    assert "hparams.yaml" in result.stderr
    assert list_tree(tmp_path / "site") == before


def test_the_same_runs_have_the_same_pages_imported_and_direct(
    logs: Path, store: Path, tmp_path: Path
) -> None:
    run("import", logs, "--store", store)
    report(store, "--output", tmp_path / "imported")
    report(logs, "--output", tmp_path / "direct")
    pages = [
        sorted(path.name for path in (tmp_path / name / "runs").glob("*.html"))
        for name in ("imported", "direct")
    ]
    assert pages[0] == pages[1]
    data = [list((tmp_path / name / "data").rglob("*.csv")) for name in ("imported", "direct")]
    assert data[0][0].read_text() == data[1][0].read_text()


def test_a_folder_without_runs_is_no_store(tmp_path: Path) -> None:
    result = report(tmp_path, "--output", tmp_path / "site")
    assert result.exit_code == 1
    assert "No run store at" in result.stderr
    assert report(tmp_path, "--kind", "mlflow").stderr.startswith("Error: No runs of MLflow")


def test_export_writes_and_refuses(logs: Path, store: Path) -> None:
    run("import", logs, "--store", store)
    done = run("export", "csv", "out", "metrics.loss > 1", "--store", store)
    assert (done.exit_code, done.output) == (0, "Exported 1 run: out\n")
    refused = run("export", "csv", "out", "--store", store)
    assert refused.exit_code == 1
    assert "/out' is there already" in refused.stderr
    printed = run("export", "json", "runs.json", "--json", "--all", "--store", store)
    assert json.loads(printed.output)["runs"] == 2
    assert run("export", "xml", "x", "--store", store).exit_code == 2


def test_hostile_names_move_no_cursor(store: Path) -> None:
    name = "evil\x1b[2J.csv"
    Path(name).write_bytes(b"step,loss\n0,1\n1\n")
    result = run("import", name, "--store", store)
    assert "\x1b" not in result.output
    assert "\\x1b" in result.stderr
