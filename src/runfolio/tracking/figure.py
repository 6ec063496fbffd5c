"""Figures of matplotlib, Altair and Plotly as files, without importing any of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from runfolio.errors import InvalidValue, MissingDependency

FORMATS: Final = {
    "matplotlib": ("png", "svg", "pdf"),
    "altair": ("png", "svg", "pdf", "html", "json"),
    "plotly": ("html", "json", "png", "svg", "pdf"),
}

# What differs between two savings of the same figure.
_UNDATED: Final = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


def figure_to_bytes(figure: Any, suffix: str) -> bytes:
    """`figure` as the content of a file that ends in `suffix`, such as ``.png``.

    Takes a matplotlib figure or what holds one (axes, a seaborn grid), an Altair chart or a
    Plotly figure. HTML holds everything it needs. Raises `InvalidValue` for another object or
    suffix, `MissingDependency` when Plotly lacks kaleido for a picture.
    """
    library, drawn = _find_figure(figure)
    kind = suffix.lower().removeprefix(".")
    if kind not in FORMATS[library]:
        accepted = ", ".join(f".{one}" for one in FORMATS[library])
        raise InvalidValue(
            f"A {library} figure can't be kept as {suffix!r}. Use one of {accepted}."
        )
    writers = {"matplotlib": _save_matplotlib, "altair": _save_altair, "plotly": _save_plotly}
    return writers[library](drawn, kind)


def _find_figure(figure: Any) -> tuple[str, Any]:
    """The library that `figure` or what it holds belongs to, and the figure itself."""
    for held in _walk(figure):
        names = {(base.__module__.split(".")[0], base.__name__) for base in type(held).__mro__}
        if ("matplotlib", "Figure") in names:
            return "matplotlib", held
        if "altair" in {module for module, _ in names} and hasattr(held, "to_json"):
            return "altair", held
        if "plotly" in {module for module, _ in names} and hasattr(held, "to_html"):
            return "plotly", held
    raise InvalidValue(
        f"No figure can be made of a {type(figure).__module__}.{type(figure).__qualname__}. "
        "Give a matplotlib figure or axes, an Altair chart or a Plotly figure."
    )


def _walk(figure: Any) -> Iterator[Any]:
    """`figure` and what its attribute ``figure`` (of scikit-learn: ``figure_``) leads to."""
    for _ in range(5):
        yield figure
        if isinstance(figure, type):
            return
        inner = getattr(figure, "figure", None) or getattr(figure, "figure_", None)
        if inner is None or inner is figure:
            return
        figure = inner


def _save_matplotlib(figure: Any, kind: str) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, bbox_inches="tight", metadata=_UNDATED[kind])
    return buffer.getvalue()


def _save_altair(chart: Any, kind: str) -> bytes:
    if kind == "json":
        return str(chart.to_json()).encode() + b"\n"
    if kind in ("png", "pdf"):
        picture = io.BytesIO()
        chart.save(picture, format=kind)
        return picture.getvalue()
    text = io.StringIO()
    if kind == "html":
        # Inline: the page would otherwise load its scripts from another host.
        chart.save(text, format="html", inline=True)
    else:
        chart.save(text, format=kind)
    return text.getvalue().encode()


def _save_plotly(figure: Any, kind: str) -> bytes:
    if kind == "json":
        return str(figure.to_json()).encode() + b"\n"
    if kind == "html":
        page = figure.to_html(include_plotlyjs=True, full_html=True, div_id="figure")
        return str(page).encode()
    import importlib.util

    if importlib.util.find_spec("kaleido") is None:
        raise MissingDependency(
            f"Plotly needs kaleido to write {kind!r}. pip install kaleido, or log it as .html."
        )
    return bytes(figure.to_image(format=kind))
