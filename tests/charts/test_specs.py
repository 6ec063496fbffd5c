"""The specs of all kinds: the same each time, without data, addresses or words of their own."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfolio.charts.rows import POINT_SIZE
from runfolio.charts.scatter import X_KINDS, Y_KINDS
from runfolio.charts.specs import KINDS, build_lite_specs, build_specs
from runfolio.charts.theme import BAR_STEP, NOT_SET, PICTURE_FONT

EACH_KIND = pytest.mark.parametrize("kind", KINDS)
ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "templates" / "assets" / "js" / "charts"


@pytest.fixture(scope="module")
def specs() -> dict[str, Any]:
    return build_specs()


@pytest.fixture(scope="module")
def lite_specs() -> dict[str, Any]:
    return build_lite_specs()


def nodes(tree: Any) -> Iterator[Any]:
    """A JSON tree's objects, lists and values."""
    yield tree
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        yield from nodes(child)


def test_there_is_one_spec_for_each_kind(specs: dict[str, Any]) -> None:
    assert sorted(specs) == [
        "bars",
        "boxes",
        "boxes-log",
        "cells",
        "curves",
        "curves-log",
        "curves-logx",
        "curves-logx-log",
        "curves-wall",
        "curves-wall-log",
        "parallel",
        "parallel-narrow",
        "result-curve",
        *sorted(f"scatter-{x}-{y}" for x in X_KINDS for y in Y_KINDS),
    ]


def test_another_process_builds_the_same_bytes(specs: dict[str, Any]) -> None:
    program = (
        "import json, sys; from runfolio.charts.specs import build_specs;"
        "sys.stdout.write(json.dumps(build_specs(), sort_keys=True))"
    )
    search = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": search, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == specs
    assert done.stdout.decode() == json.dumps(specs, sort_keys=True)


def test_changing_a_spec_leaves_the_next_one_alone() -> None:
    build_specs()["bars"]["width"] = 1
    assert build_specs()["bars"]["width"] != 1


@EACH_KIND
def test_a_spec_loads_nothing(specs: dict[str, Any], kind: str) -> None:
    keys = {key for node in nodes(specs[kind]) if isinstance(node, dict) for key in node}
    assert not keys & {"url", "href", "loader", "$schema"}
    assert not re.search("https?:|//", json.dumps(specs[kind]))


@EACH_KIND
def test_a_spec_holds_no_rows(specs: dict[str, Any], kind: str) -> None:
    for source in specs[kind]["data"]:
        assert "values" not in source


@EACH_KIND
def test_titles_are_placeholders_that_stand_alone(specs: dict[str, Any], kind: str) -> None:
    texts = [node for node in nodes(specs[kind]) if isinstance(node, str) and "__" in node]
    expected = {"bars": {"__x__"}, "parallel": set(), "parallel-narrow": set()}
    assert set(texts) == expected.get(kind, {"__x__", "__y__"})
    titles = [axis["title"] for axis in specs[kind].get("axes", []) if "title" in axis]
    assert set(titles) == set(texts)


@EACH_KIND
def test_every_color_is_a_variable_or_comes_with_the_rows(specs: dict[str, Any], kind: str) -> None:
    text = json.dumps(specs[kind])
    assert "var(--" in text
    assert not re.search('"#[0-9a-f]{3,8}"', text)
    for mark in nodes(specs[kind].get("marks", [])):
        if not isinstance(mark, dict):
            continue
        for channel in ("fill", "stroke"):
            color = mark.get(channel)
            if isinstance(color, dict) and "value" in color:
                assert color["value"].startswith("var(--") or color["value"] == "transparent"


@EACH_KIND
def test_no_text_stands_upright(specs: dict[str, Any], kind: str) -> None:
    axis = specs[kind]["config"]["axis"]
    assert axis["labelAngle"] == 0
    assert specs[kind]["config"]["axisY"]["titleAngle"] == 0
    angles = [axis.get("labelAngle", 0) for axis in specs[kind].get("axes", [])]
    assert set(angles) <= {0}


