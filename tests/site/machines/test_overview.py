"""``llms.txt``: a Markdown overview whose links lead to files of the site."""

from __future__ import annotations

import re
from pathlib import Path
from unittest import mock

from markdown_it import MarkdownIt

from runfolio.site import build_report
from tests.environment.demo_site import DEMO_STORE

LINK = re.compile(r"(?<!\\)\]\(([^)]+)\)")


def test_it_begins_as_agreed_and_all_its_links_lead_somewhere(tmp_path: Path) -> None:
    build_report(DEMO_STORE, output=tmp_path / "site", title="Demo")
    text = (tmp_path / "site/llms.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0] == "# Demo"
    assert lines[2].startswith(
        "> Results of machine-learning experiments: 20 runs in 2 experiments"
    )
    build_report(DEMO_STORE, output=tmp_path / "one", experiments=["wine-quality"])
    assert "runs in 1 experiment, built" in (tmp_path / "one/llms.txt").read_text(encoding="utf-8")
    links = LINK.findall(text)
    assert len(links) > 8
    for link in links:
        assert (tmp_path / "site" / link).is_file(), link


def test_names_are_text_and_not_markup(odd_site: Path) -> None:
    html = MarkdownIt().render((odd_site / "llms.txt").read_text(encoding="utf-8"))
    assert "<b>" not in html
    assert "</script>" not in html
    assert 'href="y"' not in html
    assert "\u202e" not in html


def test_many_experiments_are_cut_and_counted(odd_store: Path, tmp_path: Path) -> None:
    with mock.patch("runfolio.site.machines.overview.MAX_LISTED", 1):
        build_report(odd_store, output=tmp_path / "site")
    text = (tmp_path / "site/llms.txt").read_text(encoding="utf-8")
    assert "- and 1 more: see [data/index.json]" in text
