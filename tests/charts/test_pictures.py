"""Finished pictures: they name their runs, and hold nothing a strict host would refuse."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from runfolio.charts import (
    fill_chart,
    picture_bars,
    picture_curves,
    picture_parallel,
    picture_scatter,
)
from runfolio.charts.palette import DARK, LIGHT
from runfolio.charts.rendering import INHERITED

NAMES = ("gb 300", 'ridge <10> & "co"', "var(--ink)")
RUNS: list[dict[str, Any]] = [
    {
        "id": f"r{place}",
        "name": name,
        "color": place,
        "dash": 0,
        "step": [0, 1, 2],
        "value": [1.0, 0.9 - place / 10, 0.8 - place / 5],
        "x": 10.0**place,
        "y": 0.8 - place / 5,
        "positions": [place / 2, None if place == 1 else 0.5],
    }
    for place, name in enumerate(NAMES)
]
DIMENSIONS = [
    {"key": "lr", "title": "learning_rate", "ticks": [{"position": 0, "label": "0.1"}]},
    {"key": "rmse", "title": "rmse ↓", "ticks": [{"position": 1, "label": "0.8"}]},
]

Draw = Callable[[Mapping[str, str]], str]


def curves(palette: Mapping[str, str]) -> str:
    return picture_curves(RUNS, y_title="rmse ↓", width=720, height=300, palette=palette).svg()


def scatter(palette: Mapping[str, str], kind: str = "number") -> str:
    return picture_scatter(
        RUNS, kind=kind, x_title="lr", y_title="rmse ↓", width=720, height=300, palette=palette
    ).svg()


def categories(palette: Mapping[str, str]) -> str:
    return scatter(palette, "category")


def parallel(palette: Mapping[str, str]) -> str:
    runs = [{**run, "value": run["y"]} for run in RUNS]
    return picture_parallel(
        DIMENSIONS, runs, color_title="rmse ↓", width=720, height=300, palette=palette
    ).svg()


def bars(palette: Mapping[str, str]) -> str:
    rows = [{**run, "value": run["y"]} for run in RUNS]
    return picture_bars(rows, x_title="rmse ↓", width=720, palette=palette).svg()


EACH_KIND = pytest.mark.parametrize("draw", [curves, scatter, categories, parallel, bars])


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter() if node.text]


@EACH_KIND
def test_a_picture_is_an_image_of_the_size_asked_for(draw: Draw) -> None:
    root = ElementTree.fromstring(draw(LIGHT))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width") == "720"


@EACH_KIND
def test_a_picture_needs_no_style_script_or_address(draw: Draw) -> None:
    svg = draw(LIGHT)
    assert "style=" not in svg
    assert "<script" not in svg
    assert "href" not in svg
    colors = re.findall('(?:fill|stroke)="([^"]*)"', svg)
    assert set(colors) <= {*LIGHT.values(), "none", "transparent"}
    assert LIGHT["run-1"] in colors or draw is parallel


@EACH_KIND
def test_a_dark_picture_has_other_colors_and_nothing_else(draw: Draw) -> None:
    light, dark = draw(LIGHT), draw(DARK)
    for name, color in LIGHT.items():
        light = light.replace(f'"{color}"', f'"{name}"')
    for name, color in DARK.items():
        dark = dark.replace(f'"{color}"', f'"{name}"')
    assert re.sub("(better|accent)", "accent", light) == re.sub("(better|accent)", "accent", dark)


@EACH_KIND
def test_the_same_picture_has_the_same_bytes(draw: Draw) -> None:
    assert draw(LIGHT) == draw(LIGHT)


@pytest.mark.parametrize("draw", [curves, scatter, categories, bars])
def test_every_run_is_named_as_it_is(draw: Draw) -> None:
    shown = " ".join(texts(draw(LIGHT)))
    for name in NAMES:
        assert name in shown


def test_curves_show_the_last_value_at_the_end_of_the_line() -> None:
    assert "gb 300\u20020.8" in texts(curves(LIGHT))


def test_names_at_the_ends_of_lines_do_not_touch() -> None:
    runs = [{**run, "value": [1.0, 0.9, 0.8 + place / 1e6]} for place, run in enumerate(RUNS)]
    svg = picture_curves(runs, y_title="rmse", width=720, height=300, palette=LIGHT).svg()
    found = [float(y) for y in re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*>[^<]*\u2002', svg)]
    places = sorted(found)
    assert len(places) == len(NAMES)
    gaps = [after - before for before, after in itertools.pairwise(places)]
    assert min(gaps) >= 12


def test_parallel_coordinates_name_the_best_run_and_what_is_missing() -> None:
    shown = texts(parallel(LIGHT))
    assert "var(--ink)" in shown
    assert "not set" in shown
    assert "learning_rate" in shown


def test_many_categories_on_an_axis_are_thinned_out() -> None:
    ticks = [{"position": place / 99, "label": f"value {place}"} for place in range(100)]
    svg = picture_parallel(
        [{**DIMENSIONS[0], "ticks": ticks}, DIMENSIONS[1]],
        [{**run, "value": run["y"]} for run in RUNS],
        color_title="rmse",
        width=720,
        height=300,
        palette=LIGHT,
    ).svg()
    labels = {text for text in texts(svg) if text.startswith("value ")}
    assert 5 < len(labels) < 25


def test_pictures_of_one_run_and_one_value_are_drawn() -> None:
    one = [{**RUNS[0], "step": [7], "value": [0.5]}]
    svg = picture_curves(one, y_title="loss", width=400, height=200, palette=LIGHT).svg()
    assert "gb 300\u20020.5" in texts(svg)


def test_pictures_of_nothing_are_drawn() -> None:
    assert "<svg" in picture_bars([], x_title="rmse", width=400, palette=LIGHT).svg()
    empty = picture_curves([], y_title="rmse", width=400, height=200, palette=LIGHT)
    assert "<svg" in empty.svg()


def test_a_title_is_text_whatever_it_says() -> None:
    title = '{"signal": "width"} \\" __y__'
    titles = {"__x__": title, "__y__": "y"}
    kind = "scatter-quantitative-quantitative"
    data: dict[str, list[dict[str, Any]]] = {"rows": [], "labels": [], "trend": []}
    svg = fill_chart(kind, data, titles=titles, width=400, height=200, palette=LIGHT).svg()
    assert title in texts(svg)


def test_pictures_that_look_alike_have_the_same_digest_and_others_do_not() -> None:
    def digest(**changes: Any) -> str:
        runs = [{**run, **changes} for run in RUNS]
        return picture_curves(runs, y_title="rmse", width=400, height=200, palette={}).digest

    assert digest() == digest()
    assert len({digest(), digest(name="other"), digest(value=[3.0, 2.0, 1.0])}) == 3


@pytest.mark.parametrize("name", [*sorted(INHERITED), "toJSON", "length"])
def test_what_every_object_has_is_a_title_as_any_other(name: str) -> None:
    drawn = [
        picture_scatter(
            RUNS, kind="number", x_title=name, y_title=name, width=720, height=300, palette=LIGHT
        ),
        picture_curves(RUNS, y_title=name, x_title=name, width=720, height=300, palette=LIGHT),
        picture_bars(
            [{**run, "name": name, "value": run["y"]} for run in RUNS],
            x_title=name,
            width=720,
            palette=LIGHT,
        ),
        picture_parallel(
            [{**one, "key": name, "title": name} for one in DIMENSIONS],
            [{**run, "name": name, "value": run["y"]} for run in RUNS],
            color_title=name,
            width=720,
            height=300,
            palette=LIGHT,
        ),
    ]
    for one in drawn:
        assert name in [text.strip() for text in texts(one.svg())]
