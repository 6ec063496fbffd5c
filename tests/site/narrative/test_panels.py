"""What panels show: each kind by its example in the README, and what each makes of its runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import runfolio
from runfolio.analysis.bands import BANDS, CENTRES
from runfolio.errors import ReportMistake
from runfolio.site.library import make_library
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.panels import KINDS, Panel, draw_panel, number, pivot
from runfolio.site.narrative.panels.blocks import COMMON
from runfolio.store import read_store
from tests.site.narrative.sources import source_of

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| `(\{chart: [^|]+\})` \|$", re.MULTILINE)
DRAWN = ("curves", "scatter", "parallel", "bars", "importance")


def documented() -> dict[str, tuple[str, str]]:
    """The kinds of panels in the README, with their options and examples."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return {kind: (options, example) for kind, options, example in ROW.findall(text)}


def draw(source: Source, text: str) -> Panel:
    return draw_panel(text, source=source, number=1, root="../")


def charts(panel: Panel) -> list[dict[str, Any]]:
    """The options of the panel's charts."""
    assert panel.data is not None
    json.dumps(panel.data, allow_nan=False)
    return [one["options"] for one in panel.data["charts"]]


def rows(panel: Panel) -> list[list[str]]:
    """The texts of a panel's table, row by row."""
    found = re.findall(r"<tr>(.*?)</tr>", panel.html.partition("<tbody>")[2], re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in found]


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html).replace("\u2007", "").replace("\u2008", "").strip()


def words(panel: Panel) -> str:
    """The panel's title."""
    found = re.search(r"<strong>(.*?)</strong>", panel.html.partition("panel-caption")[2])
    assert found is not None
    return found[1].removesuffix(".")


@pytest.fixture(scope="module")
def demo() -> Source:
    tables = read_store(ROOT / "examples" / "demo-store")
    return Source(make_library(tables, title="Demo"), tables)


def test_the_readme_lists_every_kind_with_its_options() -> None:
    found = {
        kind: set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", options)))
        for kind, (options, _) in documented().items()
    }
    assert found == {kind: set(options) for kind, options in KINDS.items()}


@pytest.mark.parametrize(
    ("kind", "option", "words"),
    [
        ("number", "aggregate", number.AGGREGATES),
        ("pivot", "aggregate", pivot.AGGREGATES),
        ("curves", "aggregate", CENTRES),
        ("curves", "band", BANDS),
    ],
)
def test_the_readme_lists_the_words_of_an_option(
    kind: str, option: str, words: tuple[str, ...]
) -> None:
    found = re.search(rf"`{option}` \(([^)]*)\)", documented()[kind][0])
    assert found is not None
    assert tuple(re.findall(r"`(\w+)`", found[1])) == words


def test_the_readme_lists_what_all_kinds_take() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("Every panel takes "))
    assert set(re.findall(r"`(\w+)`", line)) >= set(COMMON)


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_each_kind_is_drawn(demo: Source, kind: str) -> None:
    example = documented()[kind][1]
    panel = draw(demo, example)
    assert f'class="report-panel of-{_counted(kind)} chart-{kind}"' in panel.html
    assert ("<table" in panel.html) == (_counted(kind) == "table")
    assert (panel.data is not None) == (kind in DRAWN)
    for one in panel.pictures:
        drawn = one.draw()
        assert len(drawn) == 2
        assert all(svg.startswith("<svg") for svg in drawn.values())
        assert all(path in panel.html for path in drawn)
    assert bool(panel.pictures) == (kind in DRAWN)
    assert panel.html == draw(demo, example).html


def _counted(kind: str) -> str:
    """What a panel of a kind is counted as."""
    tables = ("table", "pivot", "compare")
    return "table" if kind in tables else "plain" if kind == "number" else "figure"


