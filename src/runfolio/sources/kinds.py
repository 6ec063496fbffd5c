"""The kinds of stores that are read, in the order in which a place is asked for them."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Final

from runfolio.errors import SourceNotRecognised
from runfolio.sources.place import Place, open_place
from runfolio.sources.records import Source

KINDS: Final = (
    "mlflow",
    "wandb",
    "trackio",
    "optuna",
    "aim",
    "neptune",
    "sacred",
    "dvclive",
    "trainer",
    "ultralytics",
    "lightning",
    "tensorboard",
    "keras",
    "table",
)
"""Each kind but the last has a module of its name; tables of any tool are asked for last."""

_MODULES: Final = {"table": "tables"}


def load_source(kind: str) -> Source:
    """The source of a kind; raises `SourceNotRecognised` for a kind that isn't known."""
    if kind not in KINDS:
        raise SourceNotRecognised(
            f"No store of the kind {kind!r} can be read. Choose one of {', '.join(KINDS)}."
        )
    source: Source = import_module(f"runfolio.sources.{_MODULES.get(kind, kind)}").SOURCE
    return source


def find_source(place: Place, kind: str | None = None) -> Source:
    """The source for what lies at a place.

    Raises `SourceNotRecognised` where there is none, or not the `kind` that was asked for.
    """
    if kind is not None:
        source = load_source(kind)
        if not source.finds(place):
            raise SourceNotRecognised(
                f"No runs of {source.title} at {str(place.path)!r}. Check the path, or leave the "
                "kind out to find out what is there."
            )
        return source
    for source in map(load_source, KINDS):
        if source.finds(place):
            return source
    raise SourceNotRecognised(
        f"No runs of any known tool at {str(place.path)!r}. Name a store of Runfolio, or a "
        f"folder or file of one of these kinds: {', '.join(KINDS)}."
    )


def find_beside(path: str | os.PathLike[str], title: str) -> list[str]:
    """The kinds of stores that are at a path beside the one of a title, but for plain tables."""
    place = open_place(path)
    others = [load_source(kind) for kind in KINDS if kind != "table"]
    return [source.kind for source in others if source.title != title and source.finds(place)]
