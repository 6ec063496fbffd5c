"""``runfolio ls``, ``show`` and ``search``."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def output(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.output


def parse(*words: str) -> Any:
    """The one JSON document that a command prints; NaN and the like are no JSON."""

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    return json.loads(output(*words, "--json"), parse_constant=refuse)


def log_run(store: Path, name: str = "a", experiment: str = "wine", **options: Any) -> str:
    with runfolio.start_run(
        store=store, name=name, experiment=experiment, capture=False, **options
    ) as run:
        run.log_metric("loss", len(name))
    return run.id


def test_ls_lists_experiments_and_runs(store: Path) -> None:
    first = log_run(store, "first", params={"depth": 3})
    second = log_run(store, "second")
    lines = output("ls").splitlines()
    assert lines[0].split() == [
        *("name", "runs", "last_activity", "primary_metric", "direction", "best"),
    ]
    assert lines[1].split()[:2] == ["wine", "2"]
    assert lines[1].split()[-3:] == ["loss", "down", "5"]
    lines = output("ls", "wine").splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        [second[:8], "second", "FINISHED"],
        [first[:8], "first", "FINISHED"],
    ]
    assert "metrics.loss" in lines[0]
    assert "params.depth" in lines[0]
    assert len(output("ls", "wine", "--limit", "1").splitlines()) == 2
    assert output("ls", "-n", "0") == "No experiments.\n"


def test_ls_as_json(store: Path) -> None:
    run_id = log_run(store)
    (row,) = parse("ls")
    assert (row["name"], row["runs"], row["best"], row["best_run_id"]) == ("wine", 1, 1, run_id)
    assert row["last_activity"].endswith("+00:00")
    assert row["note"] is None
    (row,) = parse("ls", "wine")
    assert (row["run_id"], row["metrics.loss"], row["git_dirty"]) == (run_id, 1, None)


def test_deleted_runs_are_listed_when_asked_for(store: Path) -> None:
    gone = log_run(store, "gone")
    log_run(store, "kept")
    assert output("ls", "wine", "--deleted") == "No runs.\n"
    runfolio.delete_runs(gone, store=store)
    assert [row["name"] for row in parse("ls", "wine")] == ["kept"]
    assert [row["name"] for row in parse("ls", "wine", "--deleted")] == ["gone"]
    assert [row["name"] for row in parse("ls", "wine", "--all")] == ["kept", "gone"]
    assert [row["name"] for row in parse("search", "--deleted")] == ["gone"]
    assert parse("ls", "--deleted")[0]["runs"] == 1
    assert "of wine, deleted" in output("show", gone)


def test_search_finds_orders_and_limits(store: Path) -> None:
    for name in ("a", "bb", "ccc"):
        log_run(store, name)
    log_run(store, "a", "beer")
    rows = parse("search", "metrics.loss < 3", "--order-by", "metrics.loss DESC")
    assert rows[0]["name"] == "bb"
    assert len(rows) == 3
    rows = parse("search", "--experiment", "wine", "--order-by", "name", "-n", "2")
    assert [row["name"] for row in rows] == ["a", "bb"]
    rows = parse("search", "name = 'ccc'", "--aggregate", "min", "--aggregate", "count")
    assert (rows[0]["metrics.loss.min"], rows[0]["metrics.loss.count"]) == (3, 1)
    lines = output("search", "name = 'bb'").splitlines()
    assert lines[0].split()[:4] == ["run_id", "experiment", "name", "status"]
    assert lines[1].split()[1:3] == ["wine", "bb"]
    assert output("search", "name = 'zz'") == "No runs match.\n"
    assert parse("search", "name = 'zz'") == []


def test_the_columns_that_were_asked_for_are_shown(store: Path) -> None:
    params = {f"p{number}": number for number in range(20)}
    log_run(store, params=params)
    header = output("search", "params.p17 = 17").splitlines()[0].split()
    assert "params.p17" in header
    assert "params.p16" not in header


def test_what_is_missing_is_blank_and_nan_is_said(store: Path) -> None:
    with runfolio.start_run(store=store, experiment="wine", name="nan", capture=False) as run:
        run.log_metrics({"loss": math.nan, "low": -math.inf})
        run.log_param("x", math.nan)
    log_run(store, "none", "wine")
    with runfolio.start_run(store=store, experiment="tea", name="bare", capture=False):
        pass
    nan, none = parse("search", "--experiment", "wine", "--order-by", "name")
    assert (nan["metrics.loss"], nan["metrics.low"], nan["params.x"]) == ("NaN", "-Infinity", "NaN")
    assert (none["metrics.loss"], none["metrics.low"], none["params.x"]) == (4, None, None)
    lines = output("ls", "wine").splitlines()
    assert sum("NaN" in line for line in lines) == 1
    tea, _ = parse("ls")
    assert (tea["name"], tea["best"], tea["primary_metric"]) == ("tea", None, None)
    assert "NaN" not in output("ls")


def test_a_live_run_is_listed_and_shown(store: Path) -> None:
    live = runfolio.start_run(store=store, experiment="wine", name="live", capture=False)
    try:
        assert "RUNNING" in output("ls", "wine")
        assert "RUNNING, started" in output("show", live.id)
        assert parse("show", live.id)["end_time"] is None
    finally:
        live.finish()


def test_show_tells_all_of_a_run(store: Path) -> None:
    with runfolio.start_run(
        store=store,
        experiment="wine",
        name="a",
        params={"depth": 3, "bag": False},
        tags={"team": "red"},
        note="one\ntwo",
        capture=False,
    ) as run:
        run.log_metric("loss", 0.5)
        run.log_text("hello", "notes/a.txt")
    shown = output("show", run.id[:6])
    assert shown.startswith(f"a ({run.id}) of wine\nFINISHED, started 2")
    for words in ("depth 3", "bag no", "loss 0.5", "team red", "notes/a.txt 5 B text/plain"):
        assert words.split() in [line.split() for line in shown.splitlines()]
    assert shown.endswith("note\none\ntwo\n")
    found = parse("show", run.id[:6])
    assert found["id"] == run.id
    assert found["params"] == {"depth": 3, "bag": False}
    assert found["metrics"] == {"loss": 0.5}
    assert Path(found["artifacts"][0]["file"]).read_text() == "hello"
    assert found["folder"].endswith(run.id)
    assert not any(key.startswith("_") for key in found)


def test_a_run_with_nan_is_still_json(store: Path) -> None:
    with runfolio.start_run(store=store, params={"x": math.nan}, capture=False) as run:
        run.log_metrics({"a": math.nan, "b": math.inf, "c": -math.inf})
    found = parse("show", run.id)
    assert found["metrics"] == {"a": "NaN", "b": "Infinity", "c": "-Infinity"}
    assert found["params"] == {"x": "NaN"}


@pytest.mark.parametrize("evil", ["\x1b", "\x9b", "\x7f", "\u202e", "\U000e0041", "\r"])
def test_control_characters_are_shown_and_never_sent(store: Path, evil: str) -> None:
    text = f"a{evil}[31mb"
    with runfolio.start_run(
        store=store,
        experiment=text,
        name=text,
        params={text: text},
        tags={text: text},
        note=text,
        capture=False,
    ) as run:
        run.log_metric(text, 1)
    commands = [["ls"], ["ls", text], ["search"], ["show", run.id]]
    for words in commands:
        shown = output(*words)
        assert evil not in shown
        assert repr(text)[1:-1] in shown
        assert evil not in output(*words, "--json")
    assert parse("show", run.id)["name"] == text
    (row,) = parse("search")
    assert row[f"params.{text}"] == text
    assert row[f"metrics.{text}"] == 1
    result = call("ls", f"no{evil}")
    assert result.exit_code == 1
    assert evil not in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ls", "nope"], "No experiment 'nope' in"),
        (["show", "zz"], "No run 'zz' in"),
        (["show", ""], "run"),
        (["search", "metrics.loss <"], "The filter fails at column"),
        (["search", "--order-by", "metrics.loss DSC"], "The order 'metrics.loss DSC' fails"),
        (["search", "--aggregate", "median"], "Unknown aggregate 'median'"),
        (["search", "--experiment", "nope"], "No experiment 'nope' in"),
        (["ls", "--store", "none"], "No run store at"),
    ],
)
def test_a_mistake_is_one_line(store: Path, words: list[str], said: str) -> None:
    log_run(store)
    result = call(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_the_store_is_an_option_or_the_environment_s_or_runs(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run(store, experiment="here")
    log_run(tmp_path / "other", experiment="there")
    assert [row["name"] for row in parse("ls")] == ["here"]
    monkeypatch.setenv("RUNFOLIO_STORE", str(tmp_path / "other"))
    assert [row["name"] for row in parse("ls")] == ["there"]
    assert [row["name"] for row in parse("ls", "--store", str(store))] == ["here"]


def test_a_limit_is_no_negative_number(store: Path) -> None:
    log_run(store)
    assert call("ls", "-n", "-1").exit_code == 2
