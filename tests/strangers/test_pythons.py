"""What README.md shows works with the newest Python, where every warning is an error."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.environment.newest import find_newest, newer_ones
from tests.environment.tools import require
from tests.strangers.newcomer import (
    ODD_NAME,
    PYTHON_BLOCKS,
    README,
    ROOT,
    Newcomer,
    install_wheel,
)

UNITS: Final = (
    "tests/query/test_parsing.py",
    "tests/query/test_evaluation.py",
    "tests/query/test_ordering.py",
    "tests/query/test_times.py",
    "tests/store/test_journal.py",
    "tests/store/test_layout.py",
    "tests/store/test_sealing.py",
    "tests/store/test_summaries.py",
    "tests/tracking/test_values.py",
    "tests/tracking/test_lifecycle.py",
    "tests/tracking/test_table.py",
)
"""Tests of what rests on Python itself: parsing, files, times, processes, values."""

IMPORTING: Final = """
import importlib, pkgutil, runfolio
from runfolio.errors import MissingDependency
for found in pkgutil.walk_packages(runfolio.__path__, "runfolio."):
    try:
        importlib.import_module(found.name)
    except MissingDependency:
        pass  # an adapter's library
    except ImportError as error:
        # An extra that isn't installed.
        assert error.name and not error.name.startswith("runfolio"), (found.name, error)
"""


pytestmark = pytest.mark.timeout(1200)  # what is set up first takes its time


@pytest.fixture(scope="module")
def newest() -> Path:
    """The newest Python, with the pinned packages."""
    return require(find_newest())


@pytest.fixture(scope="module")
def guest(newest: Path, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Somebody who uses the newest Python and has installed the wheel."""
    (packages,) = newest.parents[1].glob("lib/python*/site-packages")
    return install_wheel(tmp_path_factory.mktemp("guest"), newest, packages)


@pytest.fixture(scope="module")
def project(guest: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which README.md's Python was run."""
    folder = tmp_path_factory.mktemp("project") / ODD_NAME
    folder.mkdir()
    ended = guest.run(
        *("python", "-W", "error", "-c", PYTHON_BLOCKS, str(README)),
        cwd=folder,
        variables={"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "PATH": os.defpath},
    )
    assert ended.code == 0, ended.said
    return folder


@pytest.mark.parametrize(
    "line",
    [
        ("build-report",),
        ("runfolio", "ls", "--json"),
        ("runfolio", "search", "metrics.loss < 1"),
        ("runfolio", "secrets", "runs"),
        ("runfolio", "pack"),
        ("runfolio", "verify"),
        ("build-report", "runs", "--archive", "report.zip"),
        ("runfolio", "import", "report.zip", "--store", "again"),
    ],
    ids=" ".join,
)
def test_commands_work_without_a_warning(
    guest: Newcomer, project: Path, line: tuple[str, ...]
) -> None:
    ended = guest.run(*line, cwd=project, variables={"PYTHONWARNINGS": "error"})
    assert ended.code == 0, ended.said
    assert "Warning" not in ended.said


def test_every_module_is_imported_without_a_warning(guest: Newcomer, tmp_path: Path) -> None:
    ended = guest.run("python", "-W", "error", "-c", IMPORTING, cwd=tmp_path)
    assert ended.code == 0, ended.said


def test_every_file_is_compiled_without_a_warning(newest: Path, tmp_path: Path) -> None:
    """Newer Pythons warn of more: escapes that are none, leaving a ``finally``."""
    code = (
        "import sys, pathlib\n"
        "for path in pathlib.Path(sys.argv[1]).rglob('*.py'):\n"
        "    compile(path.read_text(encoding='utf-8'), str(path), 'exec')\n"
    )
    for folder in ("src", "tests", "examples"):
        words = [str(newest), "-W", "error", "-c", code, str(ROOT / folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_the_unit_tests_pass(newest: Path, tmp_path: Path) -> None:
    words = ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *UNITS]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [str(newest), *words, f"--basetemp={tmp_path / 'inner'}"],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"\d{2,} passed", done.stdout), done.stdout


def test_the_package_names_no_python_that_is_not_tried(newest: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: 3\.(\d+)", "\n".join(project["classifiers"]))
    minor = "import sys; print(sys.version_info[1])"
    done = subprocess.run([newest, "-c", minor], capture_output=True, text=True, check=True)
    minors = [int(one) for one in named]
    assert minors == [*range(11, max(minors) + 1)]
    assert max(minors) <= int(done.stdout)
    assert project["requires-python"] == ">=3.11"


def test_nothing_is_written_for_a_newer_python_than_the_oldest() -> None:
    """The syntax and the modules of 3.11 are enough."""
    for path in (ROOT / "src").rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 11))


def test_the_newest_released_python_is_taken() -> None:
    def listed(version: str, **more: object) -> dict[str, object]:
        return {
            "version": version,
            "path": f"/{version}",
            "implementation": "cpython",
            "variant": "default",
        } | more

    found = [
        listed("3.13.2"),
        listed("3.13.10"),
        listed("3.12.1"),
        listed("3.11.9"),
        listed("3.15.0a1"),
        listed("3.14.1", implementation="pypy"),
        listed("3.14.2", variant="freethreaded"),
        listed("3.14.3", path=None),
    ]
    taken = [str(path) for path in newer_ones(json.dumps(found), (3, 11))]
    assert taken == ["/3.12.1", "/3.13.2", "/3.13.10"]
    assert newer_ones("", (3, 11)) == []
