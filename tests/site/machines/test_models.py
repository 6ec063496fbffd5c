"""Registered models are told to programs: in the index, the overview and the feed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import runfolio
from runfolio.site import build_report
from runfolio.store import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION
from tests.site.machines.conftest import ODD
from tests.site.machines.test_documents import validate

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, str]:
    """A site with a model of two versions, the second from nowhere, and the id of its run."""
    store = tmp_path / "runs"
    with runfolio.start_run(experiment="wine", name="best", store=store, capture=False) as run:
        run.log_metric("rmse", 0.6)
        run.log_text("flavors: {}\n", "model/MLmodel")
    known = {"run_id": run.id, "path": "model", "digest": "d", "user": "me", "note": ODD}
    named = {"model": ODD, "created": 1_780_000_000_000_000}
    write_edit(store, Edit(1, VERSION, "0" * 16, {**named, **known, "number": 1}))
    foreign = {**named, "number": 2, "source": "s3://elsewhere", "tags": {ODD: ODD}}
    write_edit(store, Edit(2, VERSION, "1" * 16, foreign))
    aliases = {"champion": "0" * 16}
    write_edit(store, Edit(3, MODEL, ODD, {"aliases": aliases, "note": ODD, "tags": {"a": "b"}}))
    build_report(store, output=tmp_path / "site", title="Wine")
    return tmp_path / "site", run.id


def test_the_index_has_them(site: tuple[Path, str]) -> None:
    folder, run_id = site
    index, _ = validate(folder)
    (model,) = index["models"]
    assert (model["name"], model["note"], model["tags"]) == (ODD, ODD, {"a": "b"})
    assert model["aliases"] == {"champion": 1}
    first, second = model["versions"]
    assert (first["run"], first["path"], first["digest"]) == (run_id, "model", "d")
    assert first["registered"] == "2026-05-28T20:26:40.000000Z"
    assert (second["run"], second["source"], second["tags"]) == (None, "s3://elsewhere", {ODD: ODD})
    for page in (model["page"], first["page"], second["page"]):
        assert (folder / page).is_file()


def test_the_overview_lists_them(site: tuple[Path, str]) -> None:
    folder, _ = site
    text = (folder / "llms.txt").read_text(encoding="utf-8")
    (line,) = (one for one in text.splitlines() if "2 versions" in one)
    assert line.endswith("2 versions; champion is version 1")
    assert "<b>" not in line


def test_the_feed_tells_of_new_versions(site: tuple[Path, str]) -> None:
    folder, _ = site
    feed = ElementTree.parse(folder / "feed.xml").getroot()
    entries = [
        one
        for one in feed.iter(f"{ATOM}entry")
        if one.find(f"{ATOM}category").get("term") == "model"  # type: ignore[union-attr]
    ]
    assert len(entries) == 2
    texts = " ".join(one.findtext(f"{ATOM}summary") or "" for one in entries)
    assert "registered from the run best of wine" in texts
    for entry in entries:
        assert (folder / str(entry.find(f"{ATOM}link").get("href"))).is_file()  # type: ignore[union-attr]
