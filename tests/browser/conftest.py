"""Chromium, pages that are watched while open, and the sites to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.watching import PageOpener, watched
from tests.environment.tools import find_chromium, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A running Chromium; without one on this machine the test is skipped with the reason.

    Closed when this folder's tests are over: Playwright keeps an event loop running meanwhile,
    in which other tests couldn't start one.
    """
    executable = require(find_chromium())
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a busy machine draws late
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[PageOpener]:
    """Opens pages; the test fails when one of them did something it must not."""
    with watched(chromium) as opener:
        yield opener


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small usual store."""
    from runfolio.site import build_report
    from tests.browser.reports import write_usual_reports
    from tests.browser.stores import write_usual_store

    folder = tmp_path_factory.mktemp("demo")
    write_usual_store(folder / "runs")
    write_usual_reports(folder / "reports")
    build_report(folder / "runs", output=folder / "site", title="Demo")
    return folder / "site"


@pytest.fixture(scope="session")
def odd_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a store of odd, hostile and unfinished runs, built while one still runs."""
    import runfolio
    from runfolio.site import build_report
    from tests.browser.reports import write_mistaken_report
    from tests.browser.stores import HOSTILE, write_odd_store

    folder = tmp_path_factory.mktemp("odd")
    store = folder / "runs"
    write_odd_store(store)
    write_mistaken_report(folder / "reports", HOSTILE)
    with runfolio.start_run(experiment="ends", name="running", store=store, capture=False) as run:
        run.log_metric("loss", 3.0)
        build_report(store, output=folder / "site", title="Odd")
    return folder / "site"


@pytest.fixture(scope="session")
def foreign_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of what other tools wrote, with a part that can't be read."""
    from runfolio.site import build_report
    from tests.browser.stores import write_foreign_logs

    folder = tmp_path_factory.mktemp("foreign")
    write_foreign_logs(folder / "project")
    build_report(folder / "project", output=folder / "site", title="Old work")
    return folder / "site"


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a store without a run."""
    from runfolio.site import build_report
    from runfolio.store.layout import create_store

    folder = tmp_path_factory.mktemp("empty")
    create_store(folder / "runs")
    build_report(folder / "runs", output=folder / "site", title="Empty")
    return folder / "site"
