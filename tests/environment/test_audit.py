"""What an answer about the pinned packages means: a weakness, nothing, or no answer."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from tests.environment import audit
from tests.environment.apart import InstallFailed
from tests.environment.audit import (
    IGNORED,
    LISTS,
    Ignored,
    Unreachable,
    is_unreachable,
    judge,
    read_answer,
    read_ignored,
)
from tests.environment.pins import parse_pins

TODAY = datetime.date(2026, 11, 26)
RULE = Ignored("CVE-2026-1", "one", "Only on Windows.", TODAY)
CLEAN = {"name": "two", "version": "2.0", "vulns": []}
WEAK = {
    "name": "one",
    "version": "1.0",
    "vulns": [
        {"id": "PYSEC-2026-7", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"]},
    ],
}
SKIPPED = {"name": "three", "skip_reason": "Dependency not found and could not be audited"}


def test_packages_without_advisories_pass() -> None:
    verdict = judge([CLEAN], [], TODAY)
    assert not verdict.failed
    assert verdict.lines == ("1 packages audited, 0 to mend.",)


def test_an_advisory_fails_with_the_version_that_mends_it() -> None:
    verdict = judge([CLEAN, WEAK], [], TODAY)
    assert verdict.failed
    assert verdict.lines[0] == "one 1.0: PYSEC-2026-7, CVE-2026-1, mended in 1.1."


def test_an_advisory_is_ignored_with_a_reason_until_a_day() -> None:
    verdict = judge([CLEAN, WEAK], [RULE], TODAY)
    assert not verdict.failed
    assert verdict.lines[0].endswith("Ignored until 2026-11-26: Only on Windows.")
    late = judge([CLEAN, WEAK], [RULE], TODAY + datetime.timedelta(days=1))
    assert late.failed
    assert "It was ignored until 2026-11-26" in late.lines[0]


def test_a_rule_is_for_one_package_and_one_advisory() -> None:
    other = Ignored("CVE-2026-1", "two", "Another.", TODAY)
    assert judge([CLEAN, WEAK], [other], TODAY).failed
    assert judge([CLEAN, WEAK], [Ignored("CVE-2026-2", "one", "", TODAY)], TODAY).failed


def test_a_rule_for_what_is_no_longer_found_has_to_go() -> None:
    verdict = judge([CLEAN], [RULE], TODAY)
    assert verdict.failed
    assert verdict.lines[0] == "one: CVE-2026-1 is no longer found; take it out of audit.toml"


def test_a_package_that_was_skipped_fails() -> None:
    verdict = judge([CLEAN, SKIPPED], [], TODAY)
    assert verdict.failed
    assert verdict.lines[0].startswith("three: not audited: Dependency not found")
    assert not is_unreachable([CLEAN, SKIPPED])
    assert is_unreachable([SKIPPED, SKIPPED])


def test_an_answer_that_is_none_tells_the_last_line_of_the_error() -> None:
    assert read_answer('{"dependencies": [], "fixes": []}', "") == []
    with pytest.raises(Unreachable, match=r"^ConnectionError: no such host$"):
        read_answer("", "Traceback\nConnectionError: no such host\n\n")
    with pytest.raises(Unreachable, match="it said nothing"):
        read_answer("[]", "")


def answer(monkeypatch: pytest.MonkeyPatch, packages: list[dict[str, Any]] | Exception) -> None:
    """Let pip-audit be installed and say this of every list."""

    def ask(path: object) -> list[dict[str, Any]]:
        if isinstance(packages, Exception):
            raise packages
        return packages

    monkeypatch.setattr(audit, "install_apart", lambda name: None)
    monkeypatch.setattr(audit, "ask_pip_audit", ask)


@pytest.mark.parametrize("packages", [[SKIPPED], Unreachable("no such host")])
def test_a_service_that_is_not_reached_fails_only_where_it_must_be(
    packages: list[dict[str, Any]] | Exception,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(monkeypatch, packages)
    assert audit.main([]) == 0
    assert re.fullmatch(r"The pinned packages were not audited: .*\n", capsys.readouterr().out)
    assert audit.main(["--must-reach"]) == 1


def test_a_finding_fails_everywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, [CLEAN, WEAK])
    assert audit.main([]) == 1
    assert "one 1.0: PYSEC-2026-7" in capsys.readouterr().out
    answer(monkeypatch, [CLEAN])
    assert audit.main(["--must-reach"]) == 0


def test_pip_audit_that_can_not_be_installed_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> None:
        raise InstallFailed("pip failed")

    monkeypatch.setattr(audit, "install_apart", refuse)
    assert audit.main(["--must-reach"]) == 1
    assert "pip failed" in capsys.readouterr().out


def test_every_list_is_whole_hashed_and_without_addresses() -> None:
    for path in LISTS:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pins = parse_pins(text)
        assert pins
        assert all("--hash=sha256:" in "".join(pin.lines) for pin in pins)


def test_what_is_ignored_has_a_reason_and_a_day() -> None:
    example = IGNORED.read_text(encoding="utf-8").partition("such as:")[2].replace("#   ", "")
    (rule,) = read_ignored(example.replace("#\n", ""))
    assert rule.until == datetime.date(2026, 12, 31)
    for rule in read_ignored(IGNORED.read_text(encoding="utf-8")):
        assert len(rule.reason) > 20
        assert type(rule.until) is datetime.date
