"""Notes: Markdown as people write it, and as attackers do."""

from __future__ import annotations

import re

import nh3
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site.controls import show_controls
from runfolio.site.notes import MAX_NOTE, _cast, _render, render_markdown

TAGS = """
    p br hr h3 h4 h5 h6 strong em s code pre span a ul ol li blockquote div table thead tbody tr
    th td
"""
ALLOWED = set(TAGS.split())


def test_usual_markdown() -> None:
    html = render_markdown("# Title\n\nSome **bold**, *soft*, ~~gone~~ `code`.\n\n3. three\n")
    assert html == (
        "<h3>Title</h3>\n<p>Some <strong>bold</strong>, <em>soft</em>, <s>gone</s> "
        '<code>code</code>.</p>\n<ol start="3">\n<li>three</li>\n</ol>\n'
    )


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# a\n## b\n### c", [3, 4, 5]),
        ("### a\n# b\n#### c", [3, 3, 4]),
        ("# a\n## b\n### c\n#### d\n##### e\n# f", [3, 4, 5, 6, 6, 3]),
        ("a\n===\n\n> ## b", [3, 4]),
    ],
)
def test_headings_start_at_three_without_gaps(source: str, levels: list[int]) -> None:
    html = render_markdown(source)
    assert [int(level) for level in re.findall(r"<h(\d)>", html)] == levels
    assert re.findall(r"<h(\d)>", html) == re.findall(r"</h(\d)>", html)


def test_table_scrolls_and_aligns() -> None:
    html = render_markdown("|a|b|\n|--:|---|\n|1|2|\n")
    assert '<div class="scroller" tabindex="0">\n<table>' in html
    assert '<td class="right">1</td>\n<td>2</td>' in html


def test_fenced_code_is_coloured_and_other_code_plain() -> None:
    assert '<span class="k">def</span>' in render_markdown("```python\ndef f(): ...\n```\n")
    assert render_markdown("    <b>\n") == (
        '<pre class="code" tabindex="0"><code>&lt;b&gt;\n</code></pre>\n'
    )


def test_links_to_the_web_only() -> None:
    html = render_markdown('[a](https://x.org/?a=1&b=2 "t") <mailto:a@b.c> [up](../x) [r](//e/x)')
    assert html == (
        '<p><a href="https://x.org/?a=1&amp;b=2" title="t" rel="noopener noreferrer nofollow">'
        "a</a> "
        '<a href="mailto:a@b.c" rel="noopener noreferrer nofollow">mailto:a@b.c</a> '
        "<span>up</span> <span>r</span></p>\n"
    )


def test_pictures_become_their_text() -> None:
    html = render_markdown(
        "![a *plot* <b>](https://x.org/p.png) ![](p.png) [![badge](b)](https://x.org)"
    )
    assert html == (
        "<p>a plot &lt;b&gt; image "
        '<a href="https://x.org" rel="noopener noreferrer nofollow">badge</a></p>\n'
    )


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:x) [x](data:text/html,<script>) [x](file:///etc/passwd) [x](ms-msdt:x)",
    "[x](blob:https://e) [x](\\\\host\\share)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](x)',
    '[x](https://e "t\\" onclick=\\"alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    '|<script>|"onclick=x|\n|--|--|\n|<svg/onload=x>|y|',
    "<a id=config name=location>x</a>\n\n# id",
    "<!--<script>--><style>@import 'x'</style><math><mtext></form><form>",
    '<https://e/"onclick=alert(1)>',
    "'\"><img src=x onerror=PWN()><svg onload=PWN()>{{7*7}}${7*7}</script></title></textarea><!--",
    "\x00\x1b]8;;http://e\x07x\u202e\ufffe\ud800",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_hostile_comes_through(source: str) -> None:
    check_safe(render_markdown(source))


@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, "*", "`", "[", "](", ")", "\n", "> ", "- ", "<", '"', "&#x3c;", "|", "~~"]
        )
        | st.text(max_size=5),
        max_size=12,
    )
)
def test_mixtures_stay_safe(parts: list[str]) -> None:
    check_safe(render_markdown("".join(parts)))


def check_safe(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all():
        assert tag.name in ALLOWED
        assert set(tag.attrs) <= {"href", "title", "rel", "class", "start", "tabindex"}
        assert re.match(r"https?://|mailto:", str(tag.get("href", "mailto:")), re.IGNORECASE)
        assert tag.name != "a" or tag.get("rel") == ["noopener", "noreferrer", "nofollow"]
    html.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", html)
    again = nh3.clean(
        html,
        tags=ALLOWED,
        attributes={"*": {"href", "title", "class", "start", "tabindex"}},
        link_rel="noopener noreferrer nofollow",
    )
    assert BeautifulSoup(again, "html.parser") == soup


def test_long_notes_are_cut_and_say_so() -> None:
    html = render_markdown("word " * 60_000)
    assert html.endswith("<p><em>Cut here: the whole note has 300 kB.</em></p>\n")
    assert MAX_NOTE <= len(html) < MAX_NOTE + 200
    assert "Cut here" not in render_markdown("word " * 30_000)


@pytest.mark.parametrize(
    "unit",
    ["> ", "[", "*a ", "**a _b ", "`", "![", "- ", "|a", "<", "((", "~~a ", "1. ", "&", "\\"],
)
def test_nesting_and_repetition_end(unit: str) -> None:
    check_safe(render_markdown(unit * (20_000 // len(unit))))


PIECES = (
    *("1", "12", "007", "0.123", "e-05", "a", "word", "ü", "1.", "2) ", "[1]: http://a", "]:"),
    *(".", ",", " ", "  ", "    ", "\n", "\n\n", "\t", "\r\n", "- ", "* ", "+", "# ", "> ", "---"),
    *("*", "**", "_", "~~", "`", "```", "~~~", "\\", "|", "|-|-|", "=", "!", ":", "//", '"', "'"),
    *("[", "](", "]", "(", ")", "<", "&", "&#12;", "%41", "{", "}", "http://a.b/", "https://x:99/"),
    *("https:", "mailto:", "javascript:", "xn--1a", "\u200d", "☎", "1\ufe0f\u20e3", "\u202e"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_a_note_is_the_same_whatever_is_kept(text: str) -> None:
    assert render_markdown(text) == _render(show_controls(text))


DIGITS = st.text("0123456789", min_size=1, max_size=12)


@given(st.data())
def test_a_note_with_other_digits_is_its_own(data: st.DataObject) -> None:
    form = "".join(data.draw(st.lists(st.sampled_from(PIECES), max_size=25)))
    for _ in range(2):
        text = "".join(
            data.draw(DIGITS) if part.isdecimal() else part for part in re.split("([0-9]+)", form)
        )
        assert render_markdown(text) == _render(show_controls(text))


def test_notes_that_differ_in_digits_are_read_once() -> None:
    _cast.cache_clear()
    notes = [
        f"Trial **{one}**, see [it](https://a.b/9):\n\n- rate {one / 7}" for one in (1, 20, 300)
    ]
    for note in notes:
        assert render_markdown(note) == _render(note)
    assert _cast.cache_info().misses == 1
