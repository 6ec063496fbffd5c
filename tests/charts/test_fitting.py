"""Texts of pictures keep the width they were laid out for, whatever font a system has."""

from __future__ import annotations

import html
import re

import pytest

from runfolio.charts import picture_bars
from runfolio.charts.fitting import fit_texts, measure
from runfolio.charts.palette import LIGHT

LABEL = '<text text-anchor="end" font-size="12px" font-weight="{}" fill="#000">{}</text>'


def lengths(svg: str) -> dict[str, float]:
    found = re.findall(r'<text[^>]* textLength="(\d+)"[^>]*>([^<]+)</text>', svg)
    return {html.unescape(text): float(length) for length, text in found}


def bars(name: str) -> str:
    rows = [{"id": "a", "name": name, "color": 0, "value": 0.5}]
    return picture_bars(rows, x_title="rmse", width=720, palette=LIGHT).svg()


@pytest.mark.parametrize("name", ["ridge a=1.0 s=0", "größe & <Länge>", "learning_rate (n = 5)"])
def test_a_name_has_the_length_that_its_picture_leaves_for_it(name: str) -> None:
    svg = bars(name)
    room = re.search(r'transform="translate\((\d+),', svg)
    assert room is not None
    assert lengths(svg)[name] == pytest.approx(float(room[1]) - 15, abs=2)


def test_names_in_other_scripts_are_left_to_the_font() -> None:
    assert lengths(bars("модель из дуба")) == {}
    assert measure("модель") is None


def test_short_texts_are_left_alone() -> None:
    assert "textLength" not in fit_texts(LABEL.format("normal", "0.12"))


def test_bold_texts_are_wider() -> None:
    normal = lengths(fit_texts(LABEL.format("normal", "learning_rate")))
    bold = lengths(fit_texts(LABEL.format("600", "learning_rate")))
    assert (normal["learning_rate"], bold["learning_rate"]) == (70, 75)
