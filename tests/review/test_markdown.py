"""The Markdown of a comparison: as it is kept in golden files, harmless, and short enough."""

from __future__ import annotations

import html
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import runfolio
from runfolio.review.comparing import compare_runs
from runfolio.review.escaping import markdown_code, shorten, show_hidden
from runfolio.review.limits import MAX_LENGTH, MIN_LENGTH, PARTS
from runfolio.review.markdown import render_markdown
from tests.review.compared import log_run, log_seeds
from tests.review.made import make_comparison
from tests.review.mermaid import read_charts

GOLDEN = Path(__file__).parent / "golden"
ACTUAL = Path(__file__).parents[1] / "actual"


def check_golden(name: str, text: str) -> None:
    """Compare with a golden file; what differs is kept in ``tests/actual`` to be looked at."""
    path = GOLDEN / name
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    ACTUAL.mkdir(exist_ok=True)
    (ACTUAL / name).write_text(text, encoding="utf-8")
    pytest.fail(f"{name} is not as in {path}. Compare it with {ACTUAL / name}; keep it if good.")


def test_a_run_with_a_run(store: Path) -> None:
    log_run(
        store,
        {"val/loss": [1.0, 0.7, 0.612], "acc": [0.5, 0.6, 0.7], "epoch": [0, 1, 2]},
        run_id="a" * 16,
        name="before",
        params={"lr": 0.1, "depth": 3, "model": "ridge"},
    )
    log_run(
        store,
        {"val/loss": [0.9, 0.65, 0.587], "acc": [0.5, 0.65, 0.69], "epoch": [0, 1, 2], "f1": 0.5},
        run_id="b" * 16,
        name="after",
        params={"lr": 0.01, "depth": 3, "layers": "8, 8"},
    )
    comparison = compare_runs("aaaa", "bbbb", store=store)
    text = render_markdown(comparison, site_url="https://example.org/reports")
    check_golden("single.md", text)


def test_seeds_in_several_experiments(store: Path) -> None:
    for number, (name, before, after) in enumerate(
        [
            ("better", [0.61, 0.62, 0.60], [0.58, 0.59, 0.57]),
            ("noisy", [0.61, 0.72, 0.53], [0.58, 0.73, 0.52]),
            ("worse", [0.61, 0.62, 0.60], [0.7, 0.71, math.nan]),
        ]
    ):
        for side, values in (("old", before), ("new", after)):
            for seed, value in enumerate(values):
                log_run(
                    store,
                    {"rmse": value},
                    experiment=name,
                    run_id=f"{number}{side == 'new':d}{seed}" + "0" * 13,
                    params={"seed": seed},
                    tags={"side": side},
                )
    log_run(store, {"rmse": 9.0}, experiment="better", failed=True, tags={"side": "old"})
    log_run(store, {"rmse": 9.0}, experiment="gone", tags={"side": "old"})
    check_golden("seeds.md", render_markdown(compare_runs("tag:old", "tag:new", store=store)))


HOSTILE = [
    "a|b",
    "a\\|b",
    "`tick`",
    "``",
    "<script>alert(1)</script>",
    "<!-- runfolio:report -->",
    "</details>",
    "@everyone",
    "#123",
    "owner/repo#1",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example",
    "**bold** _it_",
    "a\nb\n\n# heading",
    "a\r\n| x | y |",
    "a\x00\x1b[31mb",
    "\u202eevil\u202c",
    "\u200b",
    "&lt;b&gt;",
    "$x$",
    "  padded  ",
    "-->",
    '"quoted"',
    '`"md"`',
    "%%{init: {}}%%",
    "x; y",
    "日本語のメトリック",
    "🌈" * 90,
    "~~~",
    "```",
    "\ud800",
]


