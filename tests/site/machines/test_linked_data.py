"""JSON-LD in the pages: one block that parses, with nothing that could end it."""

from __future__ import annotations

import json
from pathlib import Path

from bs4 import BeautifulSoup

from runfolio.site import build_report
from tests.environment.demo_site import DEMO_STORE
from tests.site.machines.conftest import ODD, linked


def test_the_index_is_a_data_set(tmp_path: Path) -> None:
    build_report(DEMO_STORE, output=tmp_path, title="Demo", site_url="https://example.org")
    data = linked(tmp_path / "index.html")
    assert (data["@context"], data["@type"]) == ("https://schema.org", "Dataset")
    assert data["url"] == "https://example.org/index.html"
    assert len(data["description"]) >= 50
    for one in data["distribution"]:
        assert (tmp_path / one["contentUrl"].removeprefix("https://example.org/")).is_file()


def test_experiments_and_runs_lead_to_their_files(tmp_path: Path) -> None:
    build_report(DEMO_STORE, output=tmp_path, title="Demo")
    for page in tmp_path.glob("experiments/*.html"):
        data = linked(page)
        assert data["@type"] == "Dataset"
        for one in data["distribution"]:
            assert (page.parent / one["contentUrl"]).is_file()
    told = set()
    for page in tmp_path.glob("runs/*.html"):
        data = linked(page)
        document = json.loads((page.parent / data["subjectOf"]).read_text())
        assert data["name"] == document["name"]
        if "result" in data:
            result = data["result"]
            assert result["value"] == document["metrics"][result["name"]]["last"]
            told.add(result["name"])
    assert told == {"rmse", "val/loss"}


def test_odd_names_stay_inside(odd_site: Path) -> None:
    pages = [*odd_site.glob("runs/*.html"), *odd_site.glob("experiments/*.html")]
    assert ODD in {linked(page)["name"] for page in pages}
    for page in (*pages, odd_site / "index.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        assert soup.find("b") is None or "</script>" not in str(soup.find("b"))