def test_curves_are_of_the_best_runs_and_not_of_those_that_broke_off(sweep: Source) -> None:
    panel = draw(sweep, "chart: curves\nexperiment: sweep\nlimit: 3")
    (options,) = charts(panel)
    assert [run["name"] for run in options["runs"]] == ["cnn 0.01 #0", "cnn 0.1 #0", "mlp 0.01 #0"]
    assert words(panel) == "val/loss by step, the best 3 of 8 runs"
    assert "1 run that failed or stopped is left out." in panel.html
    first = options["runs"][0]
    assert first["places"] == list(range(12))
    assert first["value"][0] == 1.01
    assert first["href"].startswith("../runs/")
    assert options["xKind"] == "step"


def test_runs_that_broke_off_are_shown_where_there_are_no_others(sweep: Source) -> None:
    panel = draw(sweep, "chart: curves\nruns: \"status = 'FAILED'\"")
    assert [run["name"] for run in charts(panel)[0]["runs"]] == ["broke off"]


def test_groups_of_curves_are_means_with_a_band_and_n(sweep: Source) -> None:
    panel = draw(sweep, "chart: curves\nexperiment: sweep\ngroup: params.rate\nband: std")
    runs = charts(panel)[0]["runs"]
    assert [run["name"] for run in runs] == ["rate 0.01 (n = 4)", "rate 0.1 (n = 4)"]
    starts = pd.Series([1.01, 1.11, 2.01, 2.11])
    assert runs[0]["value"][0] == pytest.approx(starts.mean())
    assert runs[0]["band"]["high"][0] == pytest.approx(starts.mean() + starts.std())
    assert runs[0]["band"]["n"] == [4] * 12
    assert words(panel) == "Mean val/loss by step for each rate, 8 runs"
    picture = panel.pictures[0].filled.text
    assert '"high":' in picture
    assert "rate 0.01 (n = 4)" in picture


def test_a_block_names_runs_as_a_search_does(tmp_path: Path) -> None:
    for alpha in (1, 100):
        for sweep in ("ridge", "lasso"):
            with runfolio.start_run(
                experiment="wine-quality",
                tags={"sweep": sweep},
                store=tmp_path / "runs",
                capture=False,
            ) as run:
                run.log_param("alpha", alpha)
                for step in range(3):
                    run.log_metric("val/loss", alpha / (step + 1), step=step)
    block = """chart: curves
metrics: [val/loss]
runs: "experiment = 'wine-quality' and tags.sweep = 'ridge'"
group: params.alpha
"""
    panel = draw(source_of(tmp_path / "runs"), block)
    assert [run["name"] for run in charts(panel)[0]["runs"]] == [
        "alpha 1 (n = 1)",
        "alpha 100 (n = 1)",
    ]
    assert words(panel) == "Mean val/loss by step for each alpha, 2 runs"


def test_a_band_may_be_left_out_and_a_median_taken(sweep: Source) -> None:
    block = "chart: curves\nexperiment: sweep\ngroup: params.rate\nband: none\naggregate: median"
    runs = charts(draw(sweep, block))[0]["runs"]
    assert set(runs[0]["band"]["high"]) == {None}
    assert runs[0]["value"][0] == pytest.approx(1.56)


def test_smooth_curves_keep_what_they_were_made_of(sweep: Source) -> None:
    panel = draw(sweep, "chart: curves\nexperiment: sweep\nsmoothing: 0.5\nx: time\nlog: true")
    run = charts(panel)[0]["runs"][0]
    assert run["ghost"]["value"][1] == pytest.approx(1.01 / 2)
    assert run["value"][1] == pytest.approx((1.01 * 0.25 + 1.01 / 2 * 0.5) / 0.75)
    assert charts(panel)[0]["log"] is True
    assert "Smoothed exponentially, weight 0.5" in panel.html


def test_long_curves_are_reduced_and_that_is_said(tmp_path: Path) -> None:
    with runfolio.start_run(experiment="long", store=tmp_path / "runs", capture=False) as run:
        for step in range(3000):
            run.log_metric("loss", 100.0 if step == 1234 else 1 / (step + 1), step=step)
    panel = draw(source_of(tmp_path / "runs"), "chart: curves")
    shown = charts(panel)[0]["runs"][0]
    assert len(shown["value"]) <= 1000
    assert 100.0 in shown["value"]
    assert "reduced to 1,000 points" in panel.html


