"""What pages show of strangers' texts: notes, reports, notebooks, consoles, code, any artifact."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa

from runfolio.errors import ReportMistake
from runfolio.publishing.references import read_markdown, read_page, read_style
from runfolio.site.code import highlight, highlight_diff
from runfolio.site.console import read_console
from runfolio.site.markdown import ATTRIBUTES, TAGS
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.front_matter import split_front_matter
from runfolio.site.narrative.inline_values import FUNCTIONS, evaluate_expression
from runfolio.site.narrative.maths import render_formula
from runfolio.site.narrative.pages import compose_reports
from runfolio.site.nodes import parse_nodes
from runfolio.site.notebooks import render_notebook
from runfolio.site.notes import _cleaner, render_markdown
from runfolio.site.preview import preview_artifact
from runfolio.store import read_parquet_head
from runfolio.store.parquet import encode_table
from tests.fuzz.markup import check_markup
from tests.fuzz.target import Target, choose, chosen, fresh_folder, workshop
from tests.site.narrative.sources import PIXEL, source_of, write_runs

_NOTE_TAGS: Final = frozenset(TAGS)
_NOTE_ATTRIBUTES: Final = {**ATTRIBUTES, "a": {*ATTRIBUTES["a"], "rel"}}
_NOTEBOOK_TAGS: Final = _NOTE_TAGS | {"img"}
_NOTEBOOK_ATTRIBUTES: Final = {**_NOTE_ATTRIBUTES, "img": {"src", "alt"}}
_REPORT_TAGS: Final = _NOTEBOOK_TAGS | frozenset(
    (
        *("h2", "section", "sup", "figure", "figcaption", "time"),
        *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot"),
        *("mstyle", "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup"),
        *("munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none"),
        *("mtable", "mtr", "mlabeledtr", "mtd"),
    )
)
_FORMULA: Final = frozenset(
    (
        *("accent", "accentunder", "alttext", "columnalign", "columnspacing", "depth", "display"),
        *("displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace"),
        *("mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits", "notation"),
        *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric"),
        *("voffset", "width"),
    )
)
_REPORT_ATTRIBUTES: Final[dict[str, Collection[str]]] = {
    **{tag: _FORMULA for tag in _REPORT_TAGS if tag.startswith("m")},
    **_NOTEBOOK_ATTRIBUTES,
    "img": {"src", "alt", "width", "height", "loading"},
    "time": {"datetime"},
}

_MARKDOWN: Final = (
    *(b"[a](javascript:x)", b"[a](//x.org)", b"![a](http://x.org/a.png)", b"<script>x</script>"),
    *(b"[a]: data:text/html,x\n", b"<http://x.org>", b"<a href=x onclick=y>", b"&#x6a;avascript:"),
    *(b"```html\n<b>\n```\n", b"    code\n", b"> " * 50, b"- " * 50, b"* * *\n", b"~~x~~"),
    *(b"|a|b|\n|-|-:|\n", b"**" * 40, b"`" * 30, b"[" * 60, b"](", b"\\[", b"&amp;lt;", b"# "),
    *(
        b"[^1]",
        b"[^1]: x\n",
        b"^[x]",
        b"- [x] ",
        b"$x$",
        b"$$\n\\frac{a}{b}\n$$\n",
        b"\n\n",
        b"1. ",
    ),
    *(b"{{ count() }}", b"{{ best(metrics.rmse) }}", b"```runfolio\nchart: curves\n```\n"),
    *(b"(run:x)", b"(#main)"),
)
_NOTE: Final = (
    b"# Title\n\nA *note* with **words**, `code`, ~~old~~ and [a link](https://example.org/?a=1&b=2"
    b' "t").\n\n- one\n  1. two\n\n> said\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n\n'
    b"```python\nx = 1\n```\n\n"
    b"![alt](https://example.org/a.png) <b>raw</b> &lt; [x][y]\n\n[y]: https://example.org\n"
)
_REPORT: Final = (
    b'---\ntitle: "A report"\nauthors:\n  - name: A\n    affiliation: B\n  - C\ndate: 2026-11-23\n'
    b"abstract: |\n  Some *words* and {{ count() }}.\norder: 1.5\n---\n\n# A report\n\n## One\n\n"
    b"See [it](#one), [run](run:forest), [odd](experiment:wine), $x^2$, {{ count() }}[^n].\n"
    b"\n[^n]: A note.\n\n- [x] done\n\n$$\n\\sum_{i=1}^n \\frac{a_i}{\\sqrt{b}}\n$$\n\n"
    b"```runfolio\nchart: table\ncolumns: [params.alpha, metrics.rmse]\n```\n\n"
    b"```runfolio\nchart: number\nvalue: best(metrics.rmse)\n```\n"
)


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _check_note(data: bytes) -> None:
    """A note: nothing but what is allowed, and nothing that sanitising again would change."""
    html = str(render_markdown(_text(data)))
    check_markup(html, _NOTE_TAGS, _NOTE_ATTRIBUTES, inside=False)
    assert _cleaner().clean(html) == html
    parse_nodes(html)


@cache
def _source() -> Source:
    """A store of four runs for reports to speak of."""
    store = workshop() / "wine" / "runs"
    write_runs(store)
    return source_of(store)


def _check_report(data: bytes) -> None:
    """A report: it becomes a page with what is wrong in its place."""
    folder = fresh_folder("reports")
    (folder / "report.md").write_bytes(data)
    (folder / "other.md").write_bytes(b"# Other\n\n## Part\n")
    for report in compose_reports(folder, _source()).reports:
        if report.panels:  # drawings of our own, which are checked where they are made
            continue
        for html in (report.body, report.abstract or ""):
            check_markup(html, _REPORT_TAGS, _REPORT_ATTRIBUTES, inside=True)


def _check_front(data: bytes) -> None:
    front, body = split_front_matter(_text(data).replace("\r", "\n"))
    assert body.line >= 1
    for mistake in front.mistakes:
        assert str(mistake).isprintable()


def _check_formula(data: bytes) -> None:
    with suppress(ReportMistake):
        html = str(render_formula(_text(data), display=True))
        check_markup(html, _REPORT_TAGS, _REPORT_ATTRIBUTES, inside=False)


def _check_value(data: bytes) -> None:
    with suppress(ReportMistake):
        assert evaluate_expression(_text(data), _source()).text


def _check_notebook(data: bytes) -> None:
    with suppress(ValueError, RecursionError):
        html = render_notebook(json.loads(data))
        if html is not None:
            check_markup(str(html), _NOTEBOOK_TAGS, _NOTEBOOK_ATTRIBUTES, inside=False)


def _check_console(data: bytes) -> None:
    file = fresh_folder("console") / "output.log"
    file.write_bytes(data)
    shown = read_console(file)
    for html in (shown.last, shown.whole or ""):
        check_markup(html, {"pre", "code", "span"}, {}, inside=False)


_LANGUAGES: Final = ("python", "json", "yaml", "html", "bash", "sql", "rust", "toml", "c++", "odd")


def _check_code(data: bytes) -> None:
    language, rest = choose(data, _LANGUAGES)
    for html in (highlight(_text(rest), language=language), highlight_diff(_text(rest))):
        check_markup(str(html), {"pre", "code", "span"}, {}, inside=False)


def _check_links(data: bytes) -> None:
    """What is checked before publishing: pages, styles and Markdown of anybody."""
    text = data.decode(errors="replace")
    read_page(text)
    read_style(text)
    read_markdown(text)


_NAMES: Final = (
    *("a", "a.png", "a.jpg", "a.gif", "a.webp", "a.svg", "a.csv", "a.tsv", "a.json", "a.ipynb"),
    *("a.md", "a.html", "a.parquet", "a.npy", "a.npz", "a.pdf", "a.mp3", "a.mp4", "a.wav", "a.ogg"),
    *("a.py", "a.yaml", "a.txt", "a.diff", "MLmodel", "a.ndjson", "a.xml", "a.flac", "a.webm"),
)


def _check_preview(data: bytes) -> None:
    """Any bytes under any name: there is a preview, or a reason why there is none."""
    name, content = choose(data, _NAMES)
    file = fresh_folder("preview") / "artifact"
    file.write_bytes(content)
    shown = preview_artifact(
        file,
        name=name,
        media_type="",
        size=len(content),
        read_table=read_parquet_head,
        draw=lambda text: f"<svg>{len(text)}</svg>",
    )
    assert shown.kind not in ("failed", "none") or shown.caption
    if shown.html is not None:
        check_markup(str(shown.html), _NOTEBOOK_TAGS, _NOTEBOOK_ATTRIBUTES, inside=False)
    assert shown.weight >= 0


@cache
def _files() -> Sequence[bytes]:
    """A sound file for the names that have a form of their own."""
    array = fresh_folder("arrays") / "a"
    np.save(array.with_suffix(".npy"), np.arange(6.0).reshape(2, 3))
    np.savez(array.with_suffix(".npz"), one=np.arange(3), two=np.array(["a", "b"]))
    table = pa.table({"a": [1, 2], "b": ["x", None], "c": [[1.0], []]})
    pdf = b"%PDF-1.7\n1 0 obj <</Type/Page/MediaBox[0 0 9 9]/Title(x)>> endobj\n" + zlib.compress(
        b"a"
    )
    jpeg = bytes.fromhex(
        "ffd8ffe000104a46494600010100000100010000ffc0001108000200030301220002110103"
    )
    gif = b"GIF89a\x02\x00\x03\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;"
    webp = b"RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x02\x00\x00"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="2"><rect width="1" height="1"/></svg>'
    spec = b'{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}'
    files = {
        "a.png": PIXEL,
        "a.jpg": jpeg,
        "a.gif": gif,
        "a.webp": webp,
        "a.svg": svg,
        "a.csv": b'a,b\n1,"x\ny"\n2,z\n',
        "a.tsv": b"a\tb\n1\t2\n",
        "a.json": b'{"a": [1, {"b": null}], "c": "x"}',
        "a.ndjson": spec,
        "a.ipynb": _notebook(),
        "a.md": _NOTE,
        "a.html": b"<!doctype html><title>x</title><script>y</script>",
        "a.parquet": encode_table(table),
        "a.npy": array.with_suffix(".npy").read_bytes(),
        "a.npz": array.with_suffix(".npz").read_bytes(),
        "a.pdf": pdf,
        "a.wav": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00",
        "a.mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00",
        "a.mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
        "a.py": b"def f(x):\n    return x  # \xe2\x80\xae\n",
        "a.diff": b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "a.yaml": b"a: [1, 2]\nb: &x {c: d}\ne: *x\n",
    }
    return [chosen(name, _NAMES, content) for name, content in files.items()]


def _notebook() -> bytes:
    output = {
        "output_type": "display_data",
        "data": {"image/png": "iVBORw0KGgo=", "text/plain": "x"},
    }
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "*b* [c](javascript:d)"]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "text": ["\x1b[31m1\x1b[0m\n"]},
                output,
                {"output_type": "error", "ename": "E", "evalue": "<b>"},
                {"output_type": "execute_result", "data": {"text/html": "<script>x</script>"}},
            ],
        },
        {"cell_type": "raw", "source": "<b>"},
    ]
    language = {"language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "metadata": language, "cells": cells}).encode()


_CONSOLE: Final = (
    b"\x1b[1;31mred\x1b[0m\n10%\r100%\n\x1b]8;;https://example.org\x07link\x1b]8;;\x07\n\x1b[38;5;9mx\n"
    b"\x1b[38;2;1;2;3mx\x1b[m\x1b[2K\x1b[1A<b>\n"
)
_VALUES: Final = tuple(
    text.encode()
    for text in (
        *("best(metrics.rmse)", "count()", 'value("forest", params.model)', "duration()"),
        *("mean(metrics.rmse, \"params.model = 'ridge'\", digits=3)", "best_run(metrics.rmse)"),
        *("change(metrics.rmse, base=\"tags.sweep = 'ridge'\")", 'experiment("wine")'),
        *("std(metrics.odd, decimals=2, percent=true)", "last_activity()"),
    )
)
_FORMULAS: Final = (
    *(rb"\frac{a}{b}", rb"\sum_{i=1}^{n} x_i^2", rb"\begin{matrix} a & b \\ c & d \end{matrix}"),
    *(rb"\text{<script>} \mathbb{R} \left( \sqrt[3]{x} \right)", rb"\color{red} x \hspace{1em} y"),
)
_FORMULA_WORDS: Final = (
    *(rb"\frac", rb"\left", rb"\right.", rb"\begin{aligned}", rb"\end{aligned}", b"_", b"^", b"&"),
    *(rb"\\", b"{", b"}", rb"\text{", rb"\href{javascript:x}{y}", rb"\def\a{\a}", rb"\newcommand"),
    *(rb"\sqrt[", rb"\hline", rb"\middle|", rb"\limits", rb"\overbrace{", rb"\operatorname{", b"$"),
)

TARGETS: Final = (
    Target("note", _check_note, lambda: [_NOTE, b"*" * 30], _MARKDOWN, 300),
    Target("report", _check_report, lambda: [_REPORT, _NOTE], _MARKDOWN, 120),
    Target("front-matter", _check_front, lambda: [_REPORT], _MARKDOWN, 150),
    Target("formula", _check_formula, lambda: _FORMULAS, _FORMULA_WORDS, 250),
    Target(
        "inline-value",
        _check_value,
        lambda: _VALUES,
        (*(name.encode() for name in FUNCTIONS), b"(", b")", b",", b"digits=", b"runs="),
        200,
    ),
    Target("notebook", _check_notebook, lambda: [_notebook()], (b'"data"', b'"text/plain"'), 120),
    Target("console", _check_console, lambda: [_CONSOLE], (b"\x1b[", b"\x1b]", b"m", b"\r"), 150),
    Target(
        "code",
        _check_code,
        lambda: [chosen(name, _LANGUAGES, b"x = 1 # <b>\n'a' {\n") for name in _LANGUAGES],
        examples=100,
    ),
    Target(
        "links",
        _check_links,
        lambda: [b'<a href="x.html">y</a><style>a{b:url("c")}</style>[d](e.md)<img srcset="a 1x">'],
        (
            b"<![CDATA[",
            b"<![x ",
            b"url()",
            b"<!--",
            b"<?",
            b"<!",
            b"url(",
            b"/*",
            b"<a href=",
            b"&#",
        ),
    ),
    Target("preview", _check_preview, _files, examples=400),
)
