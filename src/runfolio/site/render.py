"""Rendering: a view model and a template become text. The only user of Jinja."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from runfolio.errors import TemplateFailed
from runfolio.site.controls import show_controls
from runfolio.site.pages import Frame


def templates_folder() -> Path:
    """The templates shipped in the package, or the repository's own in a development install."""
    shipped = Path(__file__).parents[1] / "templates"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "templates"


@lru_cache(maxsize=8)
def _environment(folder: Path | None, version: str) -> Environment:  # noqa: ARG001, a key
    """Templates of `folder` before the shipped ones, which ``runfolio/`` names in any case, so
    that one's own ``index.html`` can extend ``runfolio/index.html``. Another `version` is read
    anew."""
    shipped = FileSystemLoader(templates_folder())
    own = [FileSystemLoader(folder)] if folder is not None else []
    return Environment(
        loader=ChoiceLoader([*own, shipped, PrefixLoader({"runfolio": shipped})]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


class Renderer:
    """Renders pages with the package's templates, or a user's own where `folder` has them.

    Templates are read once for each `version` of them.
    """

    def __init__(self, folder: Path | None = None, *, version: str = "") -> None:
        if folder is not None and not folder.is_dir():
            raise TemplateFailed(f"No folder of templates at {str(folder)!r}. Check --templates.")
        self._environment = _environment(folder, version)

    def page(self, name: str, frame: Frame, view: Any) -> str:
        """The HTML of a page from the template `name`."""
        return self._render(name, frame=frame, view=view)

    def part(self, name: str, view: Any) -> str:
        """The HTML of a part of a page from the template `name`."""
        return self._render(name, view=view)

    def _render(self, name: str, **values: Any) -> str:
        try:
            return show_controls(self._environment.get_template(name).render(**values))
        except TemplateError as error:
            raise TemplateFailed(
                f"The template {name!r} can't be rendered: {error.message or error}. "
                "Compare it with the one shipped with Runfolio."
            ) from error
