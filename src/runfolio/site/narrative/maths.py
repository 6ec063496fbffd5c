"""Formulas in LaTeX as MathML, made when the site is built so that pages need no script.

What the converter returns is not taken as text: a formula may hold ``\\text{<script>}``. Its tree
is written out here, with the elements and attributes of presentation MathML and nothing else.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import shorten
from runfolio.site.controls import show_controls

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_FORMULA: Final = 5000
"""Characters of a formula at most."""

MAX_DEPTH: Final = 60
"""Elements inside each other at most."""

_ELEMENTS: Final = frozenset(
    (
        *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot"),
        *("mstyle", "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup"),
        *("munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none"),
        *("mtable", "mtr", "mlabeledtr", "mtd"),
    )
)
_LARGE: Final = frozenset("∑∏∐⋃⋂⋁⋀⨁⨂⨀⨄⨆")
_BARS: Final = frozenset("|‖∣∥")
_LIMITING: Final = frozenset(
    ("max", "min", "lim", "sup", "inf", "lim sup", "lim inf", "lim\u2009sup", "lim\u2009inf")
)
"""Operators with limits below them in a formula of its own, and beside them within a line."""

_LIMITS: Final = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}

_CHILDREN: Final = {
    "mfrac": 2,
    "msup": 2,
    "msub": 2,
    "mover": 2,
    "munder": 2,
    "mroot": 2,
    "msubsup": 3,
    "munderover": 3,
}
"""How many children elements have that need just so many."""

_ATTRIBUTES: Final = frozenset(
    (
        *("accent", "accentunder", "columnalign", "columnspacing", "depth", "display"),
        *("displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace"),
        *("mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits", "notation"),
        *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric"),
        *("voffset", "width"),
    )
)
_VALUE: Final = re.compile(r"(?!.*\d{4})[\w #%+,.-]{1,60}", re.ASCII)
"""What attributes may say: words, colours, and lengths of up to three digits."""

_DEFINITION: Final = re.compile(
    r"\\(?:re|provide)?newcommand|\\x?[eg]?def\b|\\newenvironment|\\let\b"
)
_ALIGNED: Final = re.compile(r"\\(begin|end){(?:aligned|split)}")
"""Environments that the converter knows by another name only."""

_OPERATOR: Final = re.compile(r"\\operatorname(\*?)\s*{([^{}\\]*(?:\\[,;: ][^{}\\]*)*)}")
"""A name of an operator; the converter reads no spaces in it but this one."""

_THIN: Final = "\u2009"
_SPACE: Final = re.compile(r"\\[,;: ]|\s+")

_VARIANTS: Final = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "monospace": "MONOSPACE",
}
"""Styles of letters by MathML's names, which browsers no longer know, and by Unicode's."""

_SCRIPT: Final = re.compile(r"^(?:LATIN|GREEK) | LETTER(?= )")

_ESCAPED: Final = re.compile(r"\\([&%$#_{}])")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)


def render_formula(latex: str, *, display: bool) -> Markup:
    """A formula as MathML, on a line of its own with `display`; raises `ReportMistake`."""
    source = latex.strip()
    if not source:
        raise ReportMistake("The formula is empty.")
    if len(source) > MAX_FORMULA:
        raise ReportMistake(
            f"A formula has at most {MAX_FORMULA:,} characters, not {len(source):,}."
        )
    _check(source)
    root = _convert(source, display=display)
    return Markup("").join(_write(root, 0, source))


def _check(source: str) -> None:
    """Raise for what the converter would read as something else than was meant."""
    defined = _DEFINITION.search(source)
    if defined:
        raise ReportMistake(f"{defined[0]!r} is not known here: write the formula out.")
    depth = 0
    for sign in _BRACE.findall(source):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            raise ReportMistake("The formula has a } without its {.")
    if depth:
        raise ReportMistake(
            f"The formula lacks {depth} closing " + ("brace." if depth == 1 else "braces.")
        )


def _convert(source: str, *, display: bool) -> Element:
    from latex2mathml.converter import convert_to_element

    try:
        return convert_to_element(_reword(source), display="block" if display else "inline")
    except RecursionError:
        raise ReportMistake("The formula is nested too deeply.") from None
    except _failures() as error:
        reason = _say(error)
        raise ReportMistake(f"The formula {shorten(source)!r} can't be read{reason}.") from None


def _reword(source: str) -> str:
    """The formula in words that the converter knows."""
    plain = _ALIGNED.sub(r"\\\1{align*}", source)
    return _OPERATOR.sub(lambda found: _name_operator(*found.groups()), plain)


def _name_operator(star: str, name: str) -> str:
    return rf"\operatorname{star}{{{_SPACE.sub(_THIN, name)}}}"


@cache
def _failures() -> tuple[type[Exception], ...]:
    """What the converter raises on a text that is no formula."""
    from latex2mathml import exceptions

    own = [
        one
        for one in vars(exceptions).values()
        if isinstance(one, type) and issubclass(one, Exception)
    ]
    unforeseen = (LookupError, ValueError, TypeError, AttributeError, StopIteration, RuntimeError)
    return (*own, *unforeseen)


def _say(error: Exception) -> str:
    """The name of the converter's own errors in words: ": missing end"."""
    name = type(error).__name__
    if not name.endswith("Error") or type(error).__module__ == "builtins":
        return ""
    words = re.findall("[A-Z][a-z]*", name.removesuffix("Error"))
    return ": " + " ".join(words).lower()


