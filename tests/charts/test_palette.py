"""Colours that everyone can read and tell apart, and the style sheet made from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from runfolio.charts import palette
from runfolio.charts.palette import DARK, LIGHT, palette_css, replace_variables
from tests.charts.colors import VISION, contrast, least_distance, luminance

SCRIPTS = Path(__file__).parents[2] / "templates" / "assets" / "js"
MODES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


@MODES
@pytest.mark.parametrize("name", ["ink", "muted", "accent", "better", "worse"])
def test_text_has_a_contrast_of_4_5(colors: Mapping[str, str], name: str) -> None:
    assert contrast(colors[name], colors["surface"]) >= 4.5


@MODES
def test_lines_have_a_contrast_of_3(colors: Mapping[str, str]) -> None:
    lines = {name: color for name, color in colors.items() if re.match("(run|seq)-", name)}
    low = {
        name: contrast(color, colors["surface"])
        for name, color in lines.items()
        if contrast(color, colors["surface"]) < 3
    }
    assert len(lines) == 22
    assert not low


@MODES
def test_numbers_on_colored_cells_have_a_contrast_of_4_5(colors: Mapping[str, str]) -> None:
    inks = {name: color for name, color in colors.items() if name.startswith("on-")}
    assert len(inks) == 23
    for name, ink in inks.items():
        assert contrast(ink, colors[name.removeprefix("on-")]) >= 4.5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("ramp", [palette.DIVERGING_LIGHT, palette.DIVERGING_DARK])
def test_both_ends_of_the_diverging_colors_can_be_told_apart(
    ramp: tuple[str, ...], vision: str
) -> None:
    assert len(ramp) == 11
    assert least_distance((ramp[0], ramp[5], ramp[10]), vision) > 10


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("colors", [palette.RUN_COLORS_LIGHT, palette.RUN_COLORS_DARK])
def test_any_two_runs_can_be_told_apart(colors: tuple[str, ...], vision: str) -> None:
    # 2 is what can just be seen side by side (OKLab × 100); lines in a plot are apart.
    assert least_distance(colors, vision) > (12 if vision == "usual" else 6)


@pytest.mark.parametrize("ramp", [palette.SEQUENCE_LIGHT, palette.SEQUENCE_DARK])
def test_the_sequence_gets_lighter_with_every_step(ramp: tuple[str, ...]) -> None:
    assert len(ramp) == 12
    assert [luminance(color) for color in ramp] == sorted(luminance(color) for color in ramp)


def test_the_sequence_runs_from_lowest_to_highest() -> None:
    shares = [-1, 0, 0.5, 1, 2]
    names = [palette.sequence_color(share) for share in shares]
    assert names == [f"var(--seq-{index})" for index in (0, 0, 6, 11, 11)]


def test_light_and_dark_name_the_same_colors() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_the_style_sheet_follows_the_system_unless_told_otherwise() -> None:
    css = palette_css()
    rules = re.findall(r"^(:root[^{}]*) \{\n((?:  --[^\n]*\n)+)\}", css, flags=re.MULTILINE)
    declared = {
        selector: dict(re.findall("--([a-z0-9-]+): (#[0-9a-f]{6});", body))
        for selector, body in rules
    }
    assert declared == {
        ":root": dict(LIGHT),
        ':root:not([data-theme="light"])': dict(DARK),
        ':root[data-theme="dark"]': dict(DARK),
    }
    system = css.index("@media screen and (prefers-color-scheme: dark)")
    assert system < css.index(':root:not([data-theme="light"])') < css.index('[data-theme="dark"]')


def test_swatches_have_the_colors_and_dashes_of_lines() -> None:
    css = palette_css()
    assert ".run-9 { color: var(--run-9); }" in css
    assert ".dash-1 line { stroke-dasharray: 7 3; }" in css
    assert ".dash-0" not in css


def test_runs_beyond_the_tenth_share_colors_but_not_dashes() -> None:
    assert palette.run_color(13) == palette.run_color(3) == "var(--run-3)"
    assert palette.run_dash(1) != palette.run_dash(0) == []


def test_variables_become_colors_and_no_other_text_changes() -> None:
    text = "var(--run-1) var(--seq-1) var(--seq-11) var(--none) run-1"
    replaced = replace_variables(text, LIGHT)
    seen = [LIGHT["run-1"], LIGHT["seq-1"], LIGHT["seq-11"], "var(--none)", "run-1"]
    assert replaced == " ".join(seen)


def test_the_browser_uses_the_same_numbers() -> None:
    script = (SCRIPTS / "charts" / "chart-rows.js").read_text()
    found = dict(re.findall(r"^  const ([A-Z_]+) = (.+);", script, flags=re.MULTILINE))
    assert int(found["COLORS"]) == len(palette.RUN_COLORS_LIGHT)
    assert int(found["SEQUENCE"]) == len(palette.SEQUENCE_LIGHT)
    assert found["DASHES"] == str([list(dash) for dash in palette.DASHES])
