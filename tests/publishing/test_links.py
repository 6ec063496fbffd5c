"""Finding references of a site that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.publishing import find_broken_links
from runfolio.publishing.references import Use, read_page, read_style

SITE = Path(__file__).parents[2] / "site"


def write_site(folder: Path, **files: str) -> Path:
    """A site with a page, a run's page, a script and a shard, and `files` by path beside them."""
    usual = {
        "index.html": '<a href="runs/a.html">a</a>',
        "runs/a.html": '<body data-root="../"><h1 id="top-1">a</h1></body>',
        "assets/site.js": "",
        "data/runs/a.js": "",
    }
    for path, text in (usual | files).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def test_no_link_of_the_demo_report_is_broken() -> None:
    assert find_broken_links(SITE) == ()


def test_no_link_of_a_site_with_odd_names_is_broken(small_site: Path) -> None:
    assert find_broken_links(small_site) == ()


@pytest.mark.parametrize(
    "html",
    [
        '<a href="runs/a.html">',
        '<a href="runs/a.html#top-1">',
        '<a href="./runs/../runs/a.html?x=1#runs=1,2&sort=loss">',
        '<a href="#">',
        '<a href="#here"><p id="here">',
        '<a href="runs/%61.html">',
        '<a href="https://example.org/x.html">',
        '<a href="mailto:somebody@example.org">',
        '<a name="old"></a><a href="#old">',
        '<img src="data:image/png;base64,aaaa">',
        '<img srcset="assets/site.js 1x, assets/site.js 2x">',
        '<script src="assets/site.js"></script>',
        '<body data-root=""><div data-shard="runs/a">',
        '<body data-vega="assets/site.js">',
        '<svg><use href="#dot"/><circle id="dot"/></svg>',
        '<link rel="alternate" href="https://example.org/feed.xml">',
        '<iframe srcdoc="<img src=nowhere.png>"></iframe>',
        '<!-- <img src="nowhere.png"> -->',
        '<script type="application/json">{"a": "<img src=nowhere.png>"}</script>',
        "<a>text</a><a href>text</a>",
    ],
)
def test_what_is_there_is_fine(tmp_path: Path, html: str) -> None:
    assert find_broken_links(write_site(tmp_path / "site", **{"page.html": html})) == ()


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<a href="runs/b.html">', "there is no 'runs/b.html'"),
        ('<a href="runs/A.html">', "there is only 'runs/a.html'"),
        ('<a href="runs/">', "there is no 'runs'"),
        ('<a href="../site/index.html">', "leads out of the site"),
        ('<a href="/index.html">', "a path from the root of the host"),
        (r'<a href="runs\a.html">', "has a backslash, where addresses have '/'"),
        ('<p style="background: url(b.png)">', "there is no 'b.png'"),
        ("<style>p { background: url(b.png) }</style>", "there is no 'b.png'"),
        ('<a href="runs/a.html#results">', "runs/a.html has no id 'results'"),
        ('<a href="#nowhere">', "page.html has no id 'nowhere'"),
        ('<a href="javascript:alert(1)">', "an address of the kind 'javascript'"),
        ('<a href="file:///home/ada/index.html">', "an address of the kind 'file'"),
        ('<img src="https://example.org/a.png">', "loads from somewhere else than the site"),
        ('<script src="//example.org/a.js"></script>', "loads from somewhere else than the site"),
        ('<link rel="stylesheet" href="http://a/b.css">', "loads from somewhere else"),
        ('<img srcset="assets/site.js 1x, b.png 2x">', "there is no 'b.png'"),
        ('<video poster="b.png">', "there is no 'b.png'"),
        ('<link rel="alternate" href="feed.xml">', "there is no 'feed.xml'"),
        ('<body data-root=""><div data-shard="runs/b">', "there is no 'data/runs/b.js'"),
        ('<details data-late="previews/a/0">', "there is no 'data/previews/a/0.js'"),
        ('<body data-vega="assets/vega.js">', "there is no 'assets/vega.js'"),
        ('<svg><use href="#dot"/></svg>', "page.html has no id 'dot'"),
    ],
)
def test_what_leads_nowhere_is_told(tmp_path: Path, html: str, reason: str) -> None:
    site = write_site(tmp_path / "site", **{"page.html": f"<p>\n{html}"})
    (broken,) = find_broken_links(site)
    assert (broken.page, broken.line) == ("page.html", 2)
    assert broken.reason.startswith(reason)
    assert str(broken).startswith(f"page.html:2: {broken.attribute}=")


def test_paths_of_a_page_in_a_folder_are_its_own(tmp_path: Path) -> None:
    page = '<body data-root="../" data-vega="assets/site.js" data-shard="runs/a"><a href="a.html">'
    site = write_site(tmp_path / "site", **{"runs/b.html": page})
    assert find_broken_links(site) == ()
    # The same site below a folder, beside others: everything is relative.
    site = write_site(tmp_path / "all" / "pr" / "1", **{"runs/b.html": page})
    assert find_broken_links(site.parents[1]) == ()


def test_style_sheets_are_looked_into(tmp_path: Path) -> None:
    style = (
        "/* url(a.png) */\na { b: url(\"data:,x\"); c: url(site.js) }\nd { e: url('../b.woff') }"
    )
    site = write_site(tmp_path / "site", **{"assets/look.css": style})
    (broken,) = find_broken_links(site)
    assert str(broken) == "assets/look.css:3: url()='../b.woff': there is no 'b.woff'"


def test_style_sheets_that_import_are_looked_into() -> None:
    (reference,) = read_style('@import "more.css";')
    assert (reference.use, reference.value) == (Use.LOAD, "more.css")


def test_artifacts_are_other_peoples_files(tmp_path: Path) -> None:
    artifact = '<img src="https://example.org/a.png"><a href="b.html">'
    site = write_site(tmp_path / "site", **{"artifacts/a/page.html": artifact})
    assert find_broken_links(site) == ()


def test_the_title_is_read() -> None:
    text = "<title>Wine &amp;\n cheese</title><svg><title>Dot</title></svg>"
    assert read_page(text).title == "Wine & cheese"


@pytest.mark.parametrize("text", ["<a href='x", "<", "<!doctype", "\0", '<a href="\ud800">'])
def test_damaged_pages_are_read(text: str) -> None:
    assert isinstance(read_page(text).ids, frozenset)


def test_the_feed_and_the_overview_are_looked_at_too(tmp_path: Path) -> None:
    feed = (
        '<feed><link rel="self" href="feed.xml" /><entry><link href="runs/b.html" /></entry></feed>'
    )
    overview = "- [a \\[x\\]](runs/a.html): a\n- [b \\](no)](runs/b.html)\n"
    folder = write_site(tmp_path / "site", **{"feed.xml": feed, "llms.txt": overview})
    assert list(map(str, find_broken_links(folder))) == [
        "feed.xml:1: href='runs/b.html': there is no 'runs/b.html'",
        "llms.txt:2: link='runs/b.html': there is no 'runs/b.html'",
    ]