def test_several_metrics_have_a_chart_each(sweep: Source) -> None:
    panel = draw(sweep, "chart: curves\nmetrics: [val/loss, accuracy]\nexperiment: sweep\nlimit: 1")
    assert [one["yTitle"] for one in charts(panel)] == ["val/loss ↓", "accuracy ↑"]
    assert panel.html.count("data-plot") == 2
    assert charts(panel)[1]["runs"][0]["value"] == [pytest.approx(1 / 2.01)]


def test_a_scatter_plot_has_a_point_a_run(sweep: Source) -> None:
    block = "chart: scatter\nexperiment: sweep\nx: params.rate\ncolor: params.model\nsize: accuracy"
    with pytest.raises(
        ReportMistake, match=r"size: No run has 'accuracy'\. Did you mean 'metrics\.acc"
    ):
        draw(sweep, block)
    panel = draw(
        sweep, block.replace("size: acc", "size: metrics.acc") + "\nlog: both\ntrend: true"
    )
    (options,) = charts(panel)
    assert len(options["points"]) == 8
    assert options["x"] == {"title": "rate", "kind": "number", "scale": "log"}
    assert options["y"] == {
        "title": "val/loss ↓", "kind": "number", "scale": "log", "direction": "down"
    }  # fmt: skip
    assert {point["tint"] for point in options["points"]} == {"cnn", "mlp"}
    assert '<ul class="chart-key"><li>' in panel.html


def test_the_trend_of_the_picture_is_least_squares(sweep: Source) -> None:
    block = "chart: scatter\nexperiment: sweep\nx: params.seed\ny: metrics.val/loss\ntrend: true"
    spec = json.loads(draw(sweep, block).pictures[0].filled.text)
    ends = next(one["values"] for one in spec["data"] if one["name"] == "trend")
    last = [(start + rate) / 12 + seed / 10 for seed in (0, 1) for start, rate in
            ((1, 0.01), (1, 0.1), (2, 0.01), (2, 0.1))]  # fmt: skip
    assert [one["x"] for one in ends] == [0, 1]
    assert ends[0]["y"] == pytest.approx(sum(last[:4]) / 4)
    assert ends[1]["y"] == pytest.approx(sum(last[4:]) / 4)


def test_colours_of_numbers_have_a_ramp(sweep: Source) -> None:
    panel = draw(sweep, "chart: scatter\nexperiment: sweep\nx: start\ncolor: params.rate")
    assert 'class="chart-ramp"' in panel.html
    assert charts(panel)[0]["x"]["kind"] == "time"


def test_parallel_coordinates_go_through_what_differs(sweep: Source) -> None:
    (options,) = charts(draw(sweep, "chart: parallel\nexperiment: sweep"))
    titles = [one["title"] for one in options["dimensions"]]
    assert titles == ["model", "rate", "seed", "val/loss ↓"]
    best = options["runs"][0]
    assert best["name"] == "cnn 0.01 #0"
    assert best["positions"] == [0.0, 0.0, 0.0, 0.0]
    assert options["direction"] == "down"


def test_lines_are_coloured_by_the_last_metric_asked_for(sweep: Source) -> None:
    columns = "[params.model, metrics.val/loss, metrics.accuracy, params.rate]"
    (options,) = charts(draw(sweep, f"chart: parallel\nexperiment: sweep\ncolumns: {columns}"))
    assert options["colorTitle"] == "accuracy ↑"


def test_bars_of_groups_have_their_interval(sweep: Source) -> None:
    panel = draw(sweep, "chart: bars\nmetric: accuracy\nexperiment: sweep\ngroup: params.model")
    bars = charts(panel)[0]["bars"]
    assert [bar["name"] for bar in bars] == ["cnn (n = 4)", "mlp (n = 4)"]
    assert bars[0]["low"] < bars[0]["value"] < bars[0]["high"]
    single = charts(draw(sweep, "chart: bars\nexperiment: other"))[0]["bars"]
    assert [(bar["name"], bar["value"]) for bar in single] == [("alone", 0.5)]


