"""HTML, SVG and files that claim to be others: shown apart, copied as what no browser runs."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from time import process_time
from typing import NoReturn

import pytest
from bs4 import BeautifulSoup

import runfolio
from runfolio.site import build_report
from runfolio.site.documents import MAX_TAGS, quieten
from runfolio.site.preview import Preview, preview_artifact
from tests.hostile import markup
from tests.hostile.parts import documents
from tests.hostile.texts import BEACON, MARK

ENDINGS = {".png", ".jpg", ".gif", ".webp", ".pdf", ".txt", ".bin"}
"""What copies of artifacts end with; sound and film come to these."""


def show(tmp_path: Path, name: str, content: str | bytes) -> Preview:
    path = tmp_path / "artifact"
    data = content.encode(errors="surrogatepass") if isinstance(content, str) else content
    path.write_bytes(data)

    def read_table(*_: object) -> NoReturn:
        raise ValueError("no table")

    return preview_artifact(
        path, name=name, media_type="", size=len(data), read_table=read_table, draw=str
    )


def check(html: str) -> None:
    """Fail for what would run, load, move or be sent."""
    for tag in BeautifulSoup(html, "html.parser").find_all():
        assert tag.name not in (
            *("script", "style", "iframe", "object", "embed", "form", "input", "button", "meta"),
            *("link", "base", "svg", "math", "video", "audio", "source", "frame", "portal"),
            *("template", "noscript", "textarea", "select", "title", "xmp", "plaintext"),
        )
        names = set(tag.attrs)
        assert not [name for name in names if name.startswith("on")]
        assert not names & {
            "style",
            "id",
            "name",
            "srcset",
            "background",
            "target",
            "ping",
            "class",
        }
        assert str(tag.get("src", "data:image/")).startswith("data:image/")
        href = str(tag.get("href", "https://"))
        assert re.match("(https?|mailto):", href, re.IGNORECASE), href


@pytest.mark.parametrize("source", [markup.document(BEACON), *markup.MUTATING])
def test_a_document_is_shown_without_what_runs_or_loads(source: str) -> None:
    html = quieten(markup.place(source, BEACON))
    check(html)
    assert quieten(html) == html


def test_scripts_that_do_not_end_hide_what_follows() -> None:
    assert quieten("<p>a</p><SCRIPT src=x>b</p>") == "<p>a</p>"
    assert quieten("<p>a<style>b</STYLE x>c</p>") == "<p>ac</p>"
    assert quieten("<script>a</script><script>b</script>c") == "c"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 10_000,
        "<ul><li>" * 6_000,
        "<a><b><p>" * 5_000,
        "</p>" * 12_500,
        "<table>x" * 6_000,
        "<p " + " ".join(f"a{number:x}" for number in range(9_000)) + ">",
        "<script>" * 6_250,
        "<script></style>" * 3_125,
        "&" * 50_000,
        "<!--" * 12_500,
        "<a href='" * 5_500,
    ],
    ids=lambda text: text[:12],
)
def test_a_document_of_50_kb_is_cleaned_within_a_second(text: str) -> None:
    def take() -> float:
        started = process_time()
        try:
            quieten(text[:50_000])
        except ValueError:
            assert text.count("<") > MAX_TAGS
        return process_time() - started

    assert take() < 1 or take() < 1


def test_a_document_of_too_many_tags_is_not_shown(tmp_path: Path) -> None:
    shown = show(tmp_path, "x.html", "<p>" * (MAX_TAGS + 1))
    assert shown.kind == "none"
    assert shown.caption is not None
    assert "more than 10,000 tags" in shown.caption
    attributes = "<p " + " ".join(f"a{number:x}" for number in range(100_000)) + ">"
    assert show(tmp_path, "x.html", attributes).kind == "none"
    scripts = f"<script>{'x<y;' * 100_000}</script><p>{MARK}</p>"
    assert show(tmp_path, "x.html", scripts).text == f"<p>{MARK}</p>"


@pytest.mark.parametrize("kind", ["laughs", "file"])
def test_entities_of_pictures_are_refused(tmp_path: Path, kind: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        content = markup.picture("far", BEACON, before=markup.bomb(kind)).encode(encoding)
        shown = show(tmp_path, "x.svg", content)
        assert shown.kind == "failed"
        assert "declares entities" in str(shown.caption)


def test_entities_behind_another_encoding_are_refused(tmp_path: Path) -> None:
    before = "<?xml version='1.0' encoding='ISO-2022-JP'?><!DOCTYPE svg [<!EN\x1b(BTITY e 'x'>]>"
    shown = show(tmp_path, "x.svg", markup.picture("far", BEACON, before=before))
    assert "characters that no XML may hold" in str(shown.caption)
    wide = markup.picture("far", BEACON, before=markup.bomb("laughs")).encode("utf-16-le")
    assert show(tmp_path, "x.svg", wide).kind == "none"


def build(tmp_path: Path, store: Path) -> Path:
    """A site of all pages and pictures of the corpus."""
    files = [*documents._pages(BEACON), *documents._pictures(BEACON)]
    with runfolio.start_run(experiment="e", store=store, capture=False) as run:
        for path, content in files:
            file = tmp_path / path
            file.write_bytes(content.encode() if isinstance(content, str) else content)
            run.log_artifact(file)
    build_report(store, output=tmp_path / "site")
    return tmp_path / "site"


def test_pages_and_pictures_of_strangers_in_a_site(tmp_path: Path, store: Path) -> None:
    site = build(tmp_path, store)
    copies = [path for path in (site / "artifacts").rglob("*") if path.is_file()]
    assert {path.suffix for path in copies} <= ENDINGS
    assert all(re.fullmatch(r"[0-9a-f]{16}\.[a-z]{3}", path.name) for path in copies)
    for path in copies:
        head = path.read_bytes()[:16]
        if path.suffix not in (".txt", ".bin"):
            assert head.startswith((b"\x89PNG\r\n\x1a\n", b"%PDF-", b"GIF8", b"\xff\xd8\xff"))
    names = {path.name.lower() for path in site.rglob("*")}
    assert not names & {"_headers", "_redirects", "cname", ".htaccess", "sw.js", "page.html"}

    page = next((site / "runs").glob("*.html")).read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    frames = soup.find_all("iframe")
    assert len(frames) == page.count('<iframe sandbox="" ') > 0
    for frame in frames:
        assert set(frame.attrs) == {"sandbox", "loading", "title", "srcdoc"}
        check(str(frame["srcdoc"]))
    assert "http-equiv" in page[: page.index("<title>")]
    policy = page.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    named = {one.split()[0] for one in policy.split(";")}
    assert policy.startswith("default-src 'none';")  # which holds for all that is not named
    assert not named & {"frame-src", "child-src", "connect-src", "object-src", "worker-src"}
    assert soup.find_all(["svg", "object", "embed", "portal", "applet"], class_=False) == []


def test_svg_is_shown_as_a_picture_and_never_as_a_file(tmp_path: Path, store: Path) -> None:
    site = build(tmp_path, store)
    drawn = markup.picture("script", BEACON).encode()
    page = next((site / "runs").glob("*.html")).read_text(encoding="utf-8")
    address = f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"
    assert BeautifulSoup(page, "html.parser").find("img", src=address) is not None
    holding = [path for path in site.rglob("*") if path.is_file() and drawn == path.read_bytes()]
    assert [path.suffix for path in holding] == [".txt"]
