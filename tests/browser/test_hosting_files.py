"""Reports work in full on the hosts that examples/hosting sets up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfolio.publishing import Folder, find_broken_links, publish
from tests.browser.kinds import KINDS, view_of
from tests.browser.serving import served
from tests.browser.test_axe import violations
from tests.browser.test_html_checker import find_errors
from tests.browser.watching import PageOpener
from tests.environment.tools import find_java, find_package_file, require
from tests.publishing.web_server import nginx_serving

pytestmark = pytest.mark.browser

NETLIFY = Path(__file__).parents[2] / "examples" / "hosting" / "netlify.toml"


@pytest.fixture(scope="module")
def published(demo_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo below a path, and the list of reports at its root."""
    folder = tmp_path_factory.mktemp("published") / "reports"
    # Runs that are logged from a checkout with changes keep these, and tests hold sham secrets.
    publish(Folder(folder), site=demo_site, path="team/demo", allow_secrets=True)
    return folder


@pytest.fixture(scope="module")
def nginx(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nginx_serving(published, tmp_path_factory.mktemp("server") / "nginx") as address:
        yield address


@pytest.fixture(scope="module")
def netlify(published: Path) -> Iterator[str]:
    (rule,) = tomllib.loads(NETLIFY.read_text(encoding="utf-8"))["headers"]
    with served(published, headers=rule["values"]) as address:
        yield address


@pytest.mark.parametrize("view", KINDS)
@pytest.mark.parametrize("host", ["nginx", "netlify"])
def test_every_kind_of_page_works(
    open_page: PageOpener, request: pytest.FixtureRequest, demo_site: Path, host: str, view: str
) -> None:
    address: str = request.getfixturevalue(host)
    path = Path(view_of(demo_site, view)).relative_to(demo_site).as_posix()
    page = open_page(f"{address}team/demo/{path}")
    assert page.locator("h1").is_visible()
    if view in ("experiment", "compare"):
        chart = page.locator(".plot:visible").first
        chart.scroll_into_view_if_needed()
        chart.locator("svg.marks").wait_for()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_list_of_reports_leads_to_them(
    open_page: PageOpener, published: Path, width: int
) -> None:
    page = open_page(published / "index.html", width=width)
    assert page.get_by_role("heading", level=1).inner_text() == "Reports"
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    page.get_by_role("link", name="team/demo").click()
    page.wait_for_url("**/team/demo/index.html")
    assert page.get_by_role("heading", level=1).inner_text() == "Demo"


@pytest.mark.parametrize("site", ["demo_site", "odd_site", "foreign_site", "empty_site"])
def test_no_link_of_a_site_is_broken(site: str, request: pytest.FixtureRequest) -> None:
    assert find_broken_links(request.getfixturevalue(site)) == ()


def test_the_list_of_reports_is_sound_html(published: Path) -> None:
    jar = require(find_package_file("vnu-jar/build/dist/vnu.jar"))
    command = [
        str(require(find_java())),
        "-jar",
        str(jar),
        "--format",
        "json",
        "--exit-zero-always",
    ]
    assert not find_errors(command, [published / "index.html"])


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_the_list_of_reports(
    open_page: PageOpener, published: Path, dark: bool
) -> None:
    axe = require(find_package_file("axe-core/axe.min.js")).read_text(encoding="utf-8")
    assert not violations(open_page(published / "index.html", dark=dark), axe)
