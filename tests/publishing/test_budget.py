"""A site is weighed by kind, and every limit of a host that it is near is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import BudgetExceeded
from runfolio.publishing.budget import (
    RUN_PAGES,
    RUN_POINTS,
    RUN_SHARDS,
    find_near,
    kind_of,
    list_site,
    render_budget,
    weigh_site,
)
from runfolio.publishing.hosts import Host
from runfolio.publishing.sizes import Limits

ROOT = Path(__file__).parents[2]
FILES = {
    "index.html": 1_000,
    "runs/aa.html": 6_000,
    "runs/aa.json": 500,
    "runs/b/bb.html": 4_000,
    "data/runs/aa.js": 3_000,
    "data/compare/aa.js": 1_000,
    "assets/vega.js": 80_000,
}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("runs/0f.html", RUN_PAGES),
        ("runs/0/0f.html", RUN_PAGES),
        ("runs/0f.json", "JSON of runs"),
        ("data/runs/0f.js", RUN_SHARDS),
        ("data/compare/0f.js", RUN_SHARDS),
        ("data/previews/0f/0.js", RUN_SHARDS),
        ("data/points/0f/1-0.js", RUN_POINTS),
        ("data/experiments/0f-more.js", "data of experiments"),
        ("data/experiments/0f-points.parquet", "tables to download"),
        ("data/experiments.csv", "tables to download"),
        ("experiments/0f.html", "other pages"),
        ("charts/runs/0f.svg", "pictures"),
        ("artifacts/0f/0f.html", "artifacts"),
        ("assets/site.css", "scripts and styles"),
        ("feed.xml", "the rest"),
        ("odd\nname", "the rest"),
    ],
)
def test_a_kind_is_told_by_the_path(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_files_and_bytes_are_counted_by_kind() -> None:
    budget = weigh_site(FILES, runs=2)
    assert (budget.of(RUN_PAGES).files, budget.of(RUN_PAGES).bytes) == (2, 10_000)
    assert (budget.of(RUN_SHARDS).files, budget.of(RUN_SHARDS).bytes) == (2, 4_000)
    assert budget.of("artifacts").files == 0
    assert budget.extent.bytes == sum(FILES.values()) == sum(one.bytes for one in budget.weights)
    assert budget.extent.files == len(FILES) == sum(one.files for one in budget.weights)
    assert budget.extent.fullest == 2
    assert budget.largest[0] == ("assets/vega.js", 80_000)


def test_a_site_is_told_as_an_aligned_table() -> None:
    assert render_budget(weigh_site(FILES, runs=2), hosts=()).splitlines() == [
        "                    files    bytes    a run",
        "run pages               2    10 kB     5 kB",
        "JSON of runs            1    500 B    250 B",
        "data of runs            2     4 kB     2 kB",
        "other pages             1     1 kB    500 B",
        "scripts and styles      1    80 kB    40 kB",
        "in all                  7  95.5 kB  47.8 kB",
        "largest: assets/vega.js 80 kB, runs/aa.html 6 kB, runs/b/bb.html 4 kB",
    ]


def test_a_site_without_runs_has_no_share() -> None:
    assert render_budget(weigh_site({}, runs=0), hosts=()).splitlines()[1] == "in all      0    0 B"


@pytest.mark.parametrize(
    ("host", "lines"),
    [
        (Host("A", Limits(whole=119_375)), ["A: 95.5 kB of 119 kB in all, near its limit"]),
        (Host("A", Limits(whole=119_376)), []),
        (Host("A", Limits(whole=95_500)), ["A: 95.5 kB of 95.5 kB in all, near its limit"]),
        (Host("A", Limits(whole=95_400)), ["A: 95.5 kB of 95.4 kB in all, over its limit"]),
        (Host("A", Limits(file=90_000)), ["A: 80 kB of 90 kB in one file, near its limit"]),
        (Host("A", files=6), ["A: 7 of 6 files, over its limit"]),
        (Host("A", folder=2), ["A: 2 of 2 files in one folder, near its limit"]),
        (
            Host("A", Limits(whole=1, file=1)),
            [
                "A: 95.5 kB of 1 B in all, over its limit",
                "A: 80 kB of 1 B in one file, over its limit",
            ],
        ),
        (Host("A"), []),
    ],
)
def test_a_limit_is_named_from_four_fifths_on(host: Host, lines: list[str]) -> None:
    assert list(find_near(weigh_site(FILES, runs=2), [host])) == lines


def test_ten_thousand_runs_are_too_many_for_some_hosts() -> None:
    files = {f"runs/{number:05}.html": 6_000 for number in range(10_001)}
    said = render_budget(weigh_site(files, runs=10_001))
    assert "Hugging Face Spaces: 10,001 of 10,000 files in one folder, over its limit" in said
    assert "Cloudflare" not in said


def test_a_site_over_the_budget_is_an_error() -> None:
    budget = weigh_site(FILES, runs=2)
    budget.check(95_500)
    with pytest.raises(BudgetExceeded, match=r"^The site has 95.5 kB, and the budget is 95.4 kB\."):
        budget.check(95_400)


def test_the_demo_site_is_weighed_whole() -> None:
    files = list_site(ROOT / "site")
    pages = {path for path in files if path.startswith("runs/") and path.endswith(".html")}
    budget = weigh_site(files, runs=len(pages))
    assert budget.of(RUN_PAGES).files == len(pages) > 10
    assert budget.extent.bytes == sum(
        path.stat().st_size for path in (ROOT / "site").rglob("*") if path.is_file()
    )
    assert list(find_near(budget)) == []
