from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import runfolio
from runfolio.tracking.capture.process import next_place
from runfolio.tracking.capture.variables import RECORDED, read_variables

from .scripts import run_script, script_environment


def test_values_of_the_list_are_kept_and_all_its_names() -> None:
    found = read_variables({"OMP_NUM_THREADS": "4", "TZ": "UTC", "HOME": "/home/ada", "PATH": "/"})
    assert found["values"] == {"OMP_NUM_THREADS": "4", "TZ": "UTC"}
    assert found["names"] == sorted(RECORDED)
    assert {"PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES", "LC_ALL"} <= set(RECORDED)
    assert "withheld" not in found


def test_users_name_more_of_them() -> None:
    said = {"RUNFOLIO_VARIABLES": "DATA_DIR, MODE,,A=B", "DATA_DIR": "data", "OTHER": "x"}
    found = read_variables(said)
    assert found["values"] == {"DATA_DIR": "data"}
    assert set(found["names"]) - set(RECORDED) == {"DATA_DIR", "MODE"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_TOKEN", "plain"),
        ("DB_PASSWORD", "x"),
        ("ADDRESS", "https://ada:S3CR3T@example.org/x"),
        ("MODE", "ghp_" + "a1" * 18),
        ("XLA_FLAGS", "x" * 2001),
    ],
)
def test_what_looks_like_a_secret_is_never_kept(name: str, value: str) -> None:
    found = read_variables({"RUNFOLIO_VARIABLES": name, name: value})
    assert found["withheld"] == [name]
    assert name not in found["names"]
    assert value not in repr(found)


def test_search_paths_in_the_code_are_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    said = os.pathsep.join([str(tmp_path / "src"), "lib", "/elsewhere", ""])
    found = read_variables({"PYTHONPATH": said}, root=tmp_path)
    moved = os.pathsep.join(["../src", "lib", "/elsewhere", ""])
    assert found["values"]["PYTHONPATH"] == moved
    alone = read_variables({"PYTHONPATH": str(tmp_path / "sub" / "src")})
    assert alone["values"]["PYTHONPATH"] == "src"


def test_runs_of_a_process_are_counted(tmp_path: Path) -> None:
    code = """
    for name in "ab":
        with runfolio.start_run(name=name, capture="code"): pass
    with runfolio.start_run(name="c", capture=["environment"]): pass
    """
    for _ in range(2):
        done = run_script(tmp_path, code, OMP_NUM_THREADS="3")
        assert (done.returncode, done.stderr) == (0, "")
    found = runfolio.search_runs(store=tmp_path / "runs", order_by="start_time")
    contexts = [runfolio.get_run(one, store=tmp_path / "runs").context for one in found["run_id"]]
    numbers = [one.get("number") for one in contexts]
    assert numbers == [0, 1, None, 0, 1, None]
    assert contexts[0]["process"] == contexts[1]["process"] != contexts[3]["process"]
    assert len(contexts[0]["process"]) == 16
    assert contexts[0]["source_kind"] == "script"
    assert contexts[2]["variables"]["values"]["OMP_NUM_THREADS"] == "3"
    assert "variables" not in contexts[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_a_process_of_its_own() -> None:
    code = (
        "import os\n"
        "from runfolio.tracking.capture.process import next_place\n"
        "print(*next_place(), flush=True)\n"
        "if os.fork() == 0: print(*next_place(), flush=True); os._exit(0)\n"
        "os.wait(); print(*next_place())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=script_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    first, child, second = (line.split() for line in done.stdout.splitlines())
    assert first[0] == second[0] != child[0]
    assert [first[1], child[1], second[1]] == ["0", "0", "1"]


def test_numbers_go_up() -> None:
    first, second = next_place(), next_place()
    assert second == (first.process, first.number + 1)
