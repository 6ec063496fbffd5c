"""An archive that was unpacked: its site shows the artifacts of the store beside it, from disk."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runfolio.archive import archive_store
from tests.browser.kinds import by_size, see_all
from tests.browser.stores import write_usual_store
from tests.browser.test_axe import axe, check  # noqa: F401, axe is a fixture
from tests.browser.test_html_checker import checker, find_errors  # noqa: F401, checker is a fixture
from tests.browser.watching import PageOpener

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_usual_store(folder / "runs")
    archive_store(folder / "runs", folder / "report.zip", title="Demo")
    with zipfile.ZipFile(folder / "report.zip") as file:
        file.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.mark.parametrize("name", ["index.html", "runs", "experiments"])
def test_its_pages_work(open_page: PageOpener, unpacked: Path, name: str) -> None:
    path = unpacked / name
    page = open_page(path if path.is_file() else by_size(path)[0])
    see_all(page)
    broken = "() => [...document.images].filter((one) => one.complete && !one.naturalWidth).length"
    assert page.evaluate(broken) == 0


def test_a_picture_of_the_store_is_shown(open_page: PageOpener, unpacked: Path) -> None:
    pages = [
        path for path in by_size(unpacked / "runs") if 'src="../store/runs/' in path.read_text()
    ]
    page = open_page(str(pages[0]) + "#artifacts")
    picture = page.locator('img[src^="../store/runs/"]').first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("one => one.naturalWidth > 0", arg=picture.element_handle())


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide", "phone"])
def test_the_page_about_it(
    open_page: PageOpener,
    axe: str,  # noqa: F811
    unpacked: Path,
    width: int,
    dark: bool,
) -> None:
    page = open_page(unpacked / "ro-crate-preview.html", width=width, dark=dark)
    assert page.locator("h2").first.inner_text() == "To look at it"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check(page, axe)
    page.get_by_role("link", name="The report").click()
    page.get_by_role("heading", level=1).wait_for()


def test_the_checker_of_html_has_nothing_to_say(
    checker: Sequence[str],  # noqa: F811
    unpacked: Path,
) -> None:
    errors = find_errors(checker, [unpacked / "ro-crate-preview.html"])
    assert not errors, "\n".join(errors)
