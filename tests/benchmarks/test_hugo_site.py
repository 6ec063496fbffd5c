"""Hugo's site says what ours says: the same tables and note for each run, and a list of all."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from runfolio.site import build_report
from tests.benchmarks.hugo_site import ENVIRONMENT, find_hugo, write_hugo
from tests.benchmarks.large import make_blocks, run_id, write_packed
from tests.environment.apart import is_installed
from tests.environment.tools import in_ci

RUNS, STEPS = 4, 30


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Our site and Hugo's of the same runs."""
    if not is_installed(ENVIRONMENT):
        reason = "the hugo environment is not installed; run `make tools`"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("sites")
    write_packed(folder / "runs", runs=RUNS, steps=STEPS)
    build_report(folder / "runs", output=folder / "ours")
    write_hugo(folder / "source", make_blocks(RUNS, STEPS))
    places = ["--source", folder / "source", "--destination", folder / "hugo"]
    command = [find_hugo(), *places, "--cacheDir", folder / "cache"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return folder / "ours", folder / "hugo"


def cells(html: str, *tags: str) -> list[str]:
    """The words in some elements that hold nothing else, whether they are closed or not.

    An arrow tells which way is better, and is a mark of ours.
    """
    found = re.findall(rf"<(?:{'|'.join(tags)})\b[^>]*>([^<]*)", html)
    return [unescape(text).strip().removesuffix(" ↓").removesuffix(" ↑") for text in found]


def words(html: str, begin: str, end: str) -> list[str]:
    """The words between two pieces of a page, without its tags."""
    part = html.partition(begin)[2].partition(end)[0]
    return unescape(re.sub("<[^>]*>", " ", part)).replace(" ,", ",").split()


@pytest.mark.parametrize("place", range(RUNS))
def test_a_run_has_the_same_tables_and_note(sites: tuple[Path, Path], place: int) -> None:
    name = run_id(place, RUNS)
    ours = (sites[0] / "runs" / f"{name}.html").read_text(encoding="utf-8")
    theirs = (sites[1] / "runs" / name / "index.html").read_text(encoding="utf-8")
    table = ours.partition("<table")[2].partition("</table>")[0]
    assert len(cells(theirs, "th", "td")) == 8 + 10 * 8
    assert cells(table, "th", "td") == cells(theirs, "th", "td")
    assert len(cells(theirs, "dt", "dd")) == 20 * 2
    assert cells(ours, "dt", "dd")[:40] == cells(theirs, "dt", "dd")
    note = words(ours, 'class="note">', "</div>")
    assert note[0] == "Trial"
    assert note == words(theirs.partition("started")[2], "</p>", "<h2>")


def test_one_page_lists_all_runs(sites: tuple[Path, Path]) -> None:
    lists = [path for path in sites[1].rglob("*.html") if path.parent.parent.name != "runs"]
    assert lists == [sites[1] / "index.html"]
    text = lists[0].read_text(encoding="utf-8")
    assert len(cells(text, "td")) == RUNS * 11
    assert all(f"/runs/{run_id(place, RUNS)}/" in text for place in range(RUNS))
