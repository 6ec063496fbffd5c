"""``runfolio secrets``, and the options of ``build-report`` that say what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from runfolio.cli.report import main as build_report
from tests.privacy.samples import find_leaks, make_token

TOKEN = make_token("github", "cli")


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def secret_store(store: Path, tmp_path: Path) -> Path:
    (tmp_path / "model.bin").write_bytes(b"\0\1")
    for name in ("first\x1b[2J", "second"):
        with runfolio.start_run(store=store, experiment="e", name=name, capture=False) as run:
            run.log_params({"api_key": "x9y8z7w6v5", "data": "/home/somebody/x.csv"})
            run.log_artifact(tmp_path / "model.bin")
    return store


def test_secrets_are_listed_and_end_in_exit_code_1(secret_store: Path) -> None:
    result = call("secrets", str(secret_store))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("secret: credential in run ")
    assert lines[0].endswith(": parameter 'api_key' (and 1 other run): [redacted]")
    assert lines[1].endswith(": parameter 'data' (and 1 other run): ~/x.csv")
    assert lines[2:] == [
        "1 likely secret, 1 personal detail. build-report --redact masks them.",
        "Not looked into, as they are no text: 2 .bin.",
    ]
    assert "x9y8z7w6v5" not in result.output
    assert "somebody" not in result.output
    assert "\x1b" not in result.output


def test_what_is_only_personal_is_no_failure(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_param("data", "/home/somebody/x.csv")
    result = call("secrets", str(store))
    assert result.exit_code == 0
    assert "0 likely secrets, 1 personal detail" in result.output


def test_nothing_to_find_is_said(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_param("lr", 0.1)
    result = call("secrets", str(store))
    assert (result.exit_code, result.output) == (0, "Nothing was found.\n")


def test_findings_as_json(secret_store: Path) -> None:
    result = call("secrets", str(secret_store), "--json")
    assert result.exit_code == 1
    document = json.loads(result.output)
    assert document["unread"] == {".bin": 2}
    first = document["findings"][0]
    assert set(first) == {"severity", "rule", "place", "shown", "places"}
    assert (first["severity"], first["shown"], first["places"]) == ("secret", "[redacted]", 2)


def test_many_personal_findings_are_counted(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_params({f"p{number}": f"/home/somebody/{number}" for number in range(250)})
    output = call("secrets", str(store)).output
    assert output.count("personal: ") == 200
    assert "… and 50 more that are personal; --json has all" in output


def test_a_store_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = call("secrets", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


def test_another_tools_store_is_read_as_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"epoch,loss,note\n0,1,{TOKEN}\n")
    result = call("secrets", str(tmp_path / "a.csv"), "--kind", "table", "--tag-column", "note")
    assert result.exit_code == 1
    assert "GitHub Token" in result.output


def test_build_report_redacts_and_says_what_it_could_not(
    secret_store: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    result = CliRunner().invoke(build_report, [str(secret_store), "-o", str(site), "--redact"])
    assert result.exit_code == 0, result.output
    assert result.stderr == (
        "Not looked into, as they are no text: 2 .bin. They stay as they are; --exclude leaves "
        "them out.\n"
    )
    assert find_leaks(site, {"key": "x9y8z7w6v5", "user": "somebody"}) == []


def test_build_report_leaves_out_what_it_is_told_to(secret_store: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    words = ["--exclude", "params:api_key", "--exclude", "artifacts:*.bin", "--anonymous"]
    result = CliRunner().invoke(build_report, [str(secret_store), "-o", str(site), *words])
    assert (result.exit_code, result.stderr) == (0, "")
    assert find_leaks(site, {"name": "api_key", "file": "model.bin"}) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--include", "lr"], "Error: --include takes KIND:PATTERN, not 'lr'."),
        (["--exclude", "params:x"], "Error: --exclude params:x matches nothing. The parameters: "),
        (["--include", "runs:a b"], "Error: --include runs:a b: The filter fails at column 3"),
    ],
)
def test_a_pattern_that_is_no_use_is_one_line(
    secret_store: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    site = tmp_path / "site"
    result = CliRunner().invoke(build_report, [str(secret_store), "-o", str(site), *words])
    assert result.exit_code == 1
    assert result.output.startswith(message)
    assert result.output.count("\n") == 1
    assert not site.exists()
