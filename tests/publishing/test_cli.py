"""``runfolio publish`` as it is typed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from tests.publishing.conftest import log_run
from tests.publishing.repositories import commits_of, files_of, git, refuse_pushes
from tests.publishing.test_secrets import MAIL, TOKEN


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["publish", *map(str, words)])


def test_a_store_is_built_and_published(work: Path, remote: Path, store: Path) -> None:
    log_run(store)
    options = ("--repository", work, "--store", store, "--title", "Wine", "--path", "pr/1")
    result = run("gh-pages", *options, "--message", "Results")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Published ")
    assert "to the branch 'gh-pages' of 'origin', pr/1" in result.stdout
    assert "pr/1/index.html" in files_of(remote)
    assert commits_of(remote) == ["Results"]
    again = run("gh-pages", *options)
    assert again.stdout.startswith("Nothing to publish: all is in the branch 'gh-pages'")
    assert commits_of(remote) == ["Results"]


def test_json_is_one_document(work: Path, remote: Path, small_site: Path) -> None:
    git(work, "remote", "set-url", "--push", "origin", remote.as_uri())
    result = run("gh-pages", "--repository", work, "--site", small_site, "--json")
    told = json.loads(result.stdout)
    assert told["changed"] is True
    assert told["commit"] == git(remote, "rev-parse", "gh-pages")
    assert told["place"] == "the branch 'gh-pages' of 'origin'"


def test_options_reach_the_branch(work: Path, remote: Path, small_site: Path) -> None:
    options = ("--repository", work, "--site", small_site, "--branch", "site")
    for number in (1, 2, 3):
        run("gh-pages", *options, "--path", f"pr/{number}", "--history", "squash")
    assert commits_of(remote, "site") == ["Publish report pr/3"]
    result = run("gh-pages", *options, "--path", "pr/3", "--prune", "1", "--prune", "30d")
    assert "1 report removed" in result.stdout
    result = run("gh-pages", *options, "--path", "pr/3", "--keep", "1", "--no-push")
    assert "to the branch 'site', pr/3" in result.stdout
    assert commits_of(work, "site")[0] == "Publish report pr/3"
    assert "pr/2/index.html" in files_of(remote, "site")


def test_a_report_is_taken_down(tmp_path: Path, small_site: Path) -> None:
    for path in ("pr/1", "pr/2"):
        run("dir", tmp_path / "public", "--site", small_site, "--path", path)
    result = run("dir", tmp_path / "public", "--path", "pr/1", "--remove", "--dry-run")
    assert result.stdout == f"Would remove 'pr/1' from the folder '{tmp_path / 'public'}'\n"
    result = run("dir", tmp_path / "public", "--path", "pr/1", "--remove")
    assert result.stdout.startswith("Removed 'pr/1' from the folder")
    result = run("dir", tmp_path / "public", "--path", "pr/1", "--remove")
    assert result.stdout.startswith("Nothing to remove: there is no report in the folder")
    run("dir", tmp_path / "public", "--site", small_site)
    result = run("dir", tmp_path / "public", "--remove")
    assert result.stdout.startswith("Removed the report at the root from the folder")
    assert not (tmp_path / "public" / "pr" / "1").exists()


def test_a_dry_run_says_what_it_would_do(tmp_path: Path, small_site: Path) -> None:
    result = run("dir", tmp_path / "public", "--site", small_site, "--dry-run")
    assert result.stdout.startswith("Would publish ")
    assert not (tmp_path / "public").exists()


def test_problems_are_listed_at_once(tmp_path: Path, store: Path) -> None:
    log_run(store, name="leaky", api_token=TOKEN)
    result = run("dir", tmp_path / "public", "--store", store, "--max-size", "10kB")
    assert result.exit_code == 1
    first, second, last = result.stderr.splitlines()
    assert "api_token" in first
    assert second.startswith("all that would lie there")
    said = "Error: Nothing was published: 2 problems are in the way. Build it with --redact, "
    assert last.startswith(said)
    assert last.endswith("--allow-secrets.")
    result = run("dir", tmp_path / "public", "--store", store)
    (last,) = result.stderr.splitlines()
    assert "api_token" in last
    assert "[redacted]. Build it with --redact" in last
    assert TOKEN not in result.output
    told = json.loads(run("dir", tmp_path / "public", "--store", store, "--json").stdout)
    assert (told["changed"], len(told["problems"])) == (False, 1)
    options = ("--store", store, "--allow-secrets", "--exclude", "artifacts:*")
    assert run("dir", tmp_path / "public", *options).exit_code == 0
    assert run("dir", tmp_path / "safe", "--store", store, "--redact").exit_code == 0


def test_mistakes_in_narrative_reports_are_told(tmp_path: Path, store: Path) -> None:
    log_run(store)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "one.md").write_text("# One\n\n{{ best(metrics.nothing) }}\n")
    result = run("dir", tmp_path / "public", "--store", store, "--reports", tmp_path / "reports")
    assert result.exit_code == 0, result.output
    assert "one.md:3: " in result.stderr
    options = ("--store", store, "--reports", tmp_path / "reports", "--strict")
    result = run("dir", tmp_path / "public", *options)
    assert result.exit_code == 1
    assert "one.md:3: " in result.stderr.splitlines()[0]


def test_damaged_parts_and_what_could_not_be_masked_are_told(tmp_path: Path, store: Path) -> None:
    log_run(store)
    damaged = log_run(store, name="damaged")
    with runfolio.start_run(experiment="wine", name="weights", store=store, capture=False) as one:
        (tmp_path / "model.bin").write_bytes(b"\0\1\2" * 100)
        one.log_artifact(tmp_path / "model.bin")
    (store / "runs" / damaged / "tables" / "metrics.parquet").write_bytes(b"PAR1")
    result = run("dir", tmp_path / "public", "--store", store, "--redact")
    assert result.exit_code == 0, result.output
    assert f"runs/{damaged}/tables/metrics.parquet" in result.stderr
    assert "Not looked into, as they are no text: 1 .bin." in result.stderr


def test_broken_links_may_be_allowed(tmp_path: Path, site: Path) -> None:
    (site / "compare.html").write_text('<a href="nowhere.html">')
    result = run("dir", tmp_path / "public", "--site", site)
    assert result.exit_code == 1
    assert "broken link: compare.html:1: href='nowhere.html'" in result.stderr
    options = ("--site", site, "--allow-broken-links")
    assert run("dir", tmp_path / "public", *options).exit_code == 0


def test_people_are_warned_of_once(tmp_path: Path, store: Path) -> None:
    for number in range(3):
        log_run(store, name=f"run {number}", **{f"author {n}": MAIL for n in range(12)})
    result = run("dir", tmp_path / "public", "--store", store)
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert lines[0].startswith("Warning: the report names people or machines")
    assert lines[-1] == "  … 2 more: `runfolio secrets` lists them"
    assert len(lines) == 12


def test_an_anonymous_report_names_nobody(work: Path, remote: Path, store: Path) -> None:
    git(work, "config", "user.name", "Ada")
    git(work, "config", "user.email", MAIL)
    log_run(store, author=MAIL)
    result = run("gh-pages", "--repository", work, "--store", store, "--anonymous")
    assert result.exit_code == 0, result.output
    assert "Ada" not in git(remote, "log", "--format=fuller", "gh-pages")
    assert git(remote, "log", "--format=%ad", "gh-pages").endswith("+0000")
    shown = subprocess.run(
        ["git", "grep", "--text", "-c", MAIL, "gh-pages"],
        cwd=remote,
        capture_output=True,
        check=False,
    )
    assert (shown.returncode, shown.stdout) == (1, b"")


def test_a_refused_push_is_one_line(work: Path, remote: Path, small_site: Path) -> None:
    refuse_pushes(remote, "no")
    result = run("gh-pages", "--repository", work, "--site", small_site)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("Error: The remote 'origin' refused the branch 'gh-pages'")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("dir",), "Missing argument 'TARGET'"),
        (("s3", "bucket"), "'bucket' is no address such as s3://bucket/reports"),
        (("dir", "x", "--max-size", "much"), "'much' is no size. Write 900MB, 1GB or 100MiB."),
        (("dir", "x", "--prune", "../x"), "The path '../x' can't be a report's"),
        (("dir", "x", "--prune", "1.1.1d"), "'1.1.1d' is no length of time"),
        (("dir", "x", "--keep", "0"), "0 is not in the range"),
    ],
)
def test_what_is_typed_wrongly_is_explained(words: tuple[str, ...], message: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize("path", ["/etc", "../x", ".git"])
def test_a_path_that_leaves_the_target_is_refused(
    tmp_path: Path, small_site: Path, path: str
) -> None:
    result = run("dir", tmp_path / "public", "--site", small_site, "--path", path)
    assert result.exit_code == 1
    assert f"The path {path!r} can't be a report's" in result.stderr


@pytest.mark.parametrize(
    ("text", "size"), [("900MB", 900_000_000), ("1GiB", 1 << 30), ("1.5k", 1500), ("12", 12)]
)
def test_sizes_are_read(text: str, size: int) -> None:
    import click

    from runfolio.cli.words import read_size

    context = click.Context(main)
    assert read_size(context, click.Option(["--max-size"]), text) == size
