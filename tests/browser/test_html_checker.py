"""The Nu HTML checker finds no error on any page."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browser.kinds import VIEWS, all_pages, see_all, view_of
from tests.browser.watching import PageOpener
from tests.environment.demo_site import DEMO_SITE
from tests.environment.tools import find_java, find_package_file, require

# With a mark for a browser only where one is used: the checker is a Java program.


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that runs the checker."""
    java = require(find_java())
    jar = require(find_package_file("vnu-jar/build/dist/vnu.jar"))
    return [str(java), "-jar", str(jar), "--format", "json", "--exit-zero-always"]


def find_errors(checker: Sequence[str], pages: Sequence[Path]) -> list[str]:
    """The checker's errors, one line each; its warnings are printed for the curious."""
    command = [*checker, *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    messages = json.loads(done.stderr)["messages"]
    lines = [
        (one["type"], f"{one.get('url', '')}:{one.get('lastLine', '?')}: {one['message']}")
        for one in messages
    ]
    for kind, line in lines:
        print(f"{kind}: {line}")
    return [line for kind, line in lines if kind != "info"]


@pytest.mark.parametrize("site", ["demo_site", "odd_site", "foreign_site", "empty_site"])
def test_pages_of_fresh_sites(
    checker: Sequence[str], site: str, request: pytest.FixtureRequest
) -> None:
    errors = find_errors(checker, all_pages(request.getfixturevalue(site)))
    assert not errors, "\n".join(errors)


def test_pages_of_the_committed_demo(checker: Sequence[str]) -> None:
    pages = all_pages(DEMO_SITE)
    assert pages
    errors = find_errors(checker, pages)
    assert not errors, "\n".join(errors)


@pytest.mark.browser
def test_what_scripts_have_made_of_pages(
    open_page: PageOpener, checker: Sequence[str], demo_site: Path, tmp_path: Path
) -> None:
    """Every view as the browser has it in the end, which no file holds."""
    for view in VIEWS:
        page = open_page(view_of(demo_site, view))
        see_all(page)
        # The table's library marks its own elements with attributes that no standard knows.
        content = re.sub(r' tabulator-[a-z]+="[^"]*"', "", page.content())
        (tmp_path / f"{view}.html").write_text(content, encoding="utf-8")
    errors = find_errors(checker, sorted(tmp_path.glob("*.html")))
    assert not errors, "\n".join(errors)


def test_an_error_is_found(checker: Sequence[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text('<!doctype html><html lang="en"><title>x</title><p><div></div></p>')
    (error,) = find_errors(checker, [path])
    assert "wrong.html:1" in error
    assert "No “p” element in scope" in error
