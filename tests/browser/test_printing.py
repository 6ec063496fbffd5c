"""Pages print to a PDF that says all they say, without controls."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from tests.browser.kinds import page_of, see_all
from tests.browser.watching import PageOpener

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CONTROLS = ":is(button, input, select, textarea, [role=tab]):not(:is(th, h2, h3, legend) *)"
ON_PAPER = {
    "experiment": ("Best run", "What drives rmse", "Runs", "boosting 3", "Charts"),
    "run": (
        *("What was tried", "Metrics", "rmse", "Parameters", "shuffle", "Tags", "all"),
        *("validation loss", "System", "cpu", "ramp.png", "first line", "def train"),
        *("Code", "commit", "Environment", "Python"),
    ),
    "compare": ("baseline", "has the best rmse", "Parameters", "Metrics", "rmse", "Curves"),
    "report": (
        *("Which model predicts wine?", "Ada Lovelace", "23 Nov 2026", "boosting 3", "RMSE"),
        *("worst", "Pictures have their title", "def train", "Said before", "With a note"),
    ),
}
"""Some words of every section."""


@pytest.mark.parametrize("kind", ON_PAPER)
def test_a_page_prints_all_it_says_and_no_control(
    open_page: PageOpener, demo_site: Path, kind: str
) -> None:
    page = open_page(page_of(demo_site, kind))
    see_all(page)
    headings = page.locator("main :is(h1, h2, h3):not(.hidden, nav *):visible").all_inner_texts()
    sheets = print_page(page)
    assert [number for number, text in enumerate(sheets, 1) if not text] == []
    text = " ".join(sheets)
    missing = [one for one in (*ON_PAPER[kind], *map(plain, headings)) if one not in text]
    assert not missing, f"{missing} not in:\n{text}"
    page.emulate_media(media="print")
    for control in page.locator(CONTROLS).all():
        assert not control.is_visible(), control.evaluate("one => one.outerHTML")


def print_page(page: Page) -> list[str]:
    """The text of each sheet that a page prints to, without ligatures and line breaks."""
    pdf = PdfReader(io.BytesIO(page.pdf(format="A4")))
    return [plain(sheet.extract_text()) for sheet in pdf.pages]


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def test_paper_is_white_in_a_dark_theme(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "run"))
    page.get_by_role("button", name="Switch between light and dark").click()
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
