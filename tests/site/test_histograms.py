"""Histograms in files: what is drawn, and what can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.site.histograms import read_histogram, shard_histograms
from runfolio.site.shards import render_shard


def test_bars_fill_the_box(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"counts": [1, 2], "edges": [0, 1, 2]}')
    found = read_histogram(path)
    assert found is not None
    assert found.path == "M0,60V30H100V0H200V60Z"
    assert render_shard("x", shard_histograms({"x": [(0, found), (1, found)]}))


@pytest.mark.parametrize(
    "text",
    [
        '{"counts": [1, 2], "edges": [0, 1, Infinity]}',
        '{"counts": [1, 2], "edges": [-Infinity, 1, 2]}',
        '{"counts": [1, 2], "edges": [0, NaN, 2]}',
        '{"counts": [1, 2], "edges": [-1e308, 0, 1e308]}',
        '{"counts": [1, NaN], "edges": [0, 1, 2]}',
        '{"counts": [1e308, 1e308], "edges": [0, 1, 2]}',
        '{"counts": [0, 0], "edges": [0, 1, 2]}',
        f'{{"counts": [1{"0" * 400}], "edges": [0, 1]}}',
        '{"counts": [-1], "edges": [0, 1]}',
        '{"counts": [], "edges": []}',
        '{"counts": [], "edges": [1]}',
        '{"counts": "12", "edges": {}}',
        "[]",
        "[" * 100_000,
    ],
)
def test_what_has_no_outline_is_not_drawn(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert read_histogram(path) is None
