"""The colours of charts and pages: the one place, from which the style sheet is made.

Charts name colours as CSS variables, so that a page in the browser follows the reader's light or
dark mode without being drawn again; pictures get the same names replaced by the values here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Ten colours for runs. Each has a contrast of at least 3:1 with the page, and any two stay apart
# for readers with protanopia, deuteranopia or tritanopia; tests/charts/test_palette.py measures it.
RUN_COLORS_LIGHT: Final = (
    "#2576e1",
    "#e17407",
    "#08a86c",
    "#99055c",
    "#956731",
    "#7d93b8",
    "#560991",
    "#631917",
    "#546c8d",
    "#505701",
)
RUN_COLORS_DARK: Final = (
    "#2280fb",
    "#cd7a0c",
    "#05b784",
    "#ffb0e6",
    "#fde266",
    "#dcefff",
    "#a397e4",
    "#cd3952",
    "#587f99",
    "#b2c002",
)

# The second cue when the ten colours come round again: runs 11–20 are dashed, 21–30 dotted, …
DASHES: Final[tuple[tuple[int, ...], ...]] = ((), (7, 3), (2, 3), (9, 3, 2, 3))

# The hues of viridis, with the lightness narrowed so that thin lines keep a contrast of 3:1.
SEQUENCE_LIGHT: Final = (
    "#480758",
    "#441c6e",
    "#393278",
    "#214582",
    "#055877",
    "#09666d",
    "#057366",
    "#078059",
    "#048e37",
    "#519405",
    "#7f9300",
    "#a09100",
)
SEQUENCE_DARK: Final = (
    "#874a99",
    "#7d59ae",
    "#716fbb",
    "#5e85c7",
    "#3b9dc8",
    "#29b1bc",
    "#48c0ad",
    "#53d09c",
    "#6dde81",
    "#99e85e",
    "#ceec38",
    "#ffeb51",
)

# From orange over grey to blue, even in OKLab: for what has a sign, as correlations.
DIVERGING_LIGHT: Final = (
    "#b35900",
    "#c17846",
    "#ce9673",
    "#dab49d",
    "#e5d2c7",
    "#eef0f2",
    "#c2d3e9",
    "#98b6de",
    "#6e98d2",
    "#437bc6",
    "#0b5cb8",
)
DIVERGING_DARK: Final = (
    "#f0a35e",
    "#c48a58",
    "#9a7151",
    "#715a48",
    "#4a433e",
    "#262c33",
    "#344457",
    "#425e7e",
    "#5079a7",
    "#5e95d2",
    "#6cb2ff",
)


def ink_on(color: str) -> str:
    """Black or white, whichever reads better on a colour; that has a contrast of at least 4.5:1."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.1791 else "#ffffff"


def _palette(
    base: Mapping[str, str],
    runs: tuple[str, ...],
    sequence: tuple[str, ...],
    diverging: tuple[str, ...],
) -> Mapping[str, str]:
    numbered = {f"run-{index}": color for index, color in enumerate(runs)}
    for name, colors in (("seq", sequence), ("div", diverging)):
        numbered |= {f"{name}-{index}": color for index, color in enumerate(colors)}
        numbered |= {f"on-{name}-{index}": ink_on(color) for index, color in enumerate(colors)}
    return MappingProxyType({**base, **numbered})


LIGHT: Final = _palette(
    {
        "ink": "#1b1f24",
        "muted": "#59636e",
        "rule": "#d8dee4",
        "surface": "#ffffff",
        "accent": "#0b62c4",
        "better": "#0b62c4",
        "worse": "#b35900",
    },
    RUN_COLORS_LIGHT,
    SEQUENCE_LIGHT,
    DIVERGING_LIGHT,
)
DARK: Final = _palette(
    {
        "ink": "#e6e9ed",
        "muted": "#9aa4af",
        "rule": "#30363d",
        "surface": "#0f1318",
        "accent": "#6cb2ff",
        "better": "#6cb2ff",
        "worse": "#f0a35e",
    },
    RUN_COLORS_DARK,
    SEQUENCE_DARK,
    DIVERGING_DARK,
)


def run_color(index: int) -> str:
    """The colour of the run at `index`, as a CSS variable."""
    return f"var(--run-{index % len(RUN_COLORS_LIGHT)})"


def run_dash(index: int) -> list[int]:
    """The dash pattern of number `index`; an empty one is a solid line."""
    return list(DASHES[index % len(DASHES)])


def sequence_color(share: float) -> str:
    """The sequential colour at `share` of the way from the lowest (0) to the highest (1) value."""
    last = len(SEQUENCE_LIGHT) - 1
    return f"var(--seq-{min(max(round(share * last), 0), last)})"


def count_color(share: float) -> str:
    """The colour of a count at `share` of the greatest: from pale to blue, none for nothing."""
    middle, last = len(DIVERGING_LIGHT) // 2, len(DIVERGING_LIGHT) - 1
    step = int(min(max(share, 0.0), 1.0) * (last - middle) + 0.5)
    return f"var(--div-{middle + step})"


def replace_variables(text: str, palette: Mapping[str, str]) -> str:
    """The text with each ``var(--name)`` of the palette replaced by its colour."""
    for name, color in palette.items():
        text = text.replace(f"var(--{name})", color)
    return text


def palette_css() -> str:
    """The style sheet of all colours, light and dark, and the classes of swatches.

    ``data-theme`` on the root element overrules what the reader's system asks for. Paper is light.
    """
    light, dark = _declarations(LIGHT), _declarations(DARK)
    by_system = "@media screen and (prefers-color-scheme: dark)"
    rules = [
        f":root {{\n{light}}}",
        f'{by_system} {{\n:root:not([data-theme="light"]) {{\n{dark}}}\n}}',
        f'@media screen {{\n:root[data-theme="dark"] {{\n{dark}}}\n}}',
    ]
    runs = range(len(RUN_COLORS_LIGHT))
    rules += [f".run-{index} {{ color: var(--run-{index}); }}" for index in runs]
    rules += [
        f".dash-{index} line {{ stroke-dasharray: {' '.join(map(str, dash))}; }}"
        for index, dash in enumerate(DASHES)
        if dash
    ]
    return "\n".join(rules) + "\n"


def _declarations(palette: Mapping[str, str]) -> str:
    return "".join(f"  --{name}: {color};\n" for name, color in palette.items())