def test_importance_of_few_runs_says_why_there_is_none(sweep: Source) -> None:
    panel = draw(sweep, "chart: importance\nexperiment: other")
    assert panel.data is None
    assert "It takes at least 6 runs with score" in panel.html
    (options,) = charts(draw(sweep, "chart: importance\nexperiment: sweep\nmetric: accuracy"))
    assert options["bars"][0]["name"] == "model"


def test_a_table_has_the_best_run_first_and_marked(sweep: Source) -> None:
    block = "chart: table\nexperiment: sweep\ncolumns: [params.model, metrics.val/loss, status]"
    panel = draw(sweep, block)
    shown = rows(panel)
    assert shown[0] == ["cnn 0.01 #0", "cnn", "0.08417 (best)", "finished"]
    assert shown[-1] == ["broke off", "cnn", "-100", "failed"]
    assert panel.html.count("(best)") == 1


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("params.seed desc", "broke off"),
        ("name", "broke off"),
        ("metrics.accuracy", "cnn 0.01 #0"),
        ("metrics.accuracy asc", "mlp 0.1 #1"),
    ],
)
def test_a_table_is_sorted_as_asked_for(sweep: Source, sort: str, first: str) -> None:
    panel = draw(sweep, f"chart: table\nexperiment: sweep\nlimit: 1\nsort: {sort}")
    assert rows(panel)[0][0] == first


def test_a_table_of_groups_has_means(sweep: Source) -> None:
    block = "chart: table\nexperiment: sweep\ngroup: [params.model, params.rate]"
    panel = draw(sweep, block + "\ncolumns: metrics.val/loss")
    first = rows(panel)[0]
    assert first[:3] == ["cnn", "0.01", "2"]
    values = pd.Series([1.01 / 12, 1.01 / 12 + 0.1])
    assert first[3].startswith(f"{values.mean():.4g} (best)")
    assert first[3].endswith(f"± {values.std():.2g}")


def test_a_pivot_is_what_pandas_makes_of_the_runs(sweep: Source) -> None:
    block = "chart: pivot\nexperiment: sweep\nrows: params.model\ncolumns: params.rate"
    panel = draw(sweep, block)
    frame = pd.DataFrame(
        [
            {"model": model, "rate": rate, "loss": (start + rate) / 12 + seed / 10}
            for model, start in (("cnn", 1), ("mlp", 2))
            for rate in (0.01, 0.1)
            for seed in (0, 1)
        ]
    )
    means = frame.pivot_table(index="model", columns="rate", values="loss", aggfunc="mean")
    shown = rows(panel)
    assert [row[0] for row in shown] == list(means.index)
    for row, (_, expected) in zip(shown, means.iterrows(), strict=True):
        for cell, value in zip(row[1:], expected, strict=True):
            assert float(cell.split()[0]) == pytest.approx(value, rel=1e-3)
    assert '<th scope="colgroup" class="over" colspan="2">rate</th>' in panel.html
    counts = draw(sweep, f"{block}\naggregate: count")
    assert rows(counts) == [["cnn", "2", "2"], ["mlp", "2", "2"]]


@pytest.mark.parametrize(
    ("aggregate", "text"),
    [("best", "0.08417"), ("worst", "0.275"), ("mean", "0.1796"), ("median", "0.1796"),
     ("min", "0.08417"), ("max", "0.275"), ("latest", "0.275")],
)  # fmt: skip
def test_a_number_is_of_the_runs_that_count(sweep: Source, aggregate: str, text: str) -> None:
    panel = draw(sweep, f"chart: number\nexperiment: sweep\naggregate: {aggregate}")
    found = re.search(r'<span class="number"[^>]*>(.*?)</span>', panel.html)
    assert found is not None
    assert found[1] == text


def test_a_number_tells_how_far_it_is_from_a_baseline(sweep: Source) -> None:
    block = (
        "chart: number\nexperiment: sweep\nruns: params.model = 'cnn'\nbase: params.model = 'mlp'"
    )
    panel = draw(sweep, block)
    assert '<strong class="better">▲ −49.8 %</strong>' in panel.html
    assert "mlp 0.01 #0</a> (0.1675)" in panel.html
    turned = draw(sweep, block.replace("cnn", "?").replace("mlp", "cnn").replace("?", "mlp"))
    assert '<strong class="worse">▼ +99.0 %</strong>' in turned.html


