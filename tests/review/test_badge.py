"""Badges: which value they show, in which colour, and that they are sound pictures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner, Result
from hypothesis import given

import runfolio
from runfolio.cli.main import main
from runfolio.errors import InvalidValue, NoBadgeValue, SideEmpty
from runfolio.review.badge import (
    COLORS,
    LABEL_COLOR,
    Badge,
    make_badge,
    render_badge,
)
from runfolio.review.text_widths import measure_text
from tests.charts.colors import contrast

SVG = "{http://www.w3.org/2000/svg}"


def log(
    store: Path, value: float, *, metric: str = "rmse", experiment: str = "wine", fail: bool = False
) -> str:
    run = runfolio.start_run(experiment=experiment, store=store, capture=False)
    run.log_metric(metric, value)
    run.set_tag("value", str(value))
    run.finish(status="FAILED" if fail else "FINISHED")
    return run.id


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [one.text or "" for one in root.findall(f"{SVG}text")]


def fill(svg: str) -> str:
    return ElementTree.fromstring(svg).findall(f"{SVG}path")[-1].get("fill") or ""


def title(svg: str) -> str:
    return ElementTree.fromstring(svg).findtext(f"{SVG}title") or ""


def test_it_shows_the_best_value(store: Path) -> None:
    for value in (0.7, 0.5874321, 0.9):
        log(store, value)
    svg = make_badge("rmse", store=store)
    assert texts(svg) == ["rmse", "0.5874"]
    assert title(svg) == "rmse: 0.5874"
    assert fill(svg) == COLORS["blue"]
    assert texts(make_badge("rmse", direction="up", store=store))[1] == "0.9"


def test_what_broke_off_or_is_not_finite_is_no_best_value(store: Path) -> None:
    log(store, 0.1, fail=True)
    log(store, math.nan)
    log(store, -math.inf)
    log(store, 0.7)
    assert texts(make_badge("rmse", store=store))[1] == "0.7"


def test_it_shows_the_run_that_is_named(store: Path) -> None:
    first = log(store, 0.7)
    log(store, 0.5)
    assert texts(make_badge("rmse", run=first[:9], store=store))[1] == "0.7"
    assert texts(make_badge("rmse", run="tag:value=0.7", store=store))[1] == "0.7"
    assert texts(make_badge("rmse", filter="metrics.rmse > 0.6", store=store))[1] == "0.7"


def test_the_direction_is_that_of_the_experiment(store: Path) -> None:
    log(store, 1, metric="quux")
    log(store, 2, metric="quux")
    with pytest.raises(NoBadgeValue, match=r"high or low values .*'quux'.*--direction up or down"):
        make_badge("quux", store=store)
    runfolio.describe_experiment("wine", primary_metric="quux", direction="up", store=store)
    assert texts(make_badge("quux", store=store))[1] == "2"


@pytest.mark.parametrize(
    ("metric", "base", "head", "said", "color", "told"),
    [
        ("rmse", 0.8, 0.6, "0.6 ▲ −25 %", "green", "0.6, −25 %, better, from 0.8"),
        ("rmse", 0.6, 0.9, "0.9 ▼ +50 %", "red", "0.9, +50 %, worse, from 0.6"),
        ("accuracy", 0.5, 0.6, "0.6 ▲ +20 %", "green", "0.6, +20 %, better, from 0.5"),
        ("accuracy", -0.5, -0.6, "−0.6 ▼ −20 %", "red", "−0.6, −20 %, worse, from −0.5"),
        ("accuracy", 0.5, 0.5, "0.5", "grey", "0.5, the same as 0.5"),
        ("accuracy", 0.0, 0.5, "0.5 ▲ +0.5", "green", "0.5, +0.5, better, from 0"),
    ],
)
def test_a_baseline_shows_the_change(
    store: Path, metric: str, base: float, head: float, said: str, color: str, told: str
) -> None:
    first, second = (log(store, value, metric=metric) for value in (base, head))
    svg = make_badge(metric, run=second, baseline=first, store=store)
    assert texts(svg) == [metric, said]
    assert fill(svg) == COLORS[color]
    assert title(svg) == f"{metric}: {told}"


def test_a_change_without_a_direction_is_grey(store: Path) -> None:
    first, second = log(store, 4, metric="quux"), log(store, 5, metric="quux")
    svg = make_badge("quux", run=second, baseline=first, store=store)
    assert (texts(svg)[1], fill(svg)) == ("5 Δ +25 %", COLORS["grey"])


def test_several_experiments_are_not_mixed(store: Path) -> None:
    log(store, 0.5)
    log(store, 0.6, experiment="beer")
    log(store, 0.1, experiment="other", metric="loss")
    with pytest.raises(NoBadgeValue, match=r"'beer', 'wine'. Choose one with --experiment"):
        make_badge("rmse", store=store)
    assert texts(make_badge("rmse", experiment="beer", store=store))[1] == "0.6"
    assert texts(make_badge("loss", store=store))[1] == "0.1"
    assert texts(make_badge("rmse", filter="metrics.rmse > 0", store=store))[1] == "0.5"


def test_no_value_is_told(store: Path) -> None:
    first = log(store, 0.5)
    other = log(store, math.nan, metric="loss")
    with pytest.raises(NoBadgeValue, match=r"value of the metric 'acc'. They have 'loss', 'rmse'"):
        make_badge("acc", store=store)
    with pytest.raises(NoBadgeValue, match=r"no finite value|has a finite value"):
        make_badge("loss", store=store)
    with pytest.raises(NoBadgeValue, match="The baseline has no finite value"):
        make_badge("rmse", run=first, baseline=other, store=store)
    with pytest.raises(SideEmpty, match=r"metrics.rmse > 9"):
        make_badge("rmse", filter="metrics.rmse > 9", store=store)


def test_texts_are_escaped_shown_and_shortened(store: Path) -> None:
    log(store, 0.5, metric="rmse")
    svg = make_badge("rmse", label='<script>"&\n\x07\u202e</script>', store=store)
    assert texts(svg)[0] == '<script>"& ⟨U+0007⟩⟨U+202E⟩</script>'
    assert "<script" not in svg
    assert len(texts(make_badge("rmse", label="x" * 500, store=store))[0]) == 60
    bare = make_badge("rmse", label="", store=store)
    assert texts(bare) == ["0.5"]
    assert title(bare) == "rmse: 0.5"


@pytest.mark.parametrize("color", ["red", "#ABC", "#a1b2c3"])
def test_a_colour_can_be_chosen(store: Path, color: str) -> None:
    log(store, 0.5)
    said = {"red": COLORS["red"], "#ABC": "#aabbcc"}.get(color, color)
    assert fill(make_badge("rmse", color=color, store=store)) == said


@pytest.mark.parametrize("color", ["puce", "#12", "#12345g", 'red"/><script>', ""])
def test_no_other_text_is_a_colour(store: Path, color: str) -> None:
    log(store, 0.5)
    with pytest.raises(InvalidValue, match="is no colour of a badge"):
        make_badge("rmse", color=color, store=store)


def test_a_bright_colour_carries_black(store: Path) -> None:
    log(store, 0.5)
    root = ElementTree.fromstring(make_badge("rmse", color="#fd0", store=store))
    inks = [one.get("fill") for one in root.findall(f"{SVG}text")]
    assert inks == ["#ffffff", "#000000"]


def test_the_shipped_colours_carry_white() -> None:
    for color in (*COLORS.values(), LABEL_COLOR):
        assert contrast("#ffffff", color) >= 4.5


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_a_picture_is_sound_xml_with_a_name(label: str, value: str) -> None:
    from runfolio.review.escaping import show_hidden

    name, said = show_hidden(label), show_hidden(value)
    svg = render_badge(Badge(name, said, "#123456", f"{name}: {said}"))
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == title(svg) == f"{name}: {said}"
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {"svg", "title", "path", "text"}
    assert svg == render_badge(Badge(name, said, "#123456", f"{name}: {said}"))
    assert root.get("viewBox") == f"0 0 {root.get('width')} 20"


def test_widths_are_those_of_the_font() -> None:
    from matplotlib.font_manager import findfont
    from PIL import ImageFont

    drawn = ImageFont.truetype(findfont("DejaVu Sans"), 1_100)
    for text in ("rmse", "0.5851 ▲ −22 %", "val/loss (mean ± std)", "WWW iii @"):
        assert measure_text(text, size=11) == pytest.approx(drawn.getlength(text) / 100, abs=1.2)
    assert measure_text("日本", size=11) > measure_text("ab", size=11) * 1.5
    assert measure_text("e\u0301", size=11) == measure_text("e", size=11)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["badge", *(str(argument) for argument in arguments)])


def test_the_command_writes_or_prints_it(store: Path, tmp_path: Path) -> None:
    log(store, 0.5)
    path = tmp_path / "new" / "badge.svg"
    result = run("rmse", "--store", store, "-o", path)
    assert (result.exit_code, result.output) == (0, f"Wrote {path}.\n")
    assert run("rmse", "--store", store).output == path.read_text(encoding="utf-8")
    found = json.loads(run("rmse", "--store", store, "--json").output)
    assert found == {"output": None, "svg": path.read_text(encoding="utf-8")}


def test_the_command_ends_with_one_line(store: Path, tmp_path: Path) -> None:
    log(store, 0.5)
    for arguments in (["acc"], ["rmse", "--color", "x"], ["rmse", "-o", store / "runfolio.json/x"]):
        result = run(*arguments, "--store", store)
        assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert run("rmse", "--run", "a", "--filter", "b", "--store", store).exit_code == 2


def test_it_is_part_of_the_package(store: Path) -> None:
    log(store, 0.5)
    assert runfolio.make_badge("rmse", store=store) == make_badge("rmse", store=store)
