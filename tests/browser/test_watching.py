"""The harness notices what pages must not do, else no browser test could fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.watching import as_url, leaves_site, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<script>console.warn('odd')</script>", "console warning: odd"),
        ("<script>throw new Error('broken')</script>", "uncaught: broken"),
        ("<script>alert('hello')</script>", "dialog: hello"),
        ("<script src='missing.js'></script>", "request failed: .*missing.js"),
        (f"{POLICY}<script>1</script>", "console error: .*Content Security Policy"),
        ("<img src='http://127.0.0.1:9/x.png'>", "request to another place: http://127.0.0.1:9"),
    ],
)
def test_a_wrong_page_is_noticed(
    chromium: Browser, tmp_path: Path, body: str, problem: str
) -> None:
    (tmp_path / "page.html").write_text(f"<!doctype html><title>x</title>{body}")
    with pytest.raises(AssertionError, match=problem), watched(chromium) as open_page:
        open_page(tmp_path / "page.html")


def test_an_expected_problem_is_let_pass(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<script>console.warn('odd')</script>")
    with watched(chromium) as open_page:
        open_page(tmp_path / "page.html", allow=["^console warning: odd$"])


def test_pages_are_opened_as_asked(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta name="viewport" content="width=device-width">'
        "<title>x</title><noscript><p>no script</p></noscript>"
    )
    with watched(chromium) as open_page:
        page = open_page(tmp_path / "page.html#part", width=390, dark=True)
        assert page.url.endswith("page.html#part")
        assert page.evaluate("innerWidth") == 390
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        plain = open_page(tmp_path / "page.html", javascript=False)
        assert plain.inner_text("p") == "no script"


def test_what_leaves_the_site() -> None:
    page = as_url("/site/index.html#a?b")
    assert page == "file:///site/index.html#a?b"
    assert not leaves_site("file:///site/assets/x.css", page)
    assert not leaves_site("data:,x", page)
    assert leaves_site("http://localhost/x", page)
    assert not leaves_site("http://localhost:80/x", "http://localhost:80/y")
    assert leaves_site("http://localhost:81/x", "http://localhost:80/y")
