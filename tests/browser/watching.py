"""Open pages in Chromium and keep note of everything a page must not do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

PHONE_WIDTH = 390
HARMLESS_SCHEMES = frozenset({"data", "blob", "about"})


class PageOpener:
    """Opens pages; what they did wrong is in `problems`, one line each.

    A problem is an error or warning on the console (violations of the content policy are such),
    an uncaught exception, a dialog, a crash, or a request that fails or leaves the site.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._allowed: list[re.Pattern[str]] = []
        self.problems: list[str] = []

    def __call__(
        self,
        address: str | Path,
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        javascript: bool = True,
        allow: Collection[str] = (),
    ) -> Page:
        """Open a path or URL, a narrow one as on a phone, and wait until it has settled.

        `allow` holds regular expressions of problems that this test expects.
        """
        self._allowed += [re.compile(pattern) for pattern in allow]
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            is_mobile=width <= PHONE_WIDTH,
            has_touch=width <= PHONE_WIDTH,
            accept_downloads=True,
        )
        self._contexts.append(context)
        context.set_default_timeout(20_000)
        url = str(address) if "://" in str(address) else as_url(address)
        context.on("page", lambda page: self._watch(page, url))
        page = context.new_page()
        page.goto(url)
        page.wait_for_load_state("networkidle")
        return page

    def unexpected(self) -> list[str]:
        """The problems that no test said to expect."""
        return [
            problem
            for problem in self.problems
            if not any(pattern.search(problem) for pattern in self._allowed)
        ]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _watch(self, page: Page, url: str) -> None:
        def note_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.problems.append(f"console {message.type}: {message.text}")

        def note_request(request: Request) -> None:
            if leaves_site(request.url, url):
                self.problems.append(f"request to another place: {request.url}")

        def note_failure(request: Request) -> None:
            # A download takes over its request, which the page then counts as aborted.
            if request.failure != "net::ERR_ABORTED":
                self.problems.append(f"request failed: {request.url}: {request.failure}")

        page.on("console", note_console)
        page.on("request", note_request)
        page.on("requestfailed", note_failure)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("crash", lambda _: self.problems.append("the page crashed"))
        page.on("dialog", self._note_dialog)

    def _note_dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def as_url(address: str | Path) -> str:
    """The ``file:`` URL of a path; a fragment or query in its last part stays one."""
    path = re.split("[#?]", str(address), maxsplit=1)[0]
    rest = str(address)[len(path) :]
    return Path(path).absolute().as_uri() + rest


def leaves_site(url: str, page_url: str) -> bool:
    """Whether a request goes elsewhere than the page: off the disk, or to another host."""
    request, page = urlsplit(url), urlsplit(page_url)
    if request.scheme in HARMLESS_SCHEMES:
        return False
    return (request.scheme, request.netloc) != (page.scheme, page.netloc)


@contextmanager
def watched(browser: Browser) -> Iterator[PageOpener]:
    """A `PageOpener` whose pages must have done nothing wrong when the block ends."""
    opener = PageOpener(browser)
    try:
        yield opener
    finally:
        opener.close()
    problems = opener.unexpected()
    assert not problems, "the page did what it must not:\n" + "\n".join(problems)
