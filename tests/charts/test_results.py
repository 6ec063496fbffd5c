"""Confusion matrices and result curves as rows and as pictures."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from runfolio.charts.confusion import (
    confusion_cells,
    confusion_size,
    confusion_texts,
    picture_confusion,
)
from runfolio.charts.palette import DARK, LIGHT, replace_variables
from runfolio.charts.rendering import Filled
from runfolio.charts.result_curves import picture_result_curves, reference_rows, result_rows
from tests.charts.colors import contrast

LABELS = ["cat", 'dog <b> & "co"']


def curve(**values: Any) -> dict[str, Any]:
    return {"id": "a", "color": 12, "dash": 1, "x": [0, 1], "y": [0, 1], "scores": {}} | values


def words(filled: Filled) -> list[str]:
    return [node.text for node in ElementTree.fromstring(filled.svg()).iter() if node.text]


def test_the_first_class_is_on_top_and_zero_has_no_cell() -> None:
    cells = confusion_cells([[4, 0], [1, 2]])
    places = [(cell["x"] // 1, cell["y"] // 1, cell["color"]) for cell in cells]
    assert places == [(0, 1, "var(--div-10)"), (0, 0, "var(--div-6)"), (1, 0, "var(--div-8)")]
    assert confusion_cells([[0]]) == []


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_numbers_read_on_their_cells(palette: dict[str, str]) -> None:
    counts = [[level + 1 for level in range(12)]] * 12
    for cell, text in zip(confusion_cells(counts), confusion_texts(counts), strict=True):
        ink, color = (replace_variables(one, palette) for one in (text["ink"], cell["color"]))
        assert contrast(ink, color) >= 4.5
    [zero] = confusion_texts([[0]])
    assert contrast(replace_variables(zero["ink"], palette), palette["surface"]) >= 4.5


def test_a_picture_has_labels_and_numbers() -> None:
    width, height = confusion_size(LABELS, width=720)
    filled = picture_confusion(LABELS, [[41, 2], [3, 17]], width=width, height=height, palette={})
    found = words(filled)
    assert {*LABELS, "41", "17", "true", "predicted"} <= set(found)
    root = ElementTree.fromstring(filled.svg())
    assert root.attrib["width"] == str(width)


def test_many_classes_have_no_numbers_and_as_many_labels_as_can_be_read() -> None:
    labels = [f"class {number}" for number in range(100)]
    counts = [[7000 + row + column for column in range(100)] for row in range(100)]
    width, height = confusion_size(labels, width=720)
    assert width <= 720
    found = words(picture_confusion(labels, counts, width=width, height=height, palette={}))
    assert "7000" not in found
    assert 10 < len([text for text in found if text.startswith("class")]) < 60


def test_points_keep_their_order() -> None:
    rows = result_rows([curve(x=[1, 0], y=[0.25, 0.5])], kind=None)
    assert [(row["place"], row["x"], row["dot"]) for row in rows] == [(0, 1, False), (1, 0, False)]
    assert (rows[0]["color"], rows[0]["dash"]) == ("var(--run-2)", [7, 3])
    assert result_rows([curve()], kind="calibration")[0]["dot"]
    assert result_rows([curve(x=[1], y=[1])], kind="roc")[0]["dot"]


def test_each_kind_is_drawn_over_what_it_is_compared_with() -> None:
    def ends(kind: str | None, *rates: float) -> list[tuple[str, float, str]]:
        curves = [curve(id=str(at), scores={"base_rate": at}) for at in rates]
        found = reference_rows(curves or [curve()], kind=kind)
        return [(row["run"], row["y"], row["color"]) for row in found]

    assert ends("roc") == ends("calibration") == [("", 0, "var(--muted)"), ("", 1, "var(--muted)")]
    assert ends(None, 0.2) == ends("pr") == []
    assert ends("pr", 0.2, 0.2) == [("", 0.2, "var(--muted)")] * 2
    assert ends("pr", 0.2, 0.4) == [
        *[("0.2", 0.2, "var(--run-2)")] * 2,
        *[("0.4", 0.4, "var(--run-2)")] * 2,
    ]


@pytest.mark.parametrize(("kind", "ticks"), [("roc", ["0", "0.2"]), (None, ["10", "12"])])
def test_rates_reach_from_0_to_1_and_other_curves_as_far_as_they_go(
    kind: str | None, ticks: list[str]
) -> None:
    given = curve(x=[10, 14], y=[10, 12]) if kind is None else curve()
    filled = picture_result_curves(
        [given], kind=kind, x_title="x <i>", y_title="y", width=480, height=360, palette={}
    )
    found = words(filled)
    assert {"x <i>", "y", *ticks} <= set(found)
