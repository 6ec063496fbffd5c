"""Get what the tests use besides Python: ``python -m tests.environment.provide``.

Takes what the machine has first, installs what is missing, and notes the reason for everything
it couldn't get, so that the tests that need it are skipped with that reason. In continuous
integration (``CI=true``) a missing tool ends this with code 1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.environment import apart, newest, tools
from tests.environment.tools import BROWSER_TESTS, NODE_MODULES, NOTES, ROOT, Tool

INSTALLED_LOCK = NODE_MODULES / ".package-lock.json"
DOWNLOAD_SECONDS = 600


class InstallError(Exception):
    """One way to get a tool did not work; the message is the reason."""


def main() -> int:
    """Provide every tool, print one line for each, and return an exit code."""
    reasons = {
        "node": provide(tools.find_node, install_node_wheel),
        "npm": provide(tools.find_npm, install_node_wheel),
        "chromium": provide(tools.find_chromium, install_playwright_chromium, install_chromium),
        "firefox": provide(tools.find_firefox, install_firefox),
        "java": provide(tools.find_java, install_java),
        "npm packages": provide(find_npm_packages, install_npm_packages),
        newest.NAME: provide(newest.find_newest, install_newest_python),
    }
    # Half of the time goes to waiting for files.
    with ThreadPoolExecutor(max_workers=3) as pool:
        reasons |= zip(apart.ENVIRONMENTS, pool.map(provide_apart, apart.ENVIRONMENTS), strict=True)
    missing = {name: reason for name, reason in reasons.items() if reason}
    NOTES.write_text(json.dumps(missing, indent=1))
    for name, reason in missing.items():
        print(f"{name}: not available, its tests are skipped: {reason}")
    return 1 if missing and tools.in_ci() else 0


def provide(find: Callable[[], Tool], *ways: Callable[[], None]) -> str:
    """Try `ways` in turn until `find` is content; return why none worked, or an empty text."""
    failures: list[str] = []
    for way in ways:
        if find().path:
            return ""
        try:
            way()
        except InstallError as error:
            failures.append(str(error))
        tools.forget_found()
    return "" if find().path else "; ".join([without_hint(find().reason), *failures])


def provide_apart(name: str) -> str:
    """Provide an environment of other tools; return why it couldn't, or an empty text."""
    return provide(partial(find_apart, name), partial(install, name))


def without_hint(reason: str) -> str:
    return reason.partition(";")[0]


def install_node_wheel() -> None:
    """Node.js and npm from PyPI, pinned like every other package."""
    run("Node.js from PyPI", sys.executable, str(ROOT / "tests/environment/install.py"), "node")


def install_playwright_chromium() -> None:
    """The Chromium build that this version of Playwright was made for."""
    command = (sys.executable, "-m", "playwright", "install", "chromium", "--only-shell")
    run("Playwright's Chromium", *command, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT="20000")


def install_chromium() -> None:
    install_debian_package("chromium")


def install_firefox() -> None:
    install_debian_package("firefox-esr")


def install_java() -> None:
    install_debian_package("default-jre-headless")


def install_debian_package(package: str) -> None:
    """A package of Debian or its children, which only root may install."""
    if not shutil.which("apt-get"):
        raise InstallError(f"no apt-get to install {package} with")
    if os.geteuid() != 0:
        raise InstallError(f"only root may install Debian's {package}")
    run("the list of Debian's packages", "apt-get", "-qq", "update")
    install = ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", package)
    run(f"Debian's {package}", *install, DEBIAN_FRONTEND="noninteractive")


def find_npm_packages() -> Tool:
    """The installed npm packages, when they are those of the lock file."""
    lock = BROWSER_TESTS / "package-lock.json"
    if not INSTALLED_LOCK.exists() or not same_packages(lock, INSTALLED_LOCK):
        return Tool("npm packages", None, f"{NODE_MODULES} does not hold what the lock file says")
    return Tool("npm packages", NODE_MODULES)


def find_apart(name: str) -> Tool:
    """The Python of an environment of other tools, when it holds what its pins say."""
    if not apart.is_installed(name):
        return Tool(name, None, f"{apart.folder_of(name)} does not hold what its pins say")
    return Tool(name, apart.python_of(name))


def install(name: str) -> None:
    """An environment of other tools, from its pins."""
    print(f"Installing the {name} into {apart.folder_of(name)} …", flush=True)
    try:
        apart.install_apart(name)
    except apart.InstallFailed as error:
        raise InstallError(str(error)) from None


def install_newest_python() -> None:
    """An environment of the newest Python there is."""
    try:
        newest.install_newest()
    except (newest.NoNewer, OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(str(error)) from None


def same_packages(lock: Path, installed: Path) -> bool:
    """Whether two lock files name the same versions of the same packages."""

    def versions(path: Path) -> dict[str, str]:
        packages = json.loads(path.read_text())["packages"]
        return {name: entry["version"] for name, entry in packages.items() if name}

    return versions(lock) == versions(installed)


def install_npm_packages() -> None:
    """What tests/browser/package.json names, exactly as locked; no script of a package is run."""
    npm = tools.find_npm().path
    if npm is None:
        raise InstallError("there is no npm to install packages with")
    path = f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run("the npm packages", str(npm), "ci", *options, cwd=BROWSER_TESTS, PATH=path)


def run(what: str, *command: str, cwd: Path = ROOT, **variables: str) -> None:
    """Run one installer; its own error line is the reason when it fails."""
    print(f"Installing {what} …", flush=True)
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DOWNLOAD_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"couldn't install {what}: {error}") from None
    if done.returncode != 0:
        raise InstallError(f"couldn't install {what}: {first_error(done.stdout)}")


def first_error(output: str) -> str:
    """The first line an installer marks as an error, else the last line with words in it."""
    lines = [line.strip() for line in output.splitlines() if any(map(str.isalpha, line))]
    marked = [line for line in lines if re.match(r"(npm )?error\b|E: ", line, re.IGNORECASE)]
    return (marked[:1] or lines[-1:] or ["no reason given"])[0]


if __name__ == "__main__":
    sys.exit(main())
