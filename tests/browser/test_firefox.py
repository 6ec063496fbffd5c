"""What Firefox makes of a site: a round through every kind of page, from disk and in a sandbox."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.kinds import KINDS, view_of
from tests.browser.serving import JENKINS_WITH_SCRIPTS, served
from tests.browser.watching import as_url
from tests.environment.tools import find_firefox, find_node, find_package_file, require

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).with_name("firefox.mjs")
SEARCH = "forest 2"
VIEWS = (*KINDS, "curves")
WITH_CHARTS = ("experiment", "curves", "compare")


def walk(pages: dict[str, str]) -> dict[str, Any]:
    """What a walk through `pages` in Firefox has seen: problems, each page, and a search."""
    firefox = require(find_firefox())
    require(find_package_file("puppeteer-core/package.json"))
    asked = {"firefox": str(firefox), "pages": pages, "charts": WITH_CHARTS, "search": SEARCH}
    command = [str(require(find_node())), str(SCRIPT), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(found: dict[str, Any]) -> None:
    """Every page had its rows and a drawn chart; searching and going back kept the view."""
    assert found["problems"] == []
    assert list(found["pages"]) == list(VIEWS)
    assert all(page["rows"] > 0 and page["title"] for page in found["pages"].values())
    tour = found["walk"]
    assert SEARCH in tour["found"]
    assert set(tour["found"]) < set(tour["all"])
    assert tour["back"] == {"words": SEARCH, "runs": tour["found"]}
    assert tour["linked"] == tour["found"]


def test_a_site_from_disk(demo_site: Path) -> None:
    check(walk({view: as_url(view_of(demo_site, view)) for view in VIEWS}))


def test_a_site_in_the_sandbox_of_jenkins(demo_site: Path) -> None:
    paths = {view: Path(view_of(demo_site, view)).relative_to(demo_site) for view in VIEWS}
    with served(demo_site, headers=JENKINS_WITH_SCRIPTS) as host:
        check(walk({view: host + path.as_posix() for view, path in paths.items()}))


def test_what_a_page_must_not_do_is_noticed(demo_site: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">"
        "<title>x</title><img src='http://127.0.0.1:9/x.png'><script>nothing.there()</script>"
        "<iframe src='http://127.0.0.1:65000/'></iframe>"
    )
    experiment = as_url(view_of(demo_site, "experiment"))
    problems = "\n".join(walk({"index": as_url(page), "experiment": experiment})["problems"])
    assert "http://127.0.0.1:9/x.png because it violates" in problems
    assert "nothing is not defined" in problems
    assert "request to another place: http://127.0.0.1:65000/" in problems
    assert "request failed: http://127.0.0.1:65000/" in problems
