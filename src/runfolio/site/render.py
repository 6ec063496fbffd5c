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
from runfolio.site.details import templates_folder
from runfolio.site.moulds import Moulds
from runfolio.site.pages import Frame


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


@lru_cache(maxsize=8)
def _moulds(folder: Path | None, version: str) -> Moulds | None:  # noqa: ARG001, a key
    """What is kept of pages that were rendered; templates of one's own may look at any text."""
    return Moulds() if folder is None else None


class Renderer:
    """Renders pages with the package's templates, or a user's own where `folder` has them.

    Templates are read once for each `version` of them.
    """

    def __init__(self, folder: Path | None = None, *, version: str = "") -> None:
        if folder is not None and (not folder.is_dir() or folder == folder.parent):
            raise TemplateFailed(f"No folder of templates at {str(folder)!r}. Check --templates.")
        self._environment = _environment(folder, version)
        self._moulds = _moulds(folder, version)

    def page(self, name: str, frame: Frame, view: Any) -> str:
        """The HTML of a page from the template `name`."""
        return self._render(name, frame=frame, view=view)

    def alike(self, name: str, frame: Frame, view: Any) -> str:
        """The HTML of one of many pages that are mostly alike, as `page` gives it."""
        if self._moulds is None:
            return self.page(name, frame, view)
        return self._moulds.render(name, (frame, view), lambda both: self._fill(name, *both))

    def _fill(self, name: str, frame: Frame, view: Any) -> str:
        return self._text(name, frame=frame, view=view)

    def part(self, name: str, view: Any) -> str:
        """The HTML of a part of a page from the template `name`."""
        return self._render(name, view=view)

    def _render(self, name: str, **values: Any) -> str:
        return show_controls(self._text(name, **values))

    def _text(self, name: str, **values: Any) -> str:
        try:
            return self._environment.get_template(name).render(**values)
        except TemplateError as error:
            raise TemplateFailed(
                f"The template {name!r} can't be rendered: {error.message or error}. "
                "Compare it with the one shipped with Runfolio."
            ) from error
