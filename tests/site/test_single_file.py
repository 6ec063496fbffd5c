"""One page of a site as one file: everything inside, nothing leads away, no policy loosened."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

import runfolio
from runfolio.errors import OutputRefused, PageNotFound, PageTooLarge
from runfolio.site.inlining import inline_page
from runfolio.site.shards import read_shard, render_shard
from runfolio.site.single_file import SingleFile, write_single_file
from runfolio.site.site_files import SiteFiles
from tests.archive.samples import write_sample

HOSTILE = "</script><script>alert(1)</script><!-- \u2028 \\x3c \\\\x3c \" '"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    write_sample(folder)
    return folder


def ids_of(root: Path) -> dict[str, str]:
    found = runfolio.search_runs(store=root / "runs")
    return dict(zip(found["name"], found["run_id"], strict=True))


def write(root: Path, page: str | None, **options: object) -> tuple[SingleFile, BeautifulSoup]:
    target = root / "out.html"
    done = write_single_file(root / "runs", target, page=page, **options)  # type: ignore[arg-type]
    assert done.bytes == target.stat().st_size
    return done, BeautifulSoup(target.read_text(), "html.parser")


def policy_of(soup: BeautifulSoup) -> str:
    return str(soup.select_one('meta[http-equiv="Content-Security-Policy"]')["content"])  # type: ignore[index]


def digest(tag: Tag) -> str:
    content = hashlib.sha256(str(tag.string or "").encode()).digest()
    return f"'sha256-{base64.b64encode(content).decode()}'"


def scripts_of(soup: BeautifulSoup) -> list[Tag]:
    return [one for one in soup.select("script") if "json" not in str(one.get("type", ""))]


def shards_of(soup: BeautifulSoup) -> set[str]:
    found = (re.match(r'runfolio\.register\("([^"]+)"', one.text) for one in scripts_of(soup))
    return {one[1] for one in found if one}


def addresses_of(soup: BeautifulSoup) -> set[str]:
    tags = soup.select("[href], [src], [srcset], [poster]")
    names = ("href", "src", "srcset", "poster")
    return {str(tag[name]) for tag in tags for name in names if tag.get(name)}


@pytest.mark.parametrize("page", ["experiment:wine", "run", "compare"])
def test_nothing_is_outside(root: Path, page: str) -> None:
    ids = ids_of(root)
    pages = {"run": f"run:{ids['a']}", "compare": f"compare:{ids['a'][:10]},{ids['b']}"}
    _, soup = write(root, pages.get(page, page))
    outside = [one for one in addresses_of(soup) if not one.startswith(("data:", "#"))]
    assert outside == []
    assert soup.select("link[rel=stylesheet], script[src], iframe[src]") == []


def test_the_policy_allows_exactly_what_is_in_the_page(root: Path) -> None:
    _, soup = write(root, "experiment:wine")
    directives = dict(part.strip().split(" ", 1) for part in policy_of(soup).split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"].split() == [digest(one) for one in scripts_of(soup)]
    assert directives["style-src"].split() == [digest(one) for one in soup.select("style")]
    assert directives["connect-src"] == directives["base-uri"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert directives["trusted-types"] == "runfolio"
    assert "unsafe" not in policy_of(soup)
    assert "self" not in policy_of(soup)
    assert soup.select("[onclick], [onload], [style]") == []


def test_an_experiment_has_the_data_of_its_runs(root: Path) -> None:
    done, soup = write(root, "experiment:wine")
    run_id = ids_of(root)["a"]
    shards = shards_of(soup)
    assert f"runs/{run_id}" in shards
    assert {"specs", "specs-lite"} <= shards
    assert not any(name.startswith(("finder", "compare", "previews")) for name in shards)
    assert not any(ids_of(root)["b"] in name for name in shards)
    assert done.page.startswith("experiments/")
    assert soup.body is not None
    assert soup.body["data-root"] == soup.body["data-vega"] == soup.body["data-alone"] == ""


def test_scripts_stand_at_the_end_of_the_body_the_first_before_the_data(root: Path) -> None:
    _, soup = write(root, "experiment:wine")
    assert soup.head is not None
    assert soup.body is not None
    assert soup.head.select("script:not([type])") == []
    texts = [one.text for one in soup.body.find_all("script", recursive=False)]
    assert "var runfolio" in texts[0]
    assert texts[1].startswith("runfolio.register(")
    assert not texts[-1].startswith("runfolio.register(")


def test_a_run_has_its_pictures_and_files(root: Path) -> None:
    _, soup = write(root, f"run:{ids_of(root)['a'][:6]}")
    assert soup.select('img[src^="data:image/png;base64,"]')
    links = {str(one.get("download")): str(one["href"]) for one in soup.select("a[download][href]")}
    page = next(href for name, href in links.items() if "page.html" in name)
    assert base64.b64decode(page.partition(",")[2]).startswith(b"<!doctype html>")
    assert page.startswith("data:text/plain"), "a page that could be opened as one"


def test_a_run_of_a_large_experiment_has_the_ranks(tmp_path: Path) -> None:
    for number in range(51):
        with runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False) as run:
            run.log_metric("loss", number, step=1)
    _, soup = write(tmp_path, f"run:{run.id}")
    assert any(name.endswith("-order") for name in shards_of(soup))
    assert not {"specs", "specs-lite"} & shards_of(soup)
    assert soup.select("nav.around[data-large]")


def test_what_nothing_is_drawn_of_has_no_chart_library(tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False) as run:
        run.log_param("a", 1)
    done, soup = write(tmp_path, f"run:{run.id}")
    assert not {"specs", "specs-lite"} & shards_of(soup)
    assert done.bytes < 600_000


def test_a_comparison_opens_with_its_runs_and_reads_without_scripts(root: Path) -> None:
    ids = ids_of(root)
    _, soup = write(root, f"compare:{ids['a']},{ids['b']}")
    assert soup.body is not None
    assert soup.body["data-fragment"] == f"#runs={ids['a']}%2C{ids['b']}"
    assert {f"runs/{ids['a']}", f"compare/{ids['a']}"} <= shards_of(soup)
    rows = {row.th.text: [cell.text for cell in row("td")] for row in soup.select("tbody tr")}  # type: ignore[union-attr]
    assert rows["loss"] == ["NaN", "Infinity"]
    assert rows["acc"] == ["—", "0.5"]
    assert rows["name"] == ["<b>x</b>", "—"]
    assert not soup.select("noscript")


def test_what_needs_the_site_is_left_out(root: Path) -> None:
    _, soup = write(root, f"run:{ids_of(root)['a']}")
    assert soup.select("[data-find], [data-copy-link], nav.around a, [data-compare]") == []
    crumbs = soup.select(".crumbs a")
    assert crumbs
    assert not any(one.get("href") for one in crumbs)


def test_links_can_lead_to_the_published_site(root: Path) -> None:
    _, soup = write(root, f"run:{ids_of(root)['a']}", site_url="https://example.org/report/")
    assert soup.body is not None
    assert soup.body["data-root"] == "https://example.org/report/"
    crumbs = [str(one["href"]) for one in soup.select(".crumbs a")]
    assert crumbs[0] == "https://example.org/report/index.html"
    assert all(one.startswith("https://example.org/report/") for one in crumbs)


def test_a_narrative_report(tmp_path: Path) -> None:
    write_sample(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "wine.md").write_text("---\ntitle: Wine\n---\n\n## One\n\nWords.\n")
    done, soup = write(tmp_path, "report:wine")
    assert done.page == "reports/wine.html"
    assert "Words." in soup.text
    assert done.mistakes == ()


def test_the_only_experiment_needs_no_name(root: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path / "runs", experiment="only", capture=False):
        pass
    assert write(tmp_path, None)[0].page.startswith("experiments/")
    with pytest.raises(PageNotFound, match=r"Say with --page .*'experiment:new', 'experiment:w"):
        write(root, None)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("wine", r"The page 'wine' can't be read\. Write run:ID"),
        ("table:x", "The page 'table:x' can't be read"),
        ("run:", "The page 'run:' can't be read"),
        ("experiment:beer", r"No experiment 'beer'\. There are: 'experiment:new'"),
        ("run:zz", "No run has an id that begins with 'zz'"),
        ("compare:zz,yy", "No run has an id that begins with 'zz'"),
        ("report:x", "No report 'x'"),
        ("report:../index", r"No report '\.\./index'"),
    ],
)
def test_a_page_that_is_not_there(root: Path, page: str, message: str) -> None:
    with pytest.raises(PageNotFound, match=message):
        write(root, page)


def test_comparing_takes_two_runs(root: Path) -> None:
    with pytest.raises(PageNotFound, match="names fewer than two runs"):
        write(root, f"compare:{ids_of(root)['a']}")


def test_too_large_a_page_is_refused_and_nothing_written(root: Path, tmp_path: Path) -> None:
    with pytest.raises(
        PageTooLarge, match=r"would take .* more than 200 kB\. Most of it is assets/vega"
    ):
        write_single_file(
            root / "runs", tmp_path / "a.html", page="experiment:wine", max_size=200_000
        )
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_is_not_replaced(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    target.write_text("<p>mine</p>")
    with pytest.raises(OutputRefused, match="is no page that build-report wrote"):
        write_single_file(root / "runs", target, page="experiment:wine")
    assert target.read_text() == "<p>mine</p>"
    target.unlink()
    write_single_file(root / "runs", target, page="experiment:wine")
    first = target.read_bytes()
    write_single_file(root / "runs", target, page="experiment:wine")
    assert target.read_bytes() == first


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = HOSTILE.replace("\u2028", " ")
    with runfolio.start_run(
        store=tmp_path / "runs", experiment=name, name=name, capture=False
    ) as run:
        run.log_params({"p": HOSTILE, "control": "a\0b"})
        run.log_metrics({"loss": 1.0})
    _, soup = write(tmp_path, f"experiment:{name}")
    assert not any(one.text == "alert(1)" for one in soup.select("script"))
    allowed = set(policy_of(soup).partition("script-src ")[2].partition(";")[0].split())
    assert {digest(one) for one in scripts_of(soup)} == allowed
    assert "a␀b" in soup.text
    assert "\0" not in soup.text


@pytest.mark.parametrize("text", [HOSTILE, "\\", '"', "<", "\\x3c", "a\nb", "ü"])
def test_a_shard_reads_as_what_was_registered(text: str) -> None:
    assert read_shard(render_shard("a/b", {"text": text})) == {"text": text}


PAGE = """<!doctype html>
<html><head><meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<script src="../assets/site.js" defer></script></head>
<body data-root="../" data-page="run"><a href="../artifacts/a.bin" download="A &amp; B">a</a>
<a href="../../outside.txt">out</a><a href="?x#y">self</a><a href="https://a.org/">web</a>
<img src="../big.png" alt="&lt;"><svg viewBox="0 0 1 1"><linearGradient id="g"/></svg>
<div data-elsewhere><div>gone</div>gone too</div><p>stays</p></body></html>
"""


def make_site(folder: Path) -> Path:
    for name, content in {
        "assets/site.js": b"'</script>'; '<!--'",
        "artifacts/a.bin": b"abc",
        "big.png": bytes(9 << 20),
        "runs/x.html": b"",
    }.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "outside.txt").write_text("secret")
    return folder / "site"


def test_a_page_by_hand(tmp_path: Path) -> None:
    files = SiteFiles(make_site(tmp_path), "runs/x.html")
    text = inline_page(PAGE, files, data={}, libraries=[], body={"data-root": ""}, site_url=None)
    soup = BeautifulSoup(text, "html.parser")
    assert [str(one.get("href")) for one in soup("a")] == [
        "data:application/octet-stream;base64,YWJj",
        "None",
        "#y",
        "https://a.org/",
    ]
    assert soup("a")[0]["download"] == "A & B"
    assert files.left_out == {"big.png": 9 << 20}
    assert str(soup.img["src"]).startswith("data:image/svg+xml")  # type: ignore[index]
    assert "secret" not in text
    assert "gone" not in text
    assert "<p>stays</p>" in text
    assert 'viewBox="0 0 1 1"' in text
    (script,) = soup("script")
    assert script.text == "'\\x3c/script>'; '\\x3c!--'"
    assert digest(script) in policy_of(soup)


def test_a_link_out_of_the_site_is_not_followed(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    (site / "artifacts" / "link.bin").symlink_to(tmp_path / "outside.txt")
    files = SiteFiles(site, "runs/x.html")
    assert files.locate("../../outside.txt") is None
    assert files.locate("../artifacts/link.bin") == ("artifacts/link.bin", "")
    assert files.embed("artifacts/link.bin", most=1000) is None