def test_runs_are_counted(sweep: Source) -> None:
    panel = draw(sweep, "chart: number\naggregate: count\nruns: tags.kind = 'grid'")
    assert '<span class="number">8</span>' in panel.html


def test_images_are_those_of_a_step_with_a_copy_each(sweep: Source) -> None:
    panel = draw(sweep, "chart: images\nkey: filters\nstep: 3\nlimit: 2\nexperiment: sweep")
    assert panel.html.count("<img") == 2
    assert "filters of cnn 0.01 #0, step 0" in panel.html
    assert "Without one: broke off." in panel.html
    assert len(panel.copies) == 2
    assert all(f'src="../{one.path}"' in panel.html and one.source.exists() for one in panel.copies)
    assert "alone" not in draw(sweep, "chart: images\nkey: last.png").html


def test_a_comparison_judges_each_metric(sweep: Source) -> None:
    block = "chart: compare\nbase: params.model = 'mlp'\nhead: \"params.model = 'cnn'\""
    shown = {row[0]: row[1:] for row in rows(draw(sweep, block))}
    assert set(shown) == {"val/loss ↓", "accuracy ↑"}
    assert shown["accuracy ↑"][-1] == "▲ better"
    assert shown["val/loss ↓"][-1] == "within noise"
    assert shown["accuracy ↑"][0].endswith("n = 4")


def test_runs_on_both_sides_are_told(sweep: Source) -> None:
    block = "chart: compare\nbase: params.model = 'cnn'\nhead: params.rate = 0.1\nexperiment: sweep"
    html = draw(sweep, block).html
    assert "2 runs counted on both sides." in html
    assert "1 run that failed or stopped is left out." in html


def test_a_link_opens_the_runs(sweep: Source) -> None:
    one = draw(sweep, "chart: table\nruns: tags.kind = 'grid'").html
    assert re.search(r'href="\.\./experiments/\w+\.html#filter=tags\.kind\+%3D\+%27grid%27"', one)
    several = draw(sweep, "chart: number\nmetric: score").html
    assert re.search(r'href="\.\./compare\.html#runs=\w+%2C', several)


def test_titles_and_captions_are_text(sweep: Source) -> None:
    panel = draw(sweep, "chart: table\nexperiment: other\ntitle: <b>x</b>\ncaption: '<script>'")
    assert words(panel) == "&lt;b&gt;x&lt;/b&gt;"
    assert "1 run by score, best first." in panel.html
    assert "<script>" not in panel.html


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>\"'&</figure>"
    for place in range(2):
        with runfolio.start_run(
            experiment=name, name=name, store=tmp_path / "runs", capture=False
        ) as run:
            run.log_params({name: place, "__proto__": name})
            for step in range(3):
                run.log_metric(name, step + place, step=step)
    source = source_of(tmp_path / "runs")
    quoted = json.dumps(f"params.{name}")
    for block in (
        "chart: curves",
        f"chart: scatter\nx: {quoted}\ncolor: params.__proto__",
        "chart: bars",
        "chart: table",
        f"chart: pivot\nrows: {quoted}\ncolumns: params.__proto__",
        "chart: number",
        f"chart: parallel\ncolumns: [{quoted}, params.__proto__]",
        f"chart: curves\ngroup: {quoted}",
    ):
        html = draw(source, block).html
        assert "<script" not in html
        assert html.count("</figure>") == 1


def test_runs_of_two_experiments_that_look_alike_get_colours_of_their_own(tmp_path: Path) -> None:
    for experiment in ("one", "two"):
        with runfolio.start_run(
            experiment=experiment, store=tmp_path / "runs", capture=False
        ) as run:
            run.log_metrics({"loss": 1.0})
    (options,) = charts(draw(source_of(tmp_path / "runs"), "chart: bars\nmetric: loss"))
    assert [bar["color"] for bar in options["bars"]] == [0, 1]