def _tag_of(element: Element) -> str:
    """The element's name; limits of sums stand above and below them, beside them within lines.

    MathML decides that by the style around, and the converter only by where the formula begins.
    """
    base = element[0] if len(element) else None
    if base is None or base.tag != "mo":
        return element.tag
    text = html.unescape(base.text or "")
    if text in _LIMITING:
        base.set("movablelimits", "true")
    large = base.get("movablelimits") == "true" or text in _LARGE
    return _LIMITS.get(element.tag, element.tag) if large else element.tag


def _write(element: Element, depth: int, source: str) -> list[Markup]:
    if depth > MAX_DEPTH:
        raise ReportMistake("The formula is nested too deeply.")
    text = html.unescape(element.text or "")
    if element.tag == "mtext":
        text = _ESCAPED.sub(r"\1", text)
    _check_element(element, text, source)
    style = _VARIANTS.get(element.get("mathvariant", ""))
    text = "".join(_styled(letter, style) for letter in text) if style else text
    if element.tag == "mo" and text in _BARS and "stretchy" not in element.attrib:
        element.set("stretchy", "false")  # or it grows with its own exponent
    attributes = [
        (name, value)
        for name, value in element.attrib.items()
        if _is_allowed(name, value) and not (style and name == "mathvariant")
    ]
    said = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in attributes)
    if depth == 0:
        said += Markup(' alttext="{}"').format(show_controls(source))
    tag = _tag_of(element)
    parts = [
        Markup("<{}{}>").format(tag, said),
        escape(show_controls(text)),
    ]
    for place, child in enumerate(element):
        written = _write(child, depth + 1, source)
        parts += _boxed(written) if place == 0 and _is_big(child, tag) else written
    parts.append(Markup("</{}>").format(tag))
    return parts


def _is_big(base: Element, tag: str) -> bool:
    """Whether something stands beside a big bracket, which browsers then shrink unless boxed."""
    return tag in _LIMITS and base.tag == "mo" and base.get("stretchy") == "true"


def _boxed(written: list[Markup]) -> list[Markup]:
    return [Markup("<mrow>"), *written, Markup("</mrow>")]


def _styled(letter: str, style: str) -> str:
    """A letter in a style of its own where Unicode has it: "E" as "𝔼", "L" as "ℒ"."""
    name = _SCRIPT.sub("", unicodedata.name(letter, ""))
    old = style.replace("FRAKTUR", "BLACK-LETTER")  # the few that were there before the others
    for styled in (f"MATHEMATICAL {style} {name}", f"{old} {name}"):
        try:
            return unicodedata.lookup(styled)
        except KeyError:
            continue
    return letter


def _is_allowed(name: str, value: str) -> bool:
    return name in _ATTRIBUTES and bool(_VALUE.fullmatch(value))


def _check_element(element: Element, text: str, source: str) -> None:
    if element.tag not in _ELEMENTS:
        raise ReportMistake(
            f"The formula {shorten(source)!r} can't be shown: it has {element.tag!r}."
        )
    if element.tag in ("mi", "mo") and text.startswith("\\") and text[1:].isalpha():
        raise ReportMistake(f"The formula has an unknown command {text}.")
    if element.tag == "mi" and text == "&" and r"\&" not in source:
        raise ReportMistake(
            "The formula has an & outside of a table such as {aligned} or {matrix}."
        )
    needed = _CHILDREN.get(element.tag)
    if needed is not None and len(element) != needed:
        raise ReportMistake(f"The formula {shorten(source)!r} is incomplete: a part is missing.")
