"""What a check found, as JUnit's XML, as a document for programs, and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree

from runfolio.review.checking import Checked, CheckResult, RuleResult
from runfolio.review.document import SCHEMA, describe_choice, describe_difference
from runfolio.review.escaping import show_hidden

SUITE: Final = "runfolio check"


def make_check_document(result: CheckResult) -> dict[str, Any]:
    """The whole result as plain dictionaries, lists, texts and numbers."""
    return {
        "schema": SCHEMA,
        "base": None if result.base is None else describe_choice(result.base),
        "head": describe_choice(result.head),
        "exit_code": result.exit_code,
        "rules": [_describe(rule) for rule in result.rules],
    }


def _describe(rule: RuleResult) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "outcome": rule.outcome,
        "message": rule.message,
        "experiments": [
            {
                "experiment": one.experiment,
                "outcome": one.outcome,
                "message": one.message,
                "difference": one.difference and describe_difference(one.difference),
            }
            for one in rule.checked
        ],
    }


def render_junit(result: CheckResult) -> str:
    """The result in JUnit's XML, a test case for each rule; an error is a rule not checked.

    Characters that XML forbids are shown by their codes.
    """
    outcomes = [rule.outcome for rule in result.rules]
    counts = {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failed")),
        "errors": str(outcomes.count("error")),
    }
    root = ElementTree.Element("testsuites", {"name": SUITE, **counts})
    skipped = {"skipped": str(outcomes.count("skipped"))}
    suite = ElementTree.SubElement(root, "testsuite", {"name": SUITE, **counts, **skipped})
    for rule in result.rules:
        _add_case(suite, rule)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ElementTree.Element, rule: RuleResult) -> None:
    named = {"classname": "runfolio.check", "name": show_hidden(rule.rule)}
    case = ElementTree.SubElement(suite, "testcase", named)
    lines = [show_hidden(line) for line in say_rule(rule)]
    if rule.outcome == "passed":
        ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
        return
    decisive = [show_hidden(line) for line in say_rule(rule, only=rule.outcome)] or lines
    tag = {"failed": "failure"}.get(rule.outcome, rule.outcome)
    said = ElementTree.SubElement(case, tag, {"message": decisive[0], "type": rule.outcome})
    said.text = "\n".join(lines)


def say_rule(rule: RuleResult, *, only: str | None = None) -> Iterator[str]:
    """What a rule says, a line for each experiment, or each with the outcome `only`."""
    if rule.message is not None:
        yield rule.message
    for one in rule.checked:
        if only is None or one.outcome == only:
            yield _say(one)


def _say(checked: Checked) -> str:
    return f"{checked.experiment}: {checked.message}"


def render_check(result: CheckResult) -> str:
    """The result as plain text: a line for each rule, and below it what was found."""
    lines = []
    for rule in result.rules:
        lines.append(f"{_MARKS[rule.outcome]} {show_hidden(rule.rule)}")
        lines += [f"    {show_hidden(line)}" for line in say_rule(rule)]
    return "\n".join(lines) + "\n"


_MARKS: Final = {
    "passed": "✓ passed ",
    "failed": "✗ failed ",
    "error": "! error  ",
    "skipped": "– skipped",
}
