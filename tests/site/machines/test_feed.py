"""The Atom feed: what RFC 4287 asks for, new runs and regressions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from bs4 import BeautifulSoup

import runfolio
from runfolio.site import build_report
from runfolio.site.machines.feed import MAX_ENTRIES

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = "https://example.org/reports/"


def read_feed(site: Path) -> ElementTree.Element:
    return ElementTree.parse(site / "feed.xml").getroot()


def texts(root: ElementTree.Element, path: str) -> list[str | None]:
    return [one.text for one in root.findall(path, ATOM)]


def commit(folder: Path, message: str) -> str:
    """Make an empty commit in a repository, which is made if need be; returns its id."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", message)):
        subprocess.run(["git", *identity, *command], cwd=folder, check=True)
    asked = ["git", "rev-parse", "HEAD"]
    told = subprocess.run(asked, cwd=folder, check=True, capture_output=True, text=True)
    return told.stdout.strip()


TRAIN = """
import sys
import runfolio

with runfolio.start_run(experiment="wine", name=sys.argv[1]) as run:
    run.log_params({"lr": 0.1})
    run.log_metrics({"loss": float(sys.argv[2])})
"""


def train(folder: Path, name: str, loss: float) -> None:
    """Log a run from a script that lies in the repository `folder`, to the store `runs` there."""
    (folder / "train.py").write_text(TRAIN)
    command = [sys.executable, "train.py", name, str(loss)]
    subprocess.run(command, cwd=folder, check=True)


def test_the_feed_has_what_the_standard_asks_for(odd_store: Path, tmp_path: Path) -> None:
    build_report(odd_store, output=tmp_path / "site", title="Odd", site_url=SITE)
    root = read_feed(tmp_path / "site")
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert texts(root, "a:title") == ["Odd"]
    assert texts(root, "a:author/a:name") == ["Odd"]
    (own,) = root.findall("a:link[@rel='self']", ATOM)
    assert own.attrib["href"] == SITE + "feed.xml"
    entries = root.findall("a:entry", ATOM)
    assert len(entries) == 2
    for entry in entries:
        for name in ("title", "id", "updated", "summary"):
            assert texts(entry, f"a:{name}") != [None]
        (link,) = entry.findall("a:link", ATOM)
        assert (tmp_path / "site" / link.attrib["href"].removeprefix(SITE)).is_file()
    ids = texts(root, ".//a:id")
    assert len(set(ids)) == len(ids) == 3
    assert all(one and one.startswith("urn:uuid:") for one in ids)


def test_ids_stay_when_the_site_is_built_again_elsewhere(odd_store: Path, tmp_path: Path) -> None:
    build_report(odd_store, output=tmp_path / "first", title="Odd")
    build_report(odd_store, output=tmp_path / "second", title="Odd")
    first, second = read_feed(tmp_path / "first"), read_feed(tmp_path / "second")
    assert texts(first, ".//a:id") == texts(second, ".//a:id")


def test_the_newest_runs_come_first_and_only_so_many(tmp_path: Path) -> None:
    for number in range(MAX_ENTRIES + 2):
        with runfolio.start_run(experiment="many", name=f"run {number}", store=tmp_path / "runs"):
            pass
    build_report(tmp_path / "runs", output=tmp_path / "site")
    titles = texts(read_feed(tmp_path / "site"), "a:entry/a:title")
    assert len(titles) == MAX_ENTRIES
    assert titles[0] == f"run {MAX_ENTRIES + 1} (many)"


def test_a_regression_is_an_entry(tmp_path: Path) -> None:
    before = commit(tmp_path, "before")
    train(tmp_path, "first", 0.5)
    after = commit(tmp_path, "after")
    train(tmp_path, "second", 0.75)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    root = read_feed(tmp_path / "site")
    (entry,) = root.findall("a:entry/a:category[@term='regression']/..", ATOM)
    assert texts(entry, "a:title") == ["Worse: loss of wine went from 0.5 to 0.75"]
    assert texts(entry, "a:summary") == [
        f"second, at commit {after[:7]}: loss 0.5 to 0.75 since {before[:7]}, same settings."
    ]
    (link,) = entry.findall("a:link", ATOM)
    assert "second" in (tmp_path / "site" / link.attrib["href"]).read_text()


def test_the_first_page_names_the_feed(odd_site: Path) -> None:
    index = BeautifulSoup((odd_site / "index.html").read_text(encoding="utf-8"), "html.parser")
    (link,) = index.select("link[rel=alternate][type='application/atom+xml']")
    assert link["href"] == "feed.xml"
