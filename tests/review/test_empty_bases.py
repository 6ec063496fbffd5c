"""The first change of a project: there are no runs yet to compare the head with."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from runfolio.errors import InvalidFilter, RevisionNotFound, RunNotFound, SideEmpty, StoreNotFound
from runfolio.review.checking import check_runs
from runfolio.review.comparing import Comparison, compare_runs
from runfolio.review.document import make_document
from runfolio.review.markdown import render_markdown
from runfolio.review.verdicts import render_check, render_junit
from tests.review.compared import commit, log_run, log_seeds, make_repository, run_git

RULES = ["metrics.rmse rises > 1%", "metrics.rmse > 2", "metrics.rmse < 2"]


@pytest.fixture
def head(store: Path) -> Path:
    log_seeds(store, "rmse", [1.0, 1.02], params={"model": "cnn"}, tags={"side": "new"})
    return store


def compare(base: str, store: Path, **options: object) -> Comparison:
    return compare_runs(base, "tag:new", store=store, allow_empty_base=True, **options)  # type: ignore[arg-type]


def test_the_heads_numbers_are_shown_alone(head: Path) -> None:
    comparison = compare("tag:old", head)
    (one,) = comparison.experiments
    assert comparison.lacks_base
    assert (one.base.runs, one.metrics[0].verdict, one.metrics[0].change) == ((), "new", None)
    text = render_markdown(comparison).replace("\u00a0", " ")
    assert text.split("<details><summary>2 runs")[0] == (
        "**• Nothing to compare with yet:** `rmse` 1.01 ± 0.014 (n = 2).\n\n"
        "Base: `tag:old`, no runs yet. Head: `tag:new`, 2 runs.\n\n"
        "| metric | head (n = 2) |\n| --- | --: |\n| `rmse` ↓ | 1.01 ± 0.014 |\n\n"
        "<details><summary>2 parameters</summary>\n\n"
        "| parameter | head |\n| --- | --- |\n| `model` | `cnn` |\n| `seed` | `0`, `1` |\n\n"
        "</details>\n\n"
    )
    with pytest.raises(SideEmpty, match="tag:old"):
        compare_runs("tag:old", "tag:new", store=head)


def test_every_form_of_a_base_without_runs(head: Path, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    commit(repository, "1", at=1)
    assert compare("git:main", head, repository=repository).lacks_base
    assert compare("params.model = 'gru'", head).lacks_base
    apart = compare("", head, base_store=tmp_path / "later")
    assert (apart.lacks_base, apart.base.text) == (True, str(tmp_path / "later"))
    near = compare("", head, base_store="later")
    assert "Base: `later`, no runs yet." in render_markdown(near)
    assert not compare("tag:new", head).lacks_base


def test_a_mistake_is_still_one(head: Path, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    for number in (1, 2):
        commit(repository, str(number), at=number)
    run_git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "clone")
    for base, folder, error in [
        ("git:mian", repository, RevisionNotFound),
        ("git:main", tmp_path / "clone", RevisionNotFound),
        ("git:main", tmp_path, RevisionNotFound),
        ("params.model =", repository, InvalidFilter),
        ("ffff", repository, RunNotFound),
    ]:
        with pytest.raises(error):
            compare(base, head, repository=folder)
    with pytest.raises(SideEmpty, match="tag:newer"):
        compare_runs("tag:new", "tag:newer", store=head, allow_empty_base=True)
    with pytest.raises(StoreNotFound):
        compare_runs("", "", store=tmp_path / "later", allow_empty_base=True)


def test_experiments_the_base_does_not_have(head: Path) -> None:
    log_run(head, {"f1": 0.5}, experiment="other", tags={"side": "new"})
    log_run(head, {"f1": 0.5}, experiment="third", tags={"side": "old"})
    comparison = compare("tag:old", head)
    assert [one.head.experiment for one in comparison.experiments] == ["other", "wine"]
    text = render_markdown(comparison)
    assert text.startswith("**• Nothing to compare with yet:** 2 experiments.")
    assert "Only the base has runs of `third`." in text
    assert "failed or were killed" not in text


def test_rules_on_a_change_are_skipped_and_others_count(head: Path) -> None:
    result = check_runs(
        RULES, baseline="tag:old", head="tag:new", store=head, allow_empty_base=True
    )
    assert [rule.outcome for rule in result.rules] == ["skipped", "passed", "failed"]
    assert result.exit_code == 1
    assert render_check(result).startswith(
        "– skipped metrics.rmse rises > 1%\n    wine: There is no"
    )
    suite = ElementTree.fromstring(render_junit(result).encode()).find("testsuite")
    assert suite is not None
    assert (suite.get("skipped"), suite.get("failures"), suite.get("errors")) == ("1", "1", "0")
    assert suite.find("testcase/skipped") is not None
    for rules, code in ((RULES[:2], 0), (["metrics.nope rises > 1%"], 3)):
        again = check_runs(
            rules, baseline="tag:old", head="tag:new", store=head, allow_empty_base=True
        )
        assert again.exit_code == code


def test_a_metric_that_is_new_has_no_baseline_yet(head: Path) -> None:
    log_run(head, {"f1": 0.5}, tags={"side": "old"})
    check = partial(check_runs, RULES[0], baseline="tag:old", head="tag:new", store=head)
    assert check().exit_code == 3
    result = check(allow_empty_base=True)
    assert (result.rules[0].outcome, result.exit_code) == ("skipped", 0)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_each_format(head: Path, form: str) -> None:
    words = ("compare", "tag:old", "tag:new", "--format", form)
    assert call(*words).exit_code == 1
    result = call(*words, "--allow-empty-base")
    assert result.exit_code == 0
    if form == "json":
        document = json.loads(result.stdout)
        assert document == json.loads(json.dumps(make_document(compare("tag:old", head))))
        assert (document["lacks_base"], document["base"]["runs"]) == (True, [])
    else:
        assert "Nothing to compare with yet" in result.stdout
        assert "1.01 ± 0.014" in result.stdout.replace("\u00a0", " ")
        assert "verdict" not in result.stdout


def test_check_from_the_command_line(head: Path) -> None:
    words = ("check", "--baseline", "tag:old", "--head", "tag:new", "--fail-if", RULES[0])
    assert call(*words).exit_code == 3
    result = call(*words, "--allow-empty-base")
    assert (result.exit_code, result.stdout[:9]) == (0, "– skipped")
