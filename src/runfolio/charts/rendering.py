"""From a kind of chart and its data to an SVG picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from runfolio.charts.compiled import spec_text
from runfolio.charts.fitting import fit_texts
from runfolio.charts.palette import replace_variables
from runfolio.charts.theme import FONT, PICTURE_FONT

Row = dict[str, Any]

INHERITED: Final = frozenset(
    {
        *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        *("__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    }
)
"""What every object of JavaScript has, where Vega looks titles up by name."""

_FITTING: Final = 1  # changes when `fit_texts` makes something else of a drawing


@dataclass(frozen=True, slots=True)
class Filled:
    """A chart with its data filled in, as the text of its Vega spec; equal texts look the same."""

    text: str

    @property
    def digest(self) -> str:
        """What tells this picture from any other, and from what another renderer makes of it."""
        named = f"{version('vl-convert-python')}\n{_FITTING}\n{self.text}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def svg(self, show: Callable[[str], str] = str) -> str:
        """The chart drawn, as SVG text; `show` tells how a text is written.

        Characters that XML forbids would end the process, so `show` must replace them.
        """
        import vl_convert

        spec = json.loads(self.text)
        if "\\u" in self.text:  # else all of it is printable ASCII
            spec = _map_texts(spec, show)
        svg: str = vl_convert.vega_to_svg(spec, allowed_base_urls=[])
        return fit_texts(svg)


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_texts(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _map_texts(one, change) for key, one in value.items()}
    return value


def fill_chart(
    kind: str,
    data: Mapping[str, Sequence[Row]],
    *,
    titles: Mapping[str, str],
    width: int,
    height: int,
    palette: Mapping[str, str],
    signals: Mapping[str, Any] | None = None,
) -> Filled:
    """A chart in the colours of `palette`, of `width` × `height` pixels.

    `data` holds rows by the name of the spec's data, `titles` a text per placeholder and
    `signals` values by the name of a parameter.
    """
    spec = fill_spec(kind, data, titles=titles, palette=palette, signals=signals or {})
    spec["width"], spec["height"] = width, height
    return Filled(json.dumps(spec, sort_keys=True, separators=(",", ":")))


def fill_spec(
    kind: str,
    data: Mapping[str, Sequence[Row]],
    *,
    titles: Mapping[str, str],
    palette: Mapping[str, str],
    signals: Mapping[str, Any],
) -> dict[str, Any]:
    """The Vega spec of a kind with its titles, colours, data and parameters filled in."""
    text = replace_variables(spec_text(kind), palette).replace(FONT, PICTURE_FONT)
    # Only zooming in the browser needs it; the ids it takes would differ from picture to picture.
    text = text.replace('"clip":true', '"clip":false')
    for placeholder, title in titles.items():
        text = text.replace(json.dumps(placeholder), json.dumps(safe_title(title)))
    spec: dict[str, Any] = json.loads(text)
    for source in spec["data"]:
        if source["name"] in data:
            source["values"] = [_colored(row, palette) for row in data[source["name"]]]
    for signal in spec.get("signals", []):
        if signal["name"] in signals:
            signal["value"] = signals[signal["name"]]
    return spec


def safe_title(title: str) -> str:
    """A title that Vega doesn't take for something that every object of JavaScript has.

    The browser has the same rule in ``chart-host.js``.
    """
    return f"{title} " if title in INHERITED else title


def _colored(row: Row, palette: Mapping[str, str]) -> Row:
    """Colours are variables in the rows too; names that look like one stay as they are."""
    if "color" not in row:
        return row
    return {**row, "color": replace_variables(row["color"], palette)}
