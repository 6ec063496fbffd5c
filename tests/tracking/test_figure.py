from __future__ import annotations

import importlib.util
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import altair as alt
import matplotlib as mpl
import matplotlib.figure
import pandas as pd
import plotly.graph_objects as go
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from runfolio.errors import InvalidValue, MissingDependency
from runfolio.tracking.figure import figure_to_bytes


@pytest.fixture
def drawn() -> matplotlib.figure.Figure:
    figure = matplotlib.figure.Figure(figsize=(3, 2))
    figure.subplots().plot([1, 3, 2])
    return figure


@pytest.fixture
def chart() -> alt.Chart:
    points = alt.Chart(pd.DataFrame({"x": [1, 2], "y": [3, 4]})).mark_point()
    return cast("alt.Chart", points.encode(x="x", y="y"))


@pytest.fixture
def plot() -> go.Figure:
    return go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))


STARTS = {"png": b"\x89PNG", "svg": b"<", "pdf": b"%PDF", "html": b"<", "json": b"{"}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_matplotlib(drawn: matplotlib.figure.Figure, kind: str) -> None:
    content = figure_to_bytes(drawn, f".{kind}")
    assert content.startswith(STARTS[kind])
    assert b"Date" not in content.replace(b"/FlateDecode", b"")
    assert figure_to_bytes(drawn.axes[0], f".{kind.upper()}").startswith(STARTS[kind])


def test_matplotlib_twice_gives_the_same_picture(drawn: matplotlib.figure.Figure) -> None:
    assert figure_to_bytes(drawn, ".png") == figure_to_bytes(drawn, ".png")
    assert figure_to_bytes(drawn, ".pdf") == figure_to_bytes(drawn, ".pdf")


def test_matplotlib_is_cropped_and_left_as_it_was(drawn: matplotlib.figure.Figure) -> None:
    settings = dict(mpl.rcParams)
    canvas, dpi = drawn.canvas, drawn.dpi
    content = figure_to_bytes(drawn, ".png")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size != (300, 200)
        assert "Software" not in picture.info
    assert (drawn.canvas, drawn.dpi, dict(mpl.rcParams)) == (canvas, dpi, settings)


def test_what_holds_a_matplotlib_figure(drawn: matplotlib.figure.Figure) -> None:
    for holder in (SimpleNamespace(figure=drawn), SimpleNamespace(figure_=drawn)):
        assert figure_to_bytes(holder, ".png") == figure_to_bytes(drawn, ".png")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "html", "json"])
def test_altair(chart: alt.Chart, kind: str) -> None:
    for one in (chart, chart + chart, chart | chart):
        assert figure_to_bytes(one, f".{kind}").startswith(STARTS[kind])


def test_altair_json_is_the_specification(chart: alt.Chart) -> None:
    assert json.loads(figure_to_bytes(chart, ".json"))["mark"] == {"type": "point"}


@pytest.mark.parametrize("kind", ["html", "json"])
def test_plotly(plot: go.Figure, kind: str) -> None:
    content = figure_to_bytes(plot, f".{kind}")
    assert content.startswith(STARTS[kind])
    assert content == figure_to_bytes(plot, f".{kind}")


def test_html_asks_no_other_host(chart: alt.Chart, plot: go.Figure) -> None:
    for figure in (chart, plot):
        page = figure_to_bytes(figure, ".html").decode()
        assert len(page) > 500_000
        tree = BeautifulSoup(page, "html.parser")
        assert tree.find(["script", "style"]) is not None
        assert not [tag for tag in tree.find_all(True) if tag.get("src") or tag.get("href")]


@pytest.mark.skipif(importlib.util.find_spec("kaleido") is not None, reason="kaleido is there")
def test_a_picture_of_plotly_needs_kaleido(plot: go.Figure) -> None:
    with pytest.raises(MissingDependency, match="pip install kaleido"):
        figure_to_bytes(plot, ".png")


@pytest.mark.parametrize(
    ("fixture", "suffix", "message"),
    [
        ("drawn", ".html", "matplotlib figure can't be kept as '.html'. Use one of .png, .svg"),
        ("chart", ".gif", "altair figure can't be kept as '.gif'"),
        ("plot", "", "plotly figure can't be kept as ''"),
    ],
)
def test_a_format_that_there_is_not(
    fixture: str, suffix: str, message: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        figure_to_bytes(request.getfixturevalue(fixture), suffix)


@pytest.mark.parametrize("figure", [None, 7, "cat.png", matplotlib.figure.Figure, alt, {}])
def test_what_is_no_figure(figure: Any) -> None:
    with pytest.raises(InvalidValue, match=r"No figure can be made of a .* Give a matplotlib"):
        figure_to_bytes(figure, ".png")


def test_no_library_is_imported_to_tell() -> None:
    code = (
        "import sys; from runfolio.tracking.figure import figure_to_bytes\n"
        "try: figure_to_bytes(7, '.png')\n"
        "except Exception: pass\n"
        "print([name for name in ('matplotlib', 'altair', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert done.stdout.strip() == "[]"