def plain_parts(markdown: str) -> str:
    """What is no code in a text, as GitHub sees it: there, names and numbers become links."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    return re.sub(r"<code[^>]*>.*?</code>", "", rendered, flags=re.DOTALL)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_mean_nothing_wherever_they_stand(name: str) -> None:
    comparison = make_comparison(
        [name, "other"], metrics=[name, "rmse"], params=[name], side=f"params.`{name}` = 'x'"
    )
    text = render_markdown(comparison)
    usual = plain_parts(
        render_markdown(
            make_comparison(
                ["same", "other"], metrics=["same", "rmse"], params=["same"], side="params.same"
            )
        )
    )
    assert plain_parts(text) == usual
    assert "<!--" not in text
    assert "\x00" not in text
    assert len(read_charts(text)) == 4


@pytest.mark.parametrize("name", HOSTILE)
def test_a_reader_sees_the_name_with_what_was_hidden(name: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    rendered = parser.render(f"| x |\n| --- |\n| {markdown_code(name)} |")
    (cell,) = re.findall(r"<td><code>(.*?)</code></td>", rendered, re.DOTALL)
    assert html.unescape(cell) == show_hidden(shorten(name))


def test_empty_and_long_values() -> None:
    assert markdown_code("") == "*(empty)*"
    assert markdown_code("   ") == "*(blank)*"
    long = "a" * 50 + "b" * 50
    assert (len(shorten(long)), shorten(long)[0], shorten(long)[-1]) == (60, "a", "b")


NAMES = st.text(min_size=1, max_size=250)


@settings(max_examples=60)
@given(
    experiments=st.lists(NAMES, min_size=1, max_size=40, unique=True),
    metrics=st.lists(NAMES, max_size=60, unique=True),
    params=st.lists(NAMES, max_size=60, unique=True),
    runs=st.integers(1, 60),
    side=st.text(max_size=500),
    max_length=st.integers(MIN_LENGTH, 70_000),
)
def test_it_is_never_longer_than_allowed(
    experiments: list[str],
    metrics: list[str],
    params: list[str],
    runs: int,
    side: str,
    max_length: int,
) -> None:
    comparison = make_comparison(experiments, metrics=metrics, params=params, runs=runs, side=side)
    text = render_markdown(
        comparison, site_url="https://example.org/" + "x" * 100, max_length=max_length
    )
    assert len(text.encode("utf-16-le")) // 2 <= max_length
    assert len(text.encode("utf-8")) <= 4 * max_length
    assert text.startswith("**")
    assert text.count("<details") == text.count("</details>")
    assert len(read_charts(text)) == text.count("```mermaid")


def test_the_longest_names_leave_the_verdict() -> None:
    names = ["|" * 250 + str(number) for number in range(5)]
    made = make_comparison(names, metrics=names, params=names, side="|" * 250)
    comparison = replace(made, only_base=tuple(names), only_head=tuple(names))
    for one in (comparison, replace(comparison, experiments=made.experiments[:1])):
        text = render_markdown(one, max_length=MIN_LENGTH, site_url="https://x.org/" + "x" * 9000)
        assert re.match(r"\*\*▲ (5 experiments: 5 better|better:)\*\* The rest is too long", text)


def test_details_are_left_out_in_the_stated_order() -> None:
    names = [f"metric {number}" for number in range(40)]
    comparison = make_comparison(["a", "b", "c"], metrics=names, params=names, runs=30)
    whole = render_markdown(comparison, max_length=10**6)
    assert "Left out" not in whole
    said: list[str] = []
    length = len(whole)
    while length > MIN_LENGTH:
        length = max(length - 1, MIN_LENGTH)
        text = render_markdown(comparison, max_length=length)
        said += re.findall(r"Left out for its length: (.*)\.\n", text)
        length = len(text)
    assert said[: len(PARTS)] == [", ".join(PARTS[:number]) for number in range(1, len(PARTS) + 1)]


def test_parts_a_comparison_lacks_are_not_said_to_be_left_out() -> None:
    comparison = make_comparison(["a"], metrics=[f"m{number}" for number in range(80)])
    text = render_markdown(comparison, max_length=MIN_LENGTH)
    assert "Left out for its length: charts, runs, further metrics, curves" in text


def test_many_experiments_keep_the_first() -> None:
    names = [f"experiment {number}" for number in range(300)]
    text = render_markdown(make_comparison(names, runs=3), max_length=MIN_LENGTH)
    assert "▲ 300 experiments: 300 better" in text
    assert "### `experiment 0`" in text
    assert re.search(r"Left out for its length: charts, .*, metrics, \d+ experiments\.", text)
    assert MAX_LENGTH < 65_536


@pytest.mark.parametrize(
    "values",
    [
        [1e-12, 2e-12, 3e-12],
        [1e300, -1e300, 5e299],
        [1.7e308, -1.7e308, 0.0],
        [0.0, 0.0, 0.0],
        [5.0, 5.0, 5.0],
        [-0.001, 0.001, 0.5],
        [1e9, 1e9 + 1, 1e9 + 2],
        [5e-324, 1e-323, 0.0],
    ],
)
def test_charts_of_values_of_any_size(store: Path, values: list[float]) -> None:
    base, head = log_run(store, {"loss": values}), log_run(store, {"loss": values[::-1]})
    text = render_markdown(compare_runs(base, head, store=store))
    (chart,) = read_charts(text)
    assert list(chart.axes["x"]) == ["step", 0, 2]
    assert [len(line) for line in chart.lines.values()] == [3, 3]
    _, low, high = chart.axes["y"]
    assert all(low <= value <= high for line in chart.lines.values() for value in line)


def test_steps_that_are_negative_or_far_apart(store: Path) -> None:
    run = runfolio.start_run(store=store, experiment="wine", capture=False)
    for step in (-7, 0, 10**12):
        run.log_metric("loss", float(step), step=step)
    run.finish()
    (chart,) = read_charts(render_markdown(compare_runs(run.id, run.id, store=store)))
    assert chart.axes["x"][2] == 10**12
    assert len(chart.lines["base"]) <= 20


def test_the_link_selects_the_runs(store: Path, tmp_path: Path) -> None:
    base, head = log_run(store, {"m": 1.0}), log_run(store, {"m": 2.0})
    text = render_markdown(compare_runs(base, head, store=store), site_url="https://x.org/a b>")
    assert f"(<https://x.org/a%20b%3E/compare.html#runs={base},{head}&base={base}>)" in text
    assert f"(<https://x.org/a%20b%3E/runs/{head}.html>)" in text
    other = log_run(tmp_path / "other", {"m": 1.0})
    apart = compare_runs(other, head, store=store, base_store=tmp_path / "other")
    assert f"compare.html#runs={head}>" in render_markdown(apart, site_url="https://x.org")


def test_narrow_tables_break_lines_only_between_numbers(store: Path) -> None:
    log_seeds(store, "rmse", [0.61, 0.62], tags={"side": "old"})
    log_seeds(store, "rmse", [0.51, 0.52], tags={"side": "new"})
    text = render_markdown(compare_runs("tag:old", "tag:new", store=store))
    (row,) = [line for line in text.splitlines() if line.startswith("| `rmse`")]
    parts = [part for cell in row.strip("| ").split(" | ") for part in cell.split(" ")]
    assert [part.replace("\u00a0", " ") for part in parts] == [
        *("`rmse` ↓", "0.615", "± 0.0071", "0.515", "± 0.0071"),
        *("−0.100", "[−0.13, −0.07]", "−16 %", "▲ better"),
    ]


def test_notes_say_what_to_mind(store: Path) -> None:
    ids = log_seeds(store, "m", [1.0, 2.0])
    same = render_markdown(compare_runs(ids[0], ids[0], store=store))
    assert same.startswith("**= Both sides are the same runs**, so nothing can differ.")
    across = log_run(store, {"m": 1.0}, experiment="x", failed=True)
    text = render_markdown(compare_runs(ids[0], across, store=store))
    assert "Base and head are of different experiments: `wine` and `x`." in text
    assert "All runs of the head failed or were killed" in text
