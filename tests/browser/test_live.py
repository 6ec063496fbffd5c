"""A page that is open while the site is built again shows what is new, and nothing is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

import runfolio
from runfolio.site import build_report
from runfolio.site.memory import BuildMemory
from runfolio.site.serving import Live, make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

COMMAND = "from runfolio.cli.report import main; main()"
TALL = {"width": 1000, "height": 400}


@dataclass
class Served:
    """A site that is served while it is built again."""

    store: Path
    site: Path
    address: str
    live: Live
    memory: BuildMemory
    stop: Callable[[], None]

    def rebuild(self) -> None:
        done = build_report(self.store, output=self.site, memory=self.memory)
        self.live.advance(done.published.changed)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    store, site = tmp_path / "runs", tmp_path / "site"
    for number in range(2):
        with runfolio.start_run(
            experiment="done", name=f"done {number}", store=store, capture=False
        ) as run:
            run.log_metrics({"loss": number, "other": 1.0})
            run.log_text("line\n" * 200, "long.txt")
    live, memory = Live(), BuildMemory()
    build_report(store, output=site, memory=memory)
    server = make_server(site, port=0, live=live)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()

    def stop() -> None:
        if thread.is_alive():
            server.shutdown()
            thread.join()
            server.server_close()

    address = f"http://127.0.0.1:{server.server_address[1]}/"
    yield Served(store, site, address, live, memory, stop)
    live.advance([])
    stop()


@pytest.fixture
def open_live(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens pages in tabs of one browser; a page that waits for news is never idle."""
    context = chromium.new_context(viewport=TALL)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    problems: list[str] = []

    def open_page(address: str) -> Page:
        page = context.new_page()
        page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        until(page, lambda: page.evaluate("runfolio.live !== undefined"))
        return page

    yield open_page
    for page in context.pages:
        page.close()
    context.close()
    gone = re.compile(r"net::ERR_(CONNECTION_|SOCKET_NOT_CONNECTED)")  # as the server goes
    assert [one for one in problems if not gone.search(one)] == []


def mark(page: Page) -> None:
    """Leave something that a reload takes away."""
    page.evaluate("window.marked = true")


def is_as_it_was(page: Page) -> bool:
    try:
        return bool(page.evaluate("window.marked === true"))
    except Error:  # it is being loaded at this moment
        return False


def until(page: Page, happens: Callable[[], bool]) -> None:
    """Wait in the test: a page of the site evaluates no text by itself."""
    for _ in range(150):
        if happens():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never happened")


def wait_for_reload(page: Page) -> None:
    until(page, lambda: not is_as_it_was(page))
    page.wait_for_load_state("load")


def test_a_new_value_shows_without_a_click(
    served: Served, open_live: Callable[[str], Page]
) -> None:
    with runfolio.start_run(
        experiment="going", name="live", store=served.store, capture=False
    ) as run:
        run.log_metric("loss", 0.75)
        served.rebuild()
        page = open_live(f"{served.address}runs/{run.id}.html#tab=overview")
        expect(page.locator(".headlines")).to_contain_text("0.75")
        run.log_metric("loss", 0.5)
        served.rebuild()
        expect(page.locator(".headlines")).to_contain_text("0.5")
        assert page.url.endswith("#tab=overview")


def test_pages_that_a_change_does_not_concern_stay(
    served: Served, open_live: Callable[[str], Page]
) -> None:
    done = next(served.site.glob("runs/*.html"))
    page, index = open_live(f"{served.address}runs/{done.name}"), open_live(served.address)
    mark(page)
    mark(index)
    with runfolio.start_run(experiment="new", name="new", store=served.store, capture=False):
        served.rebuild()
    index.bring_to_front()
    expect(index.get_by_role("link", name="new", exact=True).first).to_be_visible()
    assert is_as_it_was(page)


def test_many_tabs_leave_room_to_load_a_page(
    served: Served, open_live: Callable[[str], Page]
) -> None:
    pages = [open_live(served.address) for _ in range(8)]
    for page in pages:
        page.bring_to_front()
        mark(page)
    with runfolio.start_run(experiment="new", name="new", store=served.store, capture=False):
        served.rebuild()
    for page in (pages[0], pages[-1]):
        page.bring_to_front()
        wait_for_reload(page)


def test_place_and_opened_parts_are_kept(served: Served, open_live: Callable[[str], Page]) -> None:
    done = next(served.site.glob("runs/*.html"))
    page = open_live(f"{served.address}runs/{done.name}#tab=environment")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.evaluate("document.body.style.minHeight = '3000px'; scrollTo(0, 120)")
    place = page.evaluate("scrollY")
    assert page.evaluate("document.querySelector('details').open")
    mark(page)
    runfolio.tag_runs(done.stem, {"label": "seen"}, store=served.store)
    served.rebuild()
    wait_for_reload(page)
    highest = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    until(page, lambda: abs(page.evaluate("scrollY") - min(place, highest)) < 3)
    expect(page.locator("details:not([open])")).to_have_count(0)


def test_a_page_waits_while_somebody_types(
    served: Served, open_live: Callable[[str], Page]
) -> None:
    page = open_live(served.address)
    page.keyboard.press("Control+k")
    box = page.locator("dialog input").first
    box.fill("hello")
    mark(page)
    with runfolio.start_run(experiment="new", name="new", store=served.store, capture=False):
        served.rebuild()
    page.wait_for_timeout(3500)
    assert is_as_it_was(page)
    page.keyboard.press("Escape")
    wait_for_reload(page)


def test_a_page_is_quiet_once_the_server_has_gone(
    served: Served, open_live: Callable[[str], Page]
) -> None:
    page = open_live(served.address)
    errors: list[str] = []
    page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
    served.stop()
    served.live.advance([])
    page.wait_for_timeout(3000)
    assert len(errors) <= 2


def test_the_site_on_the_disk_has_no_such_script(served: Served) -> None:
    assert not [path for path in served.site.rglob("*.html") if "live" in path.read_text()]


def test_the_command_shows_what_is_logged(
    tmp_path: Path, open_live: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store = tmp_path / "runs"
    with runfolio.start_run(experiment="going", name="live", store=store, capture=False) as run:
        run.log_metric("loss", 0.75)
        words = [str(store), "-o", str(tmp_path / "site"), "--watch", "--serve", "--port", "0"]
        command = [sys.executable, "-c", COMMAND, *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            said = re.search(r"http://\S+", process.stdout.readline())
            assert said is not None
            page = open_live(f"{said[0]}runs/{run.id}.html")
            expect(page.locator(".headlines")).to_contain_text("0.75")
            run.log_metric("loss", 0.5)
            expect(page.locator(".headlines")).to_contain_text("0.5")
            page.close()
            process.terminate()