@pytest.mark.parametrize("kind", ["curves", "curves-log", "scatter-quantitative-quantitative"])
def test_the_grid_is_horizontal_only(specs: dict[str, Any], kind: str) -> None:
    grids = [axis["orient"] for axis in specs[kind]["axes"] if axis.get("grid")]
    assert grids == ["left"]


def test_the_log_kinds_have_a_log_scale(specs: dict[str, Any]) -> None:
    scales = {
        kind: {scale["name"]: scale["type"] for scale in spec["scales"]}
        for kind, spec in specs.items()
    }
    assert scales["curves-log"] == {"x": "linear", "y": "log"}
    assert scales["curves-logx"] == {"x": "log", "y": "linear"}
    assert scales["curves-logx-log"] == {"x": "log", "y": "log"}
    assert scales["curves-wall"] == {"x": "utc", "y": "linear"}
    assert scales["scatter-log-quantitative"] == {"x": "log", "y": "linear"}
    assert scales["scatter-time-log"] == {"x": "utc", "y": "log"}
    assert scales["scatter-nominal-nominal"] == {"x": "point", "y": "point"}
    assert scales["boxes-log"] == {"x": "log", "y": "linear"}
    for kind in ("curves", "scatter-quantitative-quantitative", "cells", "boxes"):
        assert scales[kind] == {"x": "linear", "y": "linear"}


def test_the_browser_uses_the_same_numbers() -> None:
    rows, bars = ((SCRIPTS / f"chart-{name}.js").read_text() for name in ("rows", "bars"))
    assert f"const NOT_SET = {NOT_SET};" in rows
    assert f"const STEP = {BAR_STEP};" in bars
    points, export = ((SCRIPTS / f"chart-{name}.js").read_text() for name in ("points", "export"))
    assert f"const PLAIN_SIZE = {POINT_SIZE};" in points
    assert f'const PICTURE_FONT = "{PICTURE_FONT}";' in export


def test_a_trend_is_drawn_between_numbers_only(specs: dict[str, Any]) -> None:
    for x, y in itertools.product(X_KINDS, Y_KINDS):
        names = {source["name"] for source in specs[f"scatter-{x}-{y}"]["data"]}
        assert ("trend" in names) == ("nominal" not in (x, y))


@EACH_KIND
def test_a_lite_spec_names_the_same_data_and_parameters(
    specs: dict[str, Any], lite_specs: dict[str, Any], kind: str
) -> None:
    lite = lite_specs[kind]
    assert "$schema" not in lite
    assert "values" not in json.dumps(lite.get("datasets", {}))
    named = {
        node["name"] for node in nodes(lite) if isinstance(node, dict) and set(node) == {"name"}
    }
    own = {source["name"] for source in specs[kind]["data"] if "source" not in source}
    assert named == own
    params = {param["name"] for param in lite["params"]}
    assert params <= {signal["name"] for signal in specs[kind]["signals"]}


def test_all_specs_together_stay_small(specs: dict[str, Any]) -> None:
    assert len(gzip.compress(json.dumps(specs).encode())) < 12_000


def test_a_ghost_and_a_band_lie_below_the_lines(specs: dict[str, Any]) -> None:
    for kind in ("curves", "curves-logx", "curves-wall-log"):
        marks = [mark["marks"][0] for mark in specs[kind]["marks"] if mark["type"] == "group"]
        assert [mark["type"] for mark in marks] == ["area", "line", "line"]
        opacity = [mark["encode"]["update"]["opacity"][-1]["value"] for mark in marks]
        plain = [mark["encode"]["update"]["opacity"][0]["value"] for mark in marks]
        assert plain == [0.18, 0.3, 1]
        assert all(faded < shown for faded, shown in zip(opacity, plain, strict=True))
