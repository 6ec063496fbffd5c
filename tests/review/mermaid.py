"""A strict reader of Mermaid's ``xychart-beta``, after its grammar ``xychart.jison``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^```mermaid\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_TEXT = r'"([^"`%#;{}<>\n]*)"'
_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"
_TITLE = re.compile(rf"    title {_TEXT}")
_AXIS = re.compile(rf"    (x|y)-axis {_TEXT} ({_NUMBER}) --> ({_NUMBER})")
_LINE = re.compile(rf"    line {_TEXT} \[({_NUMBER}(?:, {_NUMBER})*)\]")
_INIT = '%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#888888,#2f6fd0"}}}}%%'


@dataclass(frozen=True)
class Chart:
    title: str
    axes: dict[str, tuple[str, float, float]]
    lines: dict[str, list[float]]


def read_charts(markdown: str) -> list[Chart]:
    """The charts in fences of a Markdown text; an `AssertionError` tells what is no chart."""
    return [read_chart(text) for text in _FENCE.findall(markdown)]


def read_chart(text: str) -> Chart:
    init, kind, *statements = text.split("\n")
    assert (init, kind) == (_INIT, "xychart-beta")
    title = _TITLE.fullmatch(statements[0])
    axes = [_AXIS.fullmatch(one) for one in statements[1:3]]
    lines = [_LINE.fullmatch(one) for one in statements[3:]]
    assert title, statements[0]
    assert all(axes), statements[1:3]
    assert all(lines), statements[3:]
    chart = Chart(
        title[1],
        {one[1]: (one[2], float(one[3]), float(one[4])) for one in axes if one},
        {one[1]: [float(value) for value in one[2].split(", ")] for one in lines if one},
    )
    assert set(chart.axes) == {"x", "y"}
    assert all(low < high for _, low, high in chart.axes.values())
    assert len({len(values) for values in chart.lines.values()}) == 1
    return chart
