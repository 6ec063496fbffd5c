"""Engines read a store as it is: the examples in `examples/engines`, which README.md shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.schema import TABLES, arrow_schema
from runfolio.store import read_store
from tests.environment.apart import run_apart
from tests.environment.tools import find_java, require

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "engines"
ENGINES = ("duckdb", "polars", "spark")

Best = list[tuple[str, str, float]]
"""The experiment, the name and the value of the best run of each experiment."""

TELLING = {
    "duckdb": "rows = best.fetchall()",
    "polars": "rows = best.collect().rows()",
    "spark": "rows = [tuple(row) for row in best.collect()]; spark.stop()",
}
SPARK = {"PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.ui.enabled=false pyspark-shell"}
SPARK_TYPES = {
    "string": "string",
    "int64": "bigint",
    "double": "double",
    "bool": "boolean",
    "timestamp[us, tz=UTC]": "timestamp",
}


def log_runs(experiment: str, values: list[float]) -> list[str]:
    """Log a run for each final value of `rmse`; return their ids."""
    ids = []
    for number, value in enumerate(values):
        with runfolio.start_run(
            experiment=experiment, name=f"{experiment} {number}", store="runs", capture=False
        ) as run:
            run.log_param("alpha", number)
            run.log_metrics({"rmse": 2 * value, "other": -value}, step=0)
            run.log_metrics({"rmse": value}, step=1)
        ids.append(run.id)
    return ids


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of runs that are packed and loose, of which some did not end well."""
    folder = tmp_path_factory.mktemp("engines")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        log_runs("packed", [0.5, 0.25, 0.75])
        log_runs("mixed", [0.5, 0.125])
        runfolio.pack(store="runs")
        log_runs("mixed", [0.0625, 0.3])
        log_runs("loose", [float("nan"), 0.7, float("-inf"), 0.6])
        with runfolio.start_run(experiment="silent", store="runs", capture=False):
            pass
    return folder


def find_best(folder: Path) -> Best:
    """The best runs as Runfolio's own search has them."""
    found: Best = []
    for experiment in sorted(runfolio.search_experiments(store=folder / "runs")["name"]):
        runs = runfolio.search_runs(
            experiment,
            filter="metrics.rmse > -1000",
            order_by=["metrics.rmse ASC"],
            store=folder / "runs",
        )
        if len(runs):
            best = runs.iloc[0]
            found.append((experiment, best["name"], best["metrics.rmse"]))
    return found


def run_here(code: str, folder: Path) -> str:
    """What code prints in the project's own environment."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def run_spark(code: str, folder: Path) -> str:
    """What code prints in the environment of PySpark; skips the test where there is no Java."""
    require(find_java())
    return run_apart("spark", code, cwd=folder, SPARK_LOCAL_IP="127.0.0.1", **SPARK)


RUNNERS: dict[str, Callable[[str, Path], str]] = {
    "duckdb": run_here,
    "polars": run_here,
    "spark": run_spark,
}


def code_of(engine: str) -> str:
    """The example of an engine, without its docstring."""
    text = (EXAMPLES / f"with_{engine}.py").read_text(encoding="utf-8")
    return text.partition('"""\n\n')[2]


def ask(engine: str, folder: Path) -> Best:
    """What the example of an engine finds in the store of a folder."""
    telling = f"\nimport json\n{TELLING[engine]}\nprint('\\n' + json.dumps(rows))\n"
    printed = RUNNERS[engine](code_of(engine) + telling, folder)
    return [tuple(row) for row in json.loads(printed.splitlines()[-1])]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_best_run_of_each_experiment_is_that_of_our_own_search(
    place: Path, engine: str
) -> None:
    best = find_best(place)
    assert [(name, value) for _, name, value in best] == [
        ("loose 3", 0.6),
        ("mixed 0", 0.0625),
        ("packed 1", 0.25),
    ]
    assert ask(engine, place) == best


@pytest.mark.parametrize("engine", ENGINES)
def test_the_readme_shows_the_example(engine: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"```python\n{code_of(engine)}```\n" in readme


def test_spark_reads_every_table_with_its_types(place: Path) -> None:
    names = list(TABLES)
    code = f"""
import json
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
found = {{}}
for name in {names!r}:
    frame = spark.read.parquet(f"runs/*/*/tables/{{name}}*.parquet")
    found[name] = [frame.count(), dict(frame.dtypes)]
started = spark.read.parquet("runs/*/*/tables/run*.parquet").selectExpr(
    "run_id", "unix_micros(start_time)").collect()
spark.stop()
print("\\n" + json.dumps([found, {{row[0]: row[1] for row in started}}]))
"""
    found, started = json.loads(run_spark(code, place).splitlines()[-1])
    tables = read_store(place / "runs")
    counts = {name: getattr(tables, "runs" if name == "run" else name) for name in names}
    assert {name: count for name, (count, _) in found.items()} == {
        name: table.num_rows for name, table in counts.items()
    }
    assert {name: columns for name, (_, columns) in found.items()} == {
        name: {field.name: SPARK_TYPES[str(field.type)] for field in arrow_schema(name)}
        for name in names
    }
    rows = tables.runs.select(["run_id", "start_time"]).to_pylist()
    assert started == {row["run_id"]: round(row["start_time"].timestamp() * 1e6) for row in rows}


def test_what_a_glob_does_not_see(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "runs", tmp_path / "runs")
    runs = runfolio.search_runs("packed", store=tmp_path / "runs")
    (best,) = runs.loc[runs["name"] == "packed 1", "run_id"]
    runfolio.delete_runs(best, store=tmp_path / "runs")
    assert ("packed", "packed 0", 0.5) in find_best(tmp_path)
    assert ("packed", "packed 1", 0.25) in ask("duckdb", tmp_path)
