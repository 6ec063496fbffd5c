"""Highlighted code: safe, readable in both themes, unchanged in its text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_all_lexers, get_lexer_for_filename
from pygments.util import ClassNotFound

from runfolio.site.code import (
    COLOURS,
    LANGUAGES,
    MAX_COLOURED,
    MAX_COLOURED_LINE,
    code_css,
    find_lexer,
    highlight,
    highlight_diff,
)
from runfolio.site.controls import show_controls

SURFACES = {"light": "#f6f8fa", "dark": "#161b22"}


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", COLOURS)
def test_colours_are_readable(name: str) -> None:
    light, dark = COLOURS[name]
    assert contrast(light, SURFACES["light"]) >= 4.5
    assert contrast(dark, SURFACES["dark"]) >= 4.5


def test_style_sheet_sets_colours_by_system_and_by_choice() -> None:
    css = code_css()
    light, dark = COLOURS["keyword"]
    assert f":root {{ --code-comment: {COLOURS['comment'][0]};" in css
    assert f"--code-keyword: {light};" in css
    assert re.search(
        r"prefers-color-scheme: dark\) \{ :root:not\(\[data-theme=light\]\) .*" + dark, css
    )
    assert re.search(r"^@media screen \{ :root\[data-theme=dark\] .*" + dark, css, re.MULTILINE)
    assert set(re.findall(r"var\((--code-\w+)\)", css)) == {f"--code-{name}" for name in COLOURS}


def test_every_rule_is_of_code_and_known_to_the_lexers() -> None:
    selectors = re.findall(r"\.code \.(\w+)", code_css())
    assert {"k", "kn", "nf", "s2", "mi", "c1", "gi", "gd"} <= set(selectors)


def test_language_by_name_of_the_file_or_of_the_language() -> None:
    assert '<span class="k">def</span>' in highlight("def f(): ...", filename="src/train.py")
    assert '<span class="k">def</span>' in highlight("def f(): ...", language="python")
    for plain in (highlight("def f(): ..."), highlight("def f(): ...", language="no such")):
        assert plain == '<pre class="code" tabindex="0"><code>def f(): ...</code></pre>'
    assert find_lexer(filename="notes.txt") is None


def test_names_of_files_tell_what_they_tell_pygments() -> None:
    patterns = {one for _, _, some, _ in get_all_lexers(plugins=False) for one in some}
    filled = {re.sub(r"\[(.).*\]", r"\1", one.replace("*", "x")) for one in patterns}
    for name in (*sorted(filled), "a/b.py", "b.PY", ".py", "README", "x.tar.gz", "no such"):
        found = find_lexer(filename=name)
        assert (found and found.aliases[0]) == _language_by_pygments(name), name


def _language_by_pygments(name: str) -> str | None:
    try:
        language: str = get_lexer_for_filename(name).aliases[0]
    except ClassNotFound:
        return None
    return language if language in LANGUAGES else None


def test_diff() -> None:
    html = highlight_diff("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-<b>\n+<i>\n")
    assert '<span class="gd">-&lt;b&gt;</span>' in html
    assert '<span class="gi">+&lt;i&gt;</span>' in html


@given(
    text=st.text(
        st.characters(exclude_categories=["Cc", "Cn", "Cs"]) | st.sampled_from("\n\t<&>\"'")
    ),
    filename=st.sampled_from(["a.py", "a.html", "a.diff", "a.json", "a.md", "a.sh", "a.txt"]),
)
def test_text_is_all_there_and_nothing_else_is_markup(text: str, filename: str) -> None:
    html = highlight(text, filename=filename)
    soup = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {"pre", "code", "span"}
    assert set(re.findall(r"<span ([^>]*)>", html)) <= set(
        re.findall(r'<span (class="\w+")>', html)
    )
    assert soup.get_text() == show_controls(text)


@pytest.mark.parametrize(
    "text", ["x = 1 " * MAX_COLOURED_LINE, "if x:\n" + "  \n" * 999, "x = 1\n" * MAX_COLOURED]
)
def test_what_would_take_a_lexer_too_long_stays_plain(text: str) -> None:
    assert "<span" not in highlight(text, language="python")


def test_controls_show() -> None:
    html = highlight("a\x1b[31mb\x00\r\nif x:\u202e y\ud800", language="python")
    text = BeautifulSoup(html, "html.parser").get_text()
    assert text == "a␛[31mb␀\nif x:⟨U+202E⟩ y�"


def test_this_repository_reads_back() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    shown = BeautifulSoup(highlight(source, filename=__file__), "html.parser").get_text()
    assert shown == source
