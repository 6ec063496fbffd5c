"""The specs of all kinds: the same each time, without data, addresses or words of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfolio.charts.specs import KINDS, build_specs
from runfolio.charts.theme import BAR_STEP, NOT_SET

EACH_KIND = pytest.mark.parametrize("kind", KINDS)
ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "templates" / "assets" / "js"


@pytest.fixture(scope="module")
def specs() -> dict[str, Any]:
    return build_specs()


def nodes(tree: Any) -> Iterator[Any]:
    """A JSON tree's objects, lists and values."""
    yield tree
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        yield from nodes(child)


def test_there_is_one_spec_for_each_kind(specs: dict[str, Any]) -> None:
    assert sorted(specs) == [
        "bars",
        "curves",
        "curves-log",
        "parallel",
        "parallel-narrow",
        "scatter-log",
        "scatter-nominal",
        "scatter-quantitative",
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


@pytest.mark.parametrize("kind", ["curves", "curves-log", "scatter-quantitative", "scatter-log"])
def test_the_grid_is_horizontal_only(specs: dict[str, Any], kind: str) -> None:
    grids = [axis["orient"] for axis in specs[kind]["axes"] if axis.get("grid")]
    assert grids == ["left"]


def test_the_log_kinds_have_a_log_scale(specs: dict[str, Any]) -> None:
    scales = {
        kind: {scale["name"]: scale["type"] for scale in spec["scales"]}
        for kind, spec in specs.items()
    }
    assert scales["curves-log"] == {"x": "linear", "y": "log"}
    assert scales["scatter-log"] == {"x": "log", "y": "linear"}
    assert scales["curves"] == scales["scatter-quantitative"] == {"x": "linear", "y": "linear"}


def test_the_browser_uses_the_same_numbers() -> None:
    rows, bars = ((SCRIPTS / f"chart-{name}.js").read_text() for name in ("rows", "bars"))
    assert f"const NOT_SET = {NOT_SET};" in rows
    assert f"const STEP = {BAR_STEP};" in bars
