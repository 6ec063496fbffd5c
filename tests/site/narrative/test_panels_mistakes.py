"""Mistakes in a panel's block: what is said, and the line it is said of."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ReportMistake
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.panels import draw_panel
from runfolio.store.layout import create_store
from tests.site.narrative.sources import source_of

MISTAKES = [
    ("", 1, "'chart' is missing. Choose from curves,"),
    ("- chart", 1, "has lines such as 'chart: curves'"),
    ("- curves", 1, "has lines such as 'chart: curves'"),
    ("runs: x", 1, "'chart' is missing. Choose from curves, scatter"),
    ("\nchart: curve", 2, "Unknown chart 'curve'. Did you mean 'curves'?"),
    ("chart: [curves]", 1, "Unknown chart \\['curves'\\]"),
    ("chart: curves\nmetric: val/loss", 2, "Did you mean 'metrics'"),
    ("chart: curves\n\n# a comment\nnonsense: 1", 4, "'nonsense' of curves. It takes"),
    ("chart: bars\nlimit: 2\nlimit: 3", 3, "'limit' is given twice"),
    ("chart: bars\ntitle: a: b", 2, "The block is no YAML: mapping values"),
    (
        "chart: bars\nlimit: many\nexperiment: sweep",
        2,
        "'limit' is a whole number from 1 to 60, not 'many'",
    ),
    ("chart: bars\nlimit: 0\nexperiment: sweep", 2, "'limit' is a whole number from 1"),
    ("chart: bars\ntitle: true", 2, "'title' is a text, not True. Put it in quotes"),
    ("chart: curves\nlog: 2\nexperiment: sweep", 2, "'log' is true or false, not 2"),
    ("chart: curves\nexperiment: sweep\nx: epoch", 3, "'x' is one of step, time, not 'epoch'"),
    ("chart: curves\nexperiment: sweep\nsmoothing: 1", 3, "'smoothing' is a number from 0 to 0.99"),
    ("chart: curves\nexperiment: sweep\nband: std", 3, "'band' is for groups of runs"),
    ("chart: curves\nmetrics: {a: 1}", 2, "'metrics' is a list of names"),
    ("chart: curves\nmetrics: [val/los]\n", 2, "the metric 'val/los'. Did you mean 'val/loss'"),
    ("chart: curves\nmetrics: accuracy", 2, "No run has more than one value of 'accuracy'"),
    ("chart: curves", 1, "'metrics' is missing, and these runs have no primary metric in common"),
    ("chart: scatter\nexperiment: sweep\nx: rate", 3, "x: No run has 'rate'. Did you mean 'params"),
    ("chart: scatter\nexperiment: sweep\ny: params.model", 3, "y: 'model' is no number"),
    ("chart: scatter\nexperiment: sweep\nx: params.model\nlog: x", 4, "'model' on x is no"),
    ("chart: parallel\nexperiment: sweep\ncolumns: params.rate", 3, "from 2 to 12 axes, not 1"),
    ("chart: parallel\nexperiment: other", 1, "no parameter differs"),
    ("chart: table\nexperiment: sweep\ncolumns: [params.rte]", 3, "Did you mean 'params.rate'"),
    ("chart: curves\nmetrics: loss, acc", 2, r"Several names stand in brackets: \[loss, acc\]\."),
    ("chart: table\nexperiment: sweep\ngroup: tags.knd", 3, "Did you mean 'tags.kind'"),
    ("chart: table\ncolumns: params.model\ngroup: params.rate", 2, "Groups have means of numbers"),
    ("chart: pivot\nexperiment: sweep", 1, "'rows' is missing"),
    ("chart: pivot\nexperiment: sweep\nrows: [name, status, host, note]", 3, "at most 3 col"),
    ("chart: number\naggregate: count\nmetric: x", 3, "A count of runs takes no 'metric'"),
    ("chart: images\nkey: filtres", 2, "images of 'filtres'. Did you mean 'filters'"),
    ("chart: images\nexperiment: sweep", 1, "these runs have images of 'filters', 'last.png'"),
    (
        "chart: compare\nbase: params.seed = 0\nhead: params.seed = '0'",
        3,
        "Both sides have the same",
    ),
    ("chart: compare\nhead: a", 1, "'base' is missing"),
    ("chart: compare\nbase: params.model = 'x'\nhead: params.rate > 0", 2, "base: No run matches"),
    ("chart: table\nruns: experiment = sweep", 2, "runs: The filter fails at column 14"),
    ("chart: table\nruns: params.rate > 9", 2, "runs: No run matches 'params.rate > 9'"),
    ("chart: table\nruns: params.rate > 9\nexperiment: sweep", 2, "No run matches .* in 'sweep'"),
    ("chart: table\nexperiment: sweeep", 2, "No experiment 'sweeep'. Did you mean 'sweep'"),
    ("chart: table\ncaption: " + "x" * 20_000, 1, "at most 20,000 characters"),
]


@pytest.mark.parametrize(
    ("text", "line", "message"), MISTAKES, ids=[one[0][:40] for one in MISTAKES]
)
def test_a_mistake_is_named_with_its_line(
    sweep: Source, text: str, line: int, message: str
) -> None:
    with pytest.raises(ReportMistake, match=message) as caught:
        draw_panel(text, source=sweep, number=1, root="../")
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_an_empty_store_has_nothing_to_show(tmp_path: Path) -> None:
    create_store(tmp_path / "runs")
    with pytest.raises(ReportMistake, match="There is no run"):
        draw_panel("chart: table", source=source_of(tmp_path / "runs"), number=1, root="../")


def test_a_block_may_be_indented_or_of_one_line(sweep: Source) -> None:
    for text in ("  chart: table\n  limit: 2", "{chart: table, limit: 2}"):
        html = draw_panel(text, source=sweep, number=7, root="../").html
        assert 'id="panel-7"' in html
    with pytest.raises(ReportMistake, match="Unknown option 'limt'") as caught:
        draw_panel("  chart: table\n  limt: 2", source=sweep, number=1, root="../")
    assert caught.value.line == 2
