"""``runfolio comment`` from the command line: what it sends, says and refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from tests.review.hosts import TOKEN, FakeHost, Reply, github, gitlab, serving

MARK = "<!-- runfolio:report -->"


def run(*arguments: object, text: str | bytes | None = None) -> Result:
    words = ["comment", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(main, words, input=text)


@pytest.fixture(autouse=True)
def _no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests run in a job of GitHub, too."""
    for name in ("GITHUB_ACTIONS", "GITHUB_EVENT_PATH", "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture
def on_github(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHost]:
    with serving(FakeHost(), github) as host:
        for name, value in {
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": host.url,
            "GITHUB_REPOSITORY": "octo/cats",
            "GITHUB_REF": "refs/pull/7/merge",
        }.items():
            monkeypatch.setenv(name, value)
        yield host


def test_a_file_becomes_a_comment_on_the_jobs_host(on_github: FakeHost, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_bytes("\ufeffbetter ▲\r\n".encode())
    result = run("text.md")
    assert result.exit_code == 0
    assert result.output == (
        "Wrote the comment on pull request 7 of octo/cats: https://host.example/comment-1\n"
    )
    assert on_github.bodies() == [f"{MARK}\nbetter ▲"]
    assert "nothing changed: https" in run("text.md").output
    (tmp_path / "text.md").write_text("worse")
    assert run("text.md").output.startswith("Updated the comment on pull request 7")


def test_what_comes_in_becomes_a_comment(on_github: FakeHost) -> None:
    result = run("--marker", "seeds", "--json", text="better")
    assert json.loads(result.output) == {
        "action": "created",
        "place": "pull request 7 of octo/cats",
        "url": "https://host.example/comment-1",
        "characters": 30,
        "cut": False,
    }
    assert on_github.bodies() == ["<!-- runfolio:seeds -->\nbetter"]


def test_options_go_before_the_environment(on_github: FakeHost) -> None:
    with serving(FakeHost(), github) as other:
        result = run("--to", "github", "--api", other.url, "--repository", "octo/cats", text="x")
        assert result.exit_code == 0, result.output
        assert other.bodies() == [f"{MARK}\nx"]
    assert on_github.requests == []
    result = run("--pull-request", "8", text="x")
    assert result.exit_code == 1
    assert "pull request 8 of octo/cats" in result.output


def test_a_job_of_gitlab_writes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FakeHost(login="bot"), gitlab) as host:
        monkeypatch.setenv("GITLAB_CI", "true")
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        monkeypatch.setenv("CI_API_V4_URL", f"{host.url}/api/v4")
        monkeypatch.setenv("CI_PROJECT_ID", "octo/cats")
        monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
        result = run(text="better")
        assert result.output == "Wrote the comment on merge request 7 of project octo/cats.\n"
        assert host.bodies() == [f"{MARK}\nbetter"]


def test_the_summary_of_a_job_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert run("--to", "summary", text="better").output == "Wrote the job summary.\n"
    assert "better" in (tmp_path / "summary.md").read_text()


def test_a_dry_run_sends_nothing(on_github: FakeHost) -> None:
    result = run("--dry-run", text="bet\x1bter")
    assert result.output == f"{MARK}\nbet\\x1bter\n"
    found = json.loads(run("--dry-run", "--json", "--to", "gitlab", text="better").output)
    assert found == {
        "action": "would write",
        "to": "gitlab",
        "cut": False,
        "body": f"{MARK}\nbetter",
    }
    assert run("--dry-run", "--to", "summary", text="x").output.count("runfolio:report") == 2
    assert on_github.requests == []


@pytest.mark.parametrize("text", ["x" * 70_000, "line\n" * 30_000])
def test_a_cut_is_said(on_github: FakeHost, text: str) -> None:
    assert "the text was cut to what fits" in run(text=text).output


def test_a_refusal_is_one_line_without_the_token(on_github: FakeHost) -> None:
    on_github.expect("GET", "comments", Reply(403, {"message": f"no\x1b[2J {TOKEN}"}))
    result = run(text="better")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert result.output.startswith("Error: GitHub refuses the comment on pull request 7")
    assert "permissions: pull-requests: write" in result.output
    assert TOKEN not in result.output
    assert "\x1b" not in result.output


def test_little_patience_ends_early(on_github: FakeHost) -> None:
    on_github.expect("GET", "comments", Reply(429, None, {"Retry-After": "60"}))
    result = run("--max-wait", "10s", text="better")
    assert result.exit_code == 1
    assert "the most to wait is 10 s" in result.output


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["--to", "github"], "x", "There is no token for GitHub"),
        ([], "x", "this is no job of GitHub or GitLab. Give --to."),
        (["none.md"], None, "The text 'none.md' can't be read"),
        ([], b"\xff", "Give a Markdown file in UTF-8"),
        (["--dry-run", "--to", "github"], " \n", "the text is empty"),
        (["--dry-run", "--to", "github", "--marker", "-->"], "x", "A marker has up to 64"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], text: str | bytes | None, message: str
) -> None:
    result = run(*arguments, text=text)
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--to", "bitbucket"], ["--pull-request", "0"]])
def test_usage_mistakes_exit_with_2(arguments: list[str]) -> None:
    assert run(*arguments, text="x").exit_code == 2
