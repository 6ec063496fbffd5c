"""The browser scripts' own tests, in ``tests/js``, run by Node.js."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.environment.tools import find_node, require

JS_TESTS = sorted((Path(__file__).parent / "js").glob("*.test.js"))


@pytest.fixture(scope="module")
def node() -> Path:
    return require(find_node())


def run_js_tests(node: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Run one file of tests; the result's text names each test."""
    command = [str(node), "--test", "--test-reporter=tap", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("path", JS_TESTS, ids=lambda path: path.name)
def test_scripts(node: Path, path: Path) -> None:
    done = run_js_tests(node, path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout


def test_there_are_script_tests() -> None:
    assert JS_TESTS


def test_a_failing_script_test_is_noticed(node: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.test.js"
    path.write_text('require("node:test").test("one", () => { throw new Error("wrong"); });')
    done = run_js_tests(node, path)
    assert done.returncode != 0
    assert "# fail 1" in done.stdout
