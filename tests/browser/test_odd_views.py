"""Views that nobody would choose: fragments that say nonsense, and parts with very many pieces."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]

NAMES = (
    *("q", "filter", "sort", "cols", "pin", "group", "runs", "hide", "top", "base", "heat", "agg"),
    *("widths", "open", "fold", "pivot", "curve", "curvex", "curvescale", "curvelines", "charts"),
    *("bar", "x", "y", "par", "brush", "with", "same", "diff", "key", "images", "wipe", "cells"),
    *("rstep", "tab", "artifact"),
)
VALUES = (
    *("1", "-1", "1e999", "NaN", "*", "-", ",", ";;;;", ":", "~", "__proto__", "constructor"),
    *("params.__proto__", "metrics.constructor", "-metrics.loss", "metrics.loss.constructor"),
    *("params.rate:0~NaN", "params.rate:1e9", "%E0%A4%A", "'\"<b>", "params.`rate > 3", "x" * 2000),
    *("params.model;params.depth,tags.label;loss;mean;column", "none", "-params.seed", "h/"),
)


def test_no_fragment_breaks_a_page(open_page: OpenPage, demo_site: Path) -> None:
    chosen = random.Random(7)
    runs = sorted(path.stem for path in (demo_site / "runs").glob("*.html"))
    experiments = sorted((demo_site / "experiments").glob("*.html"))
    pages = [demo_site / "index.html", demo_site / "compare.html", *experiments]
    for path in [*pages, demo_site / "runs" / f"{runs[0]}.html"]:
        page = open_page(path)
        for _ in range(8):
            view = {chosen.choice(NAMES): chosen.choice(VALUES) for _ in range(6)}
            view |= {"runs": ",".join(chosen.sample(runs, 3))} if "compare" in path.name else {}
            page.evaluate("hash => { location.hash = hash; }", urlencode(view))
            page.wait_for_timeout(150)
        assert page.locator("h1").is_visible()


def test_what_nobody_sees_shows_and_is_found_as_it_is(open_page: OpenPage, tmp_path: Path) -> None:
    store, names = tmp_path / "runs", ("mo\u200bdel", "model")
    for number, name in enumerate(names):
        with runfolio.start_run(experiment="e", name=name, store=store, capture=False) as run:
            run.log_metric("lo\u202ess", number)
    build_report(store, output=tmp_path / "site")
    (experiment,) = (tmp_path / "site" / "experiments").glob("*.html")
    view = urlencode({"filter": f"name = '{names[0]}'"})
    page = open_page(f"{experiment.as_uri()}#{view}")
    rows = page.locator(".runs-grid [role=rowheader] a")
    expect(rows).to_have_text(["mo⟨U+200B⟩del"])
    expect(rows).to_have_attribute("title", "mo⟨U+200B⟩del")
    assert "lo⟨U+202E⟩ss" in page.locator(".runs-grid").inner_text()
    page.locator("[data-find]").click()
    page.locator("dialog input").fill("mo\u200bdel")
    expect(page.locator("#found .what")).to_have_text(["mo⟨U+200B⟩del"])


def test_a_console_of_very_many_colours_is_shown_whole(open_page: OpenPage, tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path / "runs", capture=False) as run:
        run.log_text("\x1b[31mx\x1b[0m " * 30_000, "output.log")
    build_report(tmp_path / "runs", output=tmp_path / "site")
    page = open_page(f"{(tmp_path / 'site/runs' / run.id).as_uri()}.html#tab=console")
    expect(page.locator("#console .ansi-red")).to_have_count(30_000, timeout=20_000)
