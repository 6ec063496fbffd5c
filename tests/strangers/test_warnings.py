"""Nothing that Runfolio does warns: Python's own warnings are errors, and nothing is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import runfolio

ROOT: Final = Path(__file__).resolve().parents[2]
DEMO: Final = ROOT / "examples" / "demo-store"
REPORTS: Final = ROOT / "examples" / "reports"
STRICT: Final = ("-W", "error", "-X", "dev", "-bb")

LIBRARIES: Final = ("keras", "lightgbm", "lightning", "optuna", "transformers", "xgboost")
"""Adapters, which import a library that may not be there and that may warn of itself."""

IMPORT_ALL: Final = """
import importlib, pkgutil, sys
import runfolio
left = set(sys.argv[1:])
for found in pkgutil.walk_packages(runfolio.__path__, "runfolio."):
    if found.name.split(".")[1] not in left and "__main__" not in found.name:
        try:
            importlib.import_module(found.name)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("runfolio"):
                raise
"""

AT: Final = ("--store", "STORE")
COMMANDS: Final = {
    "build": ("build-report", "STORE", "-o", "site"),
    "redacted": ("build-report", "STORE", "-o", "site", "--redact"),
    "page": ("build-report", "STORE", "--single-file", "page.html", "--page", "run:RUN"),
    "archive": ("build-report", "STORE", "--archive", "kept.zip"),
    "ls": ("runfolio", "ls", "--store", "STORE"),
    "runs": ("runfolio", "ls", "EXPERIMENT", "--store", "STORE", "--json"),
    "show": ("runfolio", "show", "RUN", "--store", "STORE"),
    "search": ("runfolio", "search", "status = 'FINISHED'", "--store", "STORE"),
    "compare": ("runfolio", "compare", "RUN", "", "--store", "STORE", "--format", "html"),
    "check": (
        "runfolio",
        "check",
        "--head",
        "",
        "--fail-if",
        "metrics.loss > 1",
        "--store",
        "STORE",
    ),
    "secrets": ("runfolio", "secrets", "STORE"),
    "verify": ("runfolio", "verify", "STORE"),
    "du": ("runfolio", "du", "--store", "STORE"),
    "export": ("runfolio", "export", "csv", "csv", "--store", "STORE"),
    "mlflow": ("runfolio", "export", "mlflow", "mlruns", "--store", "STORE"),
    "publish": ("runfolio", "publish", "dir", "published", "--store", "STORE"),
    "models": ("runfolio", "models", "ls", "--store", "STORE"),
}
WARNS: Final = re.compile(r"[A-Za-z]+Warning\b|Traceback|Exception ignored")
"""How Python's own warnings and those of libraries look; ours begin with the word itself."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store with a run of everything that pages show."""
    place = tmp_path_factory.mktemp("made") / "runs"
    with runfolio.start_run(experiment="wine", store=place, capture=False) as run:
        run.log_params({"alpha": 1})
        for step in range(5):
            run.log_metric("loss", 1 / (step + 1), step=step)
        run.log_text("# Words", "notes.md")
        run.log_dict({"a": [1, 2]}, "a.json")
        run.log_table({"a": [1, 2], "b": ["x", "y"]}, "table")
        run.log_confusion_matrix([0, 1, 1], [0, 1, 0])
        run.log_histogram([1, 2, 3], "weights", step=0)
    return place


def strictly(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a Python in which every warning is an error, in a folder."""
    return subprocess.run(
        [sys.executable, *STRICT, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=250,
        check=False,
    )


def test_no_module_warns_when_it_is_imported(tmp_path: Path) -> None:
    done = strictly(tmp_path, "-c", IMPORT_ALL, *LIBRARIES, "sklearn")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_file_is_opened_with_its_encoding(store: Path, tmp_path: Path) -> None:
    """Our own files: libraries have warnings of this kind, so those of ours are filtered for."""
    words = ["-X", "warn_default_encoding", "-W", "default::EncodingWarning"]
    for program, *rest in COMMANDS["redacted"], COMMANDS["archive"], COMMANDS["export"]:
        done = subprocess.run(
            [sys.executable, *words, "-c", start(program), *(place(word, store) for word in rest)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        ours = [line for line in done.stderr.splitlines() if "/runfolio/" in line]
        assert not ours


def start(program: str) -> str:
    """The code that starts a command."""
    module = {"runfolio": "main", "build-report": "report"}[program]
    return f"from runfolio.cli.{module} import main; main(prog_name={program!r})"


def place(word: str, store: Path) -> str:
    """A word of `COMMANDS` with what it stands for."""
    run = next(one.name for one in (store / "runs").iterdir())
    named = {"STORE": str(store), "RUN": run, "run:RUN": f"run:{run}", "EXPERIMENT": "wine"}
    return named.get(word, word)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_warns(name: str, store: Path, tmp_path: Path) -> None:
    program, *words = COMMANDS[name]
    done = strictly(tmp_path, "-c", start(program), *(place(word, store) for word in words))
    assert done.returncode == 0, done.stderr
    assert not WARNS.search(done.stderr)


def test_the_report_of_all_that_is_in_the_demo_warns_of_nothing(tmp_path: Path) -> None:
    done = strictly(tmp_path, "-c", start("build-report"), str(DEMO), "--reports", str(REPORTS))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", ["training_loop.py", "wine_quality.py"])
def test_no_example_warns(script: str, tmp_path: Path) -> None:
    path = str(ROOT / "examples" / script)
    done = strictly(tmp_path, path, "--quick", RUNFOLIO_STORE=str(tmp_path / "kept"))
    assert (done.returncode, done.stderr) == (0, "")
