"""``build-report --watch``: it builds again after a change, says what changed, and ends cleanly."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.cli.watching import PAUSE, Watched, change_line, find_watched, watch
from runfolio.errors import StoreDamaged
from runfolio.site import build_report
from runfolio.site.memory import BuildMemory
from runfolio.store.signature import folder_signature, store_signature

COMMAND = "from runfolio.cli.report import main; main()"


def log_run(store: Path, name: str = "one") -> str:
    with runfolio.start_run(experiment="demo", name=name, store=store, capture=False) as run:
        run.log_metric("loss", 1.0)
    return run.id


class Steps:
    """Stands for the pauses: each does the next thing, and the end is Ctrl-C."""

    def __init__(self, *steps: Callable[[], Any]) -> None:
        self.left = list(steps)
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if not self.left:
            raise KeyboardInterrupt
        self.left.pop(0)()


def test_it_builds_once_for_each_change(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_run(store)
    watched, built = Watched(store, ()), []
    steps = Steps(lambda: None, lambda: log_run(store), lambda: None)
    watch(watched, watched.look(), lambda: built.append(1), sleep=steps)
    assert len(built) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"Watching {store} until Ctrl-C.",
        "Stopped.",
    ]
    assert steps.pauses[0] == PAUSE


@pytest.mark.parametrize("error", [StoreDamaged("It is broken."), OSError("no space")])
def test_no_error_ends_it(
    store: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    log_run(store)
    watched, built = Watched(store, ()), []

    def build() -> None:
        built.append(1)
        if len(built) == 1:
            raise error

    watch(watched, (), build, sleep=Steps(lambda: None, lambda: log_run(store)))
    assert len(built) == 2
    assert capsys.readouterr().err == f"Error: {error}\n"


def test_a_change_during_the_first_build_is_not_missed(store: Path) -> None:
    log_run(store)
    watched, built = Watched(store, ()), []
    known = watched.look()
    log_run(store)
    watch(watched, known, lambda: built.append(1), sleep=Steps(lambda: None))
    assert built == [1]


def test_reports_templates_and_themes_are_watched_too(tmp_path: Path) -> None:
    store, reports, theme = tmp_path / "runs", tmp_path / "reports", tmp_path / "own.css"
    log_run(store)
    reports.mkdir()
    theme.write_text("a {}")
    watched = find_watched(str(store), reports=None, templates=None, theme=theme)
    before = watched.look()
    (reports / "text.md").write_text("# Title")
    assert watched.look() != before
    before = watched.look()
    theme.write_text("b {}")
    assert watched.look() != before
    assert folder_signature(tmp_path / "nothing") == (0, 0, 0)


def test_a_file_that_is_replaced_by_an_older_one_is_noticed(store: Path) -> None:
    import os

    log_run(store)
    before = store_signature(store)
    os.utime(next(store.rglob("params.parquet")), (1, 1))
    assert store_signature(store) != before


def test_a_line_says_which_runs_changed(store: Path, tmp_path: Path) -> None:
    first, memory = log_run(store), BuildMemory()
    build_report(store, output=tmp_path / "site", memory=memory)
    assert change_line(build_report(store, output=tmp_path / "site", memory=memory), 0.1) is None
    second = log_run(store, "two")
    line = change_line(build_report(store, output=tmp_path / "site", memory=memory), 0.14)
    runs = r"1 run new \((\w{8})\), 1 run changed \((\w{8})\)"
    said = re.fullmatch(rf"\d\d:\d\d:\d\d {runs}: \d+ of \d+ files .* 0\.1 s\.", line or "")
    assert said is not None, line
    assert (said[1], said[2]) == (second[:8], first[:8])
    runfolio.delete_runs(second, store=store)
    gone = change_line(build_report(store, output=tmp_path / "site", memory=memory), 0.1)
    assert f"1 run gone ({second[:8]})" in str(gone)


def test_the_command_rebuilds_and_stops(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    log_run(store)
    words = [str(store), "-o", str(tmp_path / "site"), "--watch"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", COMMAND, *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "1 run, 4 pages" in process.stdout.readline()
    assert process.stdout.readline().startswith("Watching ")
    new = log_run(store, "two")
    lines = ""
    while new[:8] not in lines:
        lines += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert rest.endswith("Stopped.\n")
    assert process.returncode == 0
    assert (tmp_path / "site" / "runs" / f"{new}.html").exists()
