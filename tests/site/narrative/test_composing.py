"""Reports as HTML: what Markdown, formulas, values, pictures, links and panels become."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runfolio.site.narrative import composing
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.composing import Composed, Draft, Surroundings
from runfolio.site.narrative.documents import Document
from runfolio.site.narrative.front_matter import FrontMatter, Passage
from runfolio.site.narrative.pages import compose_reports, view_report
from tests.site.narrative.sources import PIXEL, compose, source_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def runs(wine_store: Path, tmp_path: Path) -> Path:
    """The store, where reports may be put beside it."""
    return Path(shutil.copytree(wine_store, tmp_path / "runs"))


def body_of(store: Path, text: str, **others: str) -> str:
    """The HTML of a report without mistakes."""
    report = compose(store, text, **others)
    assert not report.mistakes, report.mistakes
    return str(report.body)


def mistakes_of(report: Composed) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in report.mistakes]


def test_headings_start_at_two_with_names_of_their_words(runs: Path) -> None:
    report = compose(
        runs,
        "# Title\n\n## One\n\n### `x` & *y*\n\n## One\n\n## Main\n\n## Über uns\n\n## !\n\n"
        "## Best {{ best(metrics.rmse) }} of $n$\n\n#### deep\n",
    )
    soup = BeautifulSoup(report.body, "html.parser")
    found = [(tag.name, tag["id"]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert found == [
        *(("h2", "one"), ("h3", "x-y"), ("h2", "one-2"), ("h2", "main-section")),
        *(("h2", "über-uns"), ("h2", "section"), ("h2", "best-of"), ("h3", "deep")),
    ]
    contents = view_report(report).contents
    assert [one.text for one in contents][-1] == "Best 0.6123 of $n$"
    assert [one.text for one in contents[0].sections] == ["x & y"]


def test_a_short_report_has_no_table_of_contents(runs: Path) -> None:
    assert not view_report(compose(runs, "# T\n\n## One\n\n## Two\n")).contents
    assert view_report(compose(runs, "# T\n\n## One\n\n### A\n\n## Two\n")).contents


def test_values_are_text_and_never_markup(runs: Path) -> None:
    import runfolio

    with runfolio.start_run(
        experiment="odd", name="<b>**x**</b>", store=runs, capture=False
    ) as run:
        run.log_metric("loss", 1)
    html = body_of(runs, "*{{ best_run(metrics.loss) }}* has {{ best(metrics.rmse) }}")
    assert html == (
        f'<p><em><a href="../runs/{run.id}.html">&lt;b&gt;**x**&lt;/b&gt;</a></em> has '
        '<span class="number" title="0.61234">0.6123</span></p>\n'
    )


def test_values_stay_as_they_are_in_code(runs: Path) -> None:
    html = body_of(runs, "`{{ x }}` \\{{ x }}\n\n    {{ x }}\n\n```python\n{{ x }}\n```\n")
    assert "<code>{{ x }}</code> {{ x }}" in html
    assert html.count("{{") == 4
    assert "number" not in html


def test_values_in_tables_links_and_pictures(runs: Path) -> None:
    (runs.parent / "reports").mkdir()
    (runs.parent / "reports" / "p.png").write_bytes(PIXEL)
    html = body_of(
        runs,
        "| a |\n|--:|\n| {{ count() }} |\n\n[{{ count() }} runs](https://example.org)\n\n"
        "![Of {{ count() }} runs](p.png)\n",
    )
    assert '<td class="right"><span class="number">4</span></td>' in html
    assert re.search(r'<a href="https://example.org"[^>]*><span class="number">4</span> runs', html)
    assert 'alt="Of 4 runs"' in html
    wrong = compose(runs, "![{{ x }}](p.png)")
    assert wrong.body.count("mistake") == len(wrong.mistakes) == 1


def test_formulas_in_lines_and_on_their_own(runs: Path) -> None:
    html = body_of(runs, "Of $x$, and $$y$$ but $5 and $10.\n\n$$\n\\frac{a}{b}\n$$\n\n`$x$`\n")
    soup = BeautifulSoup(html, "html.parser")
    kinds = [one["display"] for one in soup.find_all("math")]
    assert kinds == ["inline", "block", "block"]
    assert "$5 and $10" in soup.text
    assert "<code>$x$</code>" in html
    assert '<span class="unbroken"><math display="inline"' in html
    assert "</math>,</span>" in html


def test_footnotes_lead_there_and_back(runs: Path) -> None:
    html = body_of(runs, "A[^n] b[^n] c^[Short.]\n\n[^n]: Long {{ count() }} $x$.\n")
    soup = BeautifulSoup(html, "html.parser")
    ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
    assert ids == ["fnref1", "fnref1-1", "fnref2", "fn1", "fn2"]
    links = [str(link["href"]).removeprefix("#") for link in soup.find_all("a")]
    assert links == ["fn1", "fn1", "fn2", "fnref1", "fnref1-1", "fnref2"]
    assert soup.find("li", id="fn1").find("math") is not None  # type: ignore[union-attr]


def test_task_lists_have_no_fields(runs: Path) -> None:
    html = body_of(runs, "- [ ] open\n- [x] done\n- plain\n")
    assert "<input" not in html
    assert re.findall('aria-label="([^"]+)">(.)</span> (\\w+)', html) == [
        ("to do", "☐", "open"),
        ("done", "☑", "done"),
    ]


def test_a_picture_alone_is_a_figure_with_its_caption(runs: Path) -> None:
    (runs.parent / "reports").mkdir()
    (runs.parent / "reports" / "p.png").write_bytes(PIXEL)
    report = compose(runs, '![A <b>](p.png "Said & done")\n\nIn line ![x](p.png "t").\n')
    (address,) = {one.path for one in report.copies}
    picture = f'<img src="../{address}" alt="A &lt;b&gt;" width="2" height="3" loading="lazy">'
    assert report.body == (
        f'<figure class="report-image">{picture}<figcaption>Said &amp; done</figcaption></figure>\n'
        f'\n<p>In line <img src="../{address}" alt="x" width="2" height="3" title="t" '
        'loading="lazy">.</p>\n'
    )


def test_links_within_the_site(runs: Path, source: Source) -> None:
    run = source.library.runs[0]
    html = body_of(
        runs,
        f"[a](run:{run.id[:8]}) [b](experiment:wine) [c](other.md#there) [d](#here)\n\n## Here\n",
        other="# Other\n\n## There\n",
    )
    links = re.findall('href="([^"]+)"', html)
    assert links[0] == f"../runs/{run.id}.html"
    assert links[1].startswith("../experiments/")
    assert links[2:] == ["../reports/other.html#there", "#here"]


def test_a_panel_is_drawn_with_its_number(runs: Path) -> None:
    report = compose(runs, "```runfolio\nchart: number\nmetric: rmse\n```\n\n[it](#panel-1)\n")
    assert not report.mistakes
    assert len(report.panels) == 1
    assert 'data-panel="1"' in report.body
    assert "0.6123" in report.body


def test_a_report_has_only_so_many_panels(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "MAX_PANELS", 1)
    panel = "```runfolio\nchart: number\nmetric: rmse\n```\n\n"
    report = compose(runs, panel * 3)
    assert len(report.panels) == 1
    assert mistakes_of(report) == [
        (6, "A report has at most 1 panels: split it."),
        (11, "A report has at most 1 panels: split it."),
    ]


def test_the_example_of_the_readme_has_no_mistake(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("## Write about it") :]
    example = re.search(r"````markdown\n(.*?)````", section, re.DOTALL)
    assert example
    figures = tmp_path / "reports" / "figures"
    figures.mkdir(parents=True)
    (figures / "residuals.png").write_bytes(PIXEL)
    (tmp_path / "reports" / "report.md").write_text(example[1], encoding="utf-8")
    source = source_of(ROOT / "examples" / "demo-store")
    (report,) = compose_reports(tmp_path / "reports", source).reports
    assert not report.mistakes
    assert "The best of 20 models errs by 0.585 points." in report.summary
    assert report.body.count("<math") == 1


def test_the_report_of_the_demo_has_no_mistake() -> None:
    source = source_of(ROOT / "examples" / "demo-store")
    narratives = compose_reports(ROOT / "examples" / "reports", source)
    assert not narratives.mistakes
    (report,) = narratives.reports
    assert len(report.panels) > 6
    assert "(−25.7 % against" in report.summary


def test_the_abstract_is_markdown_with_a_plain_form(runs: Path) -> None:
    report = compose(
        runs,
        "---\ntitle: T\nabstract: |\n  Best **rmse** {{ best(metrics.rmse) }},\n  $x$ by "
        "[one](https://example.org).\n---\n",
    )
    assert report.summary == "Best rmse 0.6123, $x$ by one."
    assert "<strong>rmse</strong>" in str(report.abstract)


MISTAKEN = """---
title: T
date: soon
abstract: |
  One
  {{ bst(metrics.rmse) }}
