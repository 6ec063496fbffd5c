"""``runfolio`` from the command line."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

import runfolio
from runfolio.cli.main import main
from runfolio.store import read_store


def test_describe_sets_the_primary_metric(store: Path) -> None:
    with runfolio.start_run(experiment="wine", store=store, capture=False) as run:
        run.log_metric("rmse", 1)
    words = ["describe", "wine", "--primary-metric", "rmse", "--direction", "down"]
    result = CliRunner().invoke(main, [*words, "--store", str(store)])
    assert result.exit_code == 0, result.output
    settings = read_store(store).experiments["wine"]
    assert (settings.primary_metric, settings.direction) == ("rmse", "down")


def test_describe_needs_something_to_say(store: Path) -> None:
    with runfolio.start_run(experiment="wine", store=store, capture=False):
        pass
    result = CliRunner().invoke(main, ["describe", "wine", "--store", str(store)])
    assert result.exit_code == 1
    assert "Nothing to say" in result.output


def test_describe_makes_no_store(tmp_path: Path) -> None:
    words = ["describe", "wine", "--note", "x", "--store", str(tmp_path / "none")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "No run store" in result.output
    assert not (tmp_path / "none").exists()


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == f"runfolio, version {runfolio.__version__}\n"
