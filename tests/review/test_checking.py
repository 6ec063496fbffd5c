"""Rules that say when a change is a regression."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import runfolio
from runfolio.errors import InvalidRule, RunNotFound
from runfolio.review.checking import CheckResult, check_runs
from runfolio.review.verdicts import make_check_document, render_check, render_junit
from tests.review.compared import log_run, log_seeds


def check(
    store: Path, rule: str, base: Sequence[float], head: Sequence[float], **options: Any
) -> tuple[str, str]:
    """The outcome and the message of a rule on a metric `m` of two sides."""
    log_seeds(store, "m", base, tags={"side": "old"})
    log_seeds(store, "m", head, tags={"side": "new"})
    result = check_runs(rule, baseline="tag:old", head="tag:new", store=store, **options)
    (one,) = result.rules[0].checked
    return one.outcome, one.message


@pytest.mark.parametrize(
    ("rule", "base", "head", "outcome"),
    [
        ("metrics.m rises > 1%", 1.0, 1.02, "failed"),
        ("metrics.m rises > 1%", 1.0, 1.01, "passed"),
        ("metrics.m rises >= 1%", 1.0, 1.01, "failed"),
        ("metrics.m rises > 1%", -1.0, -0.98, "failed"),
        ("metrics.m rises > 1%", 1.0, 0.5, "passed"),
        ("metrics.m drops > 1%", 1.0, 0.98, "failed"),
        ("metrics.m drops > 0.1", 1.0, 0.9, "passed"),
        ("metrics.m drops >= 0.1", 1.0, 0.9, "failed"),
        ("metrics.m changes > 5%", 1.0, 0.9, "failed"),
        ("metrics.m changes > 5%", 1.0, 1.1, "failed"),
        ("metrics.m changes > 20 %", 1.0, 1.1, "passed"),
        ("metrics.m rises > 0", 1.0, 1.0, "passed"),
        ("metrics.m rises > 0%", 0.0, 0.0, "passed"),
        ("metrics.m rises > 1%", 0.0, 1.0, "error"),
        ("metrics.m rises > 0.5", 0.0, 1.0, "failed"),
        ("metrics.m < 0.9", 1.0, 0.8, "failed"),
        ("metrics.m < 0.9", 1.0, 0.9, "passed"),
        ("metrics.m <= 0.9", 1.0, 0.9, "failed"),
        ("metrics.m != 1", 0.0, 1.0, "passed"),
        ("metrics.m = 1", 0.0, 1.0, "failed"),
        ("metrics.m > 1", 0.0, 1.0, "passed"),
        ("metrics.m rises > 1%", 1.0, math.nan, "failed"),
        ("metrics.m > 1", 1.0, math.nan, "failed"),
        ("metrics.m drops > 1%", 1.0, math.inf, "failed"),
        ("metrics.m rises > 1%", math.nan, 1.0, "error"),
    ],
)
def test_outcomes(store: Path, rule: str, base: float, head: float, outcome: str) -> None:
    assert check(store, rule, [base], [head])[0] == outcome


def test_a_move_within_noise_passes_unless_told_otherwise(store: Path) -> None:
    noisy = ([1.0, 1.3, 0.8], [1.1, 1.4, 0.9])
    outcome, message = check(store, "metrics.m rises > 1%", *noisy)
    assert (outcome, "within noise" in message) == ("passed", True)
    again = store.with_name("again")
    assert check(again, "metrics.m rises > 1%", *noisy, ignore_noise=True)[0] == "failed"
    clear = ([1.0, 1.01, 0.99], [1.1, 1.11, 1.09])
    outcome, message = check(store.with_name("clear"), "metrics.m rises > 1%", *clear)
    assert outcome == "failed"
    assert message == "1.0 → 1.1 (+10 %, interval [+0.077, +0.12])."


def test_one_run_that_diverged_fails_a_side_of_several(store: Path) -> None:
    outcome, message = check(store, "metrics.m rises > 1%", [1.0, 1.0], [1.0, math.nan])
    assert (outcome, message) == ("failed", "1 of 2 runs ended in NaN or infinity.")


def test_runs_that_broke_off_are_told(store: Path) -> None:
    for failed in (False, True):
        log_run(store, {"m": 1.0}, failed=failed)
    (one,) = check_runs("metrics.m > 2", head="", store=store).rules[0].checked
    assert one.message == "It is 1. Left out: 1 run that failed or was killed."


def test_a_run_that_goes_on_is_told(store: Path) -> None:
    run = runfolio.start_run(store=store, experiment="wine", capture=False)
    run.log_metric("m", 1.0)
    (one,) = check_runs("metrics.m > 2", head=run.id, store=store).rules[0].checked
    run.finish()
    assert (one.outcome, one.message) == ("passed", "It is 1. Still running: 1 run.")


def test_a_rule_that_matches_nothing_is_an_error(store: Path) -> None:
    base, head = log_run(store, {"m": 1.0, "old": 1.0}), log_run(store, {"m": 1.0, "fresh": 1.0})
    result = check_runs(
        ["metrics.nope < 1", "metrics.old rises > 1", "metrics.fresh rises > 1", "metrics.old < 0"],
        baseline=base,
        head=head,
        store=store,
    )
    assert [rule.outcome for rule in result.rules] == ["error"] * 4
    assert result.exit_code == 3
    assert result.rules[0].message == (
        "No run has the metric 'nope'. There are: 'fresh', 'm', 'old'."
    )
    assert result.rules[1].checked[0].message == "The head has no such metric."
    assert "baseline has no" in result.rules[2].checked[0].message
    with pytest.raises(RunNotFound):
        check_runs("metrics.m < 1", head="ffff", store=store)


def test_the_same_runs_on_both_sides_are_no_check(store: Path) -> None:
    head = log_run(store, {"m": 1.0})
    rules = ["metrics.m rises > 1%", "metrics.m < 0"]
    result = check_runs(rules, baseline=head, head=head, store=store)
    assert [rule.outcome for rule in result.rules] == ["error", "passed"]
    assert "the same runs" in str(result.rules[0].message)


def test_rules_that_need_no_baseline(store: Path) -> None:
    head = log_run(store, {"m": [3.0, 1.0, 2.0]})
    rules = ["metrics.m.max > 2", "metrics.`m`.min > 2", "metrics.m.count != 3"]
    result = check_runs(rules, head=head, store=store)
    assert [rule.outcome for rule in result.rules] == ["failed", "passed", "passed"]
    assert (result.base, result.exit_code) == (None, 1)
    with pytest.raises(InvalidRule, match=r"'metrics\.m rises > 1' needs a baseline"):
        check_runs("metrics.m rises > 1", head=head, store=store)
    with pytest.raises(InvalidRule, match="No rule to check"):
        check_runs([], head=head, store=store)


def test_a_metric_named_like_an_aggregate(store: Path) -> None:
    head = log_run(store, {"m": [5.0, 1.0], "m.max": 2.0})
    rules = ["metrics.m.max > 3", "metrics.`m`.max > 3", "metrics.m.best > 3"]
    result = check_runs(rules, head=head, store=store)
    assert [rule.outcome for rule in result.rules] == ["passed", "failed", "passed"]


def test_each_experiment_is_checked(store: Path) -> None:
    for name, before, after in (("a", 1.0, 1.0), ("b", 1.0, 2.0)):
        log_run(store, {"m": before}, experiment=name, tags={"side": "old"})
        log_run(store, {"m": after}, experiment=name, tags={"side": "new"})
    log_run(store, {"m": 9.0}, experiment="fresh", tags={"side": "new"})
    result = check_runs(
        ["metrics.m rises > 1%", "metrics.m > 8"], baseline="tag:old", head="tag:new", store=store
    )
    found = [{one.experiment: one.outcome for one in rule.checked} for rule in result.rules]
    assert found == [
        {"a": "passed", "b": "failed"},
        {"a": "passed", "b": "passed", "fresh": "failed"},
    ]
    only = check_runs(
        "metrics.m rises > 1%", baseline="tag:old", head="tag:new", experiments="a", store=store
    )
    assert only.exit_code == 0


def test_the_baseline_may_be_another_store(store: Path, tmp_path: Path) -> None:
    log_run(tmp_path / "main", {"m": 1.0})
    log_run(store, {"m": 2.0})
    result = runfolio.check_runs("metrics.m rises > 1%", store=store, base_store=tmp_path / "main")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "column 1: found the end, expected a metric such as metrics.loss"),
        ("m > 1", r"column 1: found 'm', expected a metric .* Write metrics\.m\."),
        ("params.m > 1", "column 1: found 'params.m', expected a metric"),
        ("metrics.m", r"column 10: found the end, expected rises, drops, changes, or one of ="),
        ("metrics.m rise > 1", "column 11: found 'rise', expected rises"),
        ("metrics.m rises", "column 16: found the end, expected > or >= and how far"),
        ("metrics.m rises < 1%", "column 17: found '<', expected > or >= after rises. Say which"),
        ("metrics.m rises > x", "column 19: found 'x', expected a number"),
        ("metrics.m rises > -1", "column 19: found '-1', expected how far it rises"),
        ("metrics.m > 5%", "column 14: found '%', expected the end. Per cent are of the baseline"),
        ("metrics.m == 5", "column 11: found '==', expected one of =, !="),
        ("metrics.m > 5 and metrics.m < 3", "column 15: found 'and', expected % or the end"),
        ("metrics.m rises > 5 % ok", "column 23: found 'ok', expected the end"),
        ("metrics.`m > 5", "a closing `"),
    ],
)
def test_a_mistake_in_a_rule_is_told_by_its_column(store: Path, rule: str, message: str) -> None:
    with pytest.raises(InvalidRule, match=message):
        check_runs(rule, baseline="", head="", store=store)


def hostile_result(store: Path) -> CheckResult:
    name = "a<b>&\"'\x01\x1b[31m\ufffe\n]]>"
    head = log_run(store, {name: 1.0, "m": 1.0}, experiment="ex\x02<p>")
    rules = [f"metrics.`{name}` > 0", "metrics.m > 2", "metrics.`no\x00pe` > 1"]
    return check_runs(rules, head=head, store=store)


def test_junit_is_xml_whatever_the_names(store: Path) -> None:
    text = render_junit(hostile_result(store))
    root = ElementTree.fromstring(text.encode())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    cases = root.findall("testsuite/testcase")
    assert [[child.tag for child in case] for case in cases] == [
        ["failure"],
        ["system-out"],
        ["error"],
    ]
    assert "⟨U+0001⟩⟨U+001B⟩[31m⟨U+FFFE⟩" in str(cases[0].get("name"))
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "ex⟨U+0002⟩<p>: It is 1."


def test_the_text_for_a_terminal_hides_nothing(store: Path) -> None:
    text = render_check(hostile_result(store))
    assert text.replace("\n", "").isprintable()
    assert [line[0] for line in text.splitlines() if line[0] != " "] == ["✗", "✓", "!"]


def test_the_document_for_programs(store: Path) -> None:
    log_seeds(store, "rmse", [1.0, 1.01], tags={"side": "old"})
    log_seeds(store, "rmse", [1.2, 1.21], tags={"side": "new"})
    result = check_runs("metrics.rmse rises > 5%", baseline="tag:old", head="tag:new", store=store)
    document = json.loads(json.dumps(make_check_document(result)))
    assert (document["schema"], document["exit_code"]) == (1, 1)
    (rule,) = document["rules"]
    assert (rule["rule"], rule["outcome"]) == ("metrics.rmse rises > 5%", "failed")
    (one,) = rule["experiments"]
    assert (one["experiment"], one["outcome"]) == ("wine", "failed")
    assert one["difference"]["head"]["values"] == [1.2, 1.21]
    assert one["difference"]["verdict"] == "worse"