---

Text {{ best(metrics.rsme) }} and
more $\\fraq$ here
and ![x](x.png) and [y](run:zzzz) [z](#none).

> - {{ mean(params.model) }}

$$
\\frac{a
$$

```runfolio
chart: number
metric: rsme
```

![remote](https://example.org/x.png)

| a |
|---|
| {{ x }} |

Note[^n] {{ best(metrics.rmse

[^n]: First.

    Then {{ y }}.
"""


def test_mistakes_name_their_line_of_the_file(runs: Path) -> None:
    report = compose(runs, MISTAKEN)
    assert [(line, message[:36]) for line, message in mistakes_of(report)] == [
        (3, "'date' is a date such as 2026-11-23,"),
        (6, "The expression fails at column 4: th"),
        (9, "The expression fails at column 9: no"),
        (10, "The formula has an unknown command \\"),
        (11, "There is no file 'x.png' beside the "),
        (11, "There is no run 'zzzz' in this repor"),
        (11, "There is no section 'none' in this r"),
        (13, "The expression fails at column 9: no"),
        (15, "The formula lacks 1 closing brace."),
        (21, report.mistakes[9].message[:36]),
        (24, "The picture 'https://example.org/x.p"),
        (28, "The expression fails at column 4: fo"),
        (30, "The expression fails at column 21: f"),
        (34, "The expression fails at column 4: fo"),
    ]
    assert "rsme" in report.mistakes[9].message
    shown = BeautifulSoup(f"{report.abstract}{report.body}", "html.parser")
    boxes = shown.find_all(role="note")
    assert len(boxes) == len(report.mistakes)
    assert {int(re.search(r"Line (\d+)", box.text)[1]) for box in boxes} == {  # type: ignore[index]
        line for line, _ in mistakes_of(report)
    }
    assert "chart: number\nmetric: rsme" in shown.text
    assert str(report.mistakes[0]) == f"{report.document.file}:3: {report.mistakes[0].message}"


def test_a_call_without_closing_braces_is_a_mistake(runs: Path) -> None:
    report = compose(runs, "Best: {{ best(metrics.rmse)")
    assert mistakes_of(report) == [(1, "The expression has no end: write }} after it.")]


def test_unclosed_braces_that_are_no_call_are_text(runs: Path) -> None:
    assert "{{ and {{ x" in body_of(runs, "{{ and {{ x")


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "![x](javascript:alert(1))",
    "$\\text{<script>alert(1)</script>}$",
    "$$<img src=x onerror=alert(1)>$$",
    "{{ <script>alert(1)</script> }}",
    "{{ best('<script>') }}",
    "```runfolio\nchart: <script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "## <script>alert(1)</script>",
    '[x](<#"onclick=alert(1)>)',
    "[x](<experiment:<script>>)",
    "[^<script>]: x",
    "![<b>](<x.png> '\"><script>')",
    "\ue0000:0\ue001 &#xE000;0:0&#xE001;",
    "\x00\x1b\u202e\ufffe\ud800",
    "<math><mtext></form><form>",
    "- [ ] <script>",
]


def body_alone(source: Source, folder: Path, text: str) -> str:
    """The body of a report that lies nowhere."""
    document = Document(
        "x", "x.md", folder / "x.md", "T", FrontMatter(abstract=Passage(text, 1)), Passage(text, 1)
    )
    draft = Draft(document, Surroundings(source, folder, {"x.md": "x"})).write()
    report = draft.finish({"x": draft.anchors})
    return f"{report.abstract}{report.body}"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through(source: Source, tmp_path: Path, text: str) -> None:
    check_safe(body_alone(source, tmp_path, text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.sampled_from([*HOSTILE, "*", "`", "[", "](", ")", "\n", "\n\n", "> ", "$", "$$", "{{"])
        | st.sampled_from(["}}", "[^1]", "^[", "]", "|", "- [ ] ", "# ", "![", "(#", "---\n"])
        | st.text(max_size=5),
        max_size=12,
    )
)
def test_mixtures_stay_safe(source: Source, tmp_path: Path, parts: list[str]) -> None:
    check_safe(body_alone(source, tmp_path, "".join(parts)))


def check_safe(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "img", "iframe", "form", "style", "svg", "object"])
    for tag in soup.find_all():
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
        assert re.match(r"https?://|mailto:|#|\.\./[a-z]+/", str(tag.get("href", "#")))
    assert "\ue000" not in html.replace("\ue0000:0\ue001", "").replace("\ue0000:0", "")
    html.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", html)


@pytest.mark.parametrize(
    "unit", ["{{ ", "{{ 'a", "{{ x(", "$a ", "$$", "[^1]", "^[", "![", "- [ ] "]
)
def test_repetition_ends(source: Source, tmp_path: Path, unit: str) -> None:
    check_safe(body_alone(source, tmp_path, unit * (20_000 // len(unit))))
