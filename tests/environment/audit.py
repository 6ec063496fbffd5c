"""Ask pip-audit for what is known against the pins: ``python -m tests.environment.audit``.

A package with an advisory ends this with code 1, and so does one that the service doesn't know,
because that says nothing about it. Where no service is reached, a line says so; that is a failure
with ``--must-reach`` alone, so that a machine without it can still check the rest. Advisories that
don't concern Runfolio are named in audit.toml, with a reason and the last day on which it holds.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.environment.apart import InstallFailed, install_apart, pins_of, python_of
from tests.environment.tools import ROOT

LISTS = (ROOT / "constraints.txt", pins_of("supply"), pins_of("fuzz"))
IGNORED = Path(__file__).with_name("audit.toml")
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Ignored:
    """An advisory of a package that is no reason to fail, until the end of a day."""

    advisory: str
    package: str
    reason: str
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to print, and whether that is a failure."""

    lines: tuple[str, ...]
    failed: bool


def main(arguments: list[str]) -> int:
    """Audit all lists, print what was found, and return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.environment.audit")
    parser.add_argument("--must-reach", action="store_true", help="fail where no service answers")
    options = parser.parse_args(arguments)
    ignored = read_ignored(IGNORED.read_text(encoding="utf-8"))
    try:
        install_apart("supply")
        packages = [one for path in LISTS for one in ask_pip_audit(path)]
    except (InstallFailed, Unreachable) as error:
        verdict = unreachable(str(error), must_reach=options.must_reach)
    else:
        verdict = judge(packages, ignored, datetime.datetime.now(datetime.UTC).date())
        if is_unreachable(packages):
            verdict = unreachable("it knows no package at all", must_reach=options.must_reach)
    print("\n".join(verdict.lines))
    return int(verdict.failed)


class Unreachable(Exception):  # noqa: N818
    """pip-audit has no answer; the message is its own last line."""


def ask_pip_audit(path: Path) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a list of pins; nothing is installed for it."""
    command = [str(python_of("supply")), "-m", "pip_audit", "--requirement", str(path)]
    options = ["--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off"]
    try:
        done = subprocess.run(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"no answer within {SECONDS} s") from None
    return read_answer(done.stdout, done.stderr)


def read_answer(output: str, errors: str) -> list[dict[str, Any]]:
    """The packages of pip-audit's JSON, which it prints whether it found something or not."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = [line for line in errors.splitlines() if line.strip()] or ["it said nothing"]
        raise Unreachable(said[-1].strip()) from None
    return packages


def read_ignored(text: str) -> list[Ignored]:
    """The advisories of audit.toml."""
    return [Ignored(**entry) for entry in tomllib.loads(text).get("ignored", [])]


def is_unreachable(packages: list[dict[str, Any]]) -> bool:
    """Whether not one package is known, as where only a mirror of the packages is reached."""
    return all("skip_reason" in package for package in packages)


def unreachable(reason: str, *, must_reach: bool) -> Verdict:
    """The verdict where there is no answer."""
    line = f"The pinned packages were not audited: no advisory service was reached ({reason})."
    return Verdict((line,), failed=must_reach)


def judge(packages: list[dict[str, Any]], ignored: list[Ignored], today: datetime.date) -> Verdict:
    """What an answer of pip-audit means on a day."""
    failures = [
        f"{package['name']}: not audited: {package['skip_reason']}"
        for package in packages
        if "skip_reason" in package
    ]
    notes, used = [], set()
    for package in packages:
        for found in package.get("vulns", []):
            line = _describe(package, found)
            rule = _find_rule(ignored, package["name"], found)
            if rule is None:
                failures.append(line)
            elif rule.until < today:
                failures.append(f"{line} It was ignored until {rule.until}: {rule.reason}")
            else:
                notes.append(f"{line} Ignored until {rule.until}: {rule.reason}")
            used.add(rule)
    failures += [
        f"{rule.package}: {rule.advisory} is no longer found; take it out of {IGNORED.name}"
        for rule in ignored
        if rule not in used
    ]
    names = {package["name"] for package in packages}
    last = f"{len(names)} packages audited, {len(failures)} to mend."
    return Verdict((*notes, *failures, last), failed=bool(failures))


def _find_rule(ignored: list[Ignored], package: str, found: dict[str, Any]) -> Ignored | None:
    names = {found["id"], *found.get("aliases", [])}
    return next((one for one in ignored if one.package == package and one.advisory in names), None)


def _describe(package: dict[str, Any], found: dict[str, Any]) -> str:
    names = ", ".join([found["id"], *found.get("aliases", [])])
    mended = ", ".join(found.get("fix_versions", [])) or "no version yet"
    return f"{package['name']} {package['version']}: {names}, mended in {mended}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
