"""MLflow's registry in ``mlruns`` folders.

::

    models/<name>/meta.yaml
                  tags/…
                  aliases/<alias>         the number of a version
                  version-<number>/meta.yaml
                                   tags/…
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from runfolio.sources.mlflow.registry import FoundModel, FoundVersion, read_number
from runfolio.sources.mlflow.tree import META, Meta, Tree
from runfolio.sources.reading import Reading

Texts = Callable[[str, str], dict[str, str]]
"""Reads the small files below a folder, by their names."""

_MODELS: Final = "models"
_VERSION: Final = re.compile(r"version-([0-9]{1,16})")
_LOGGED: Final = re.compile(r"m-[0-9a-f]{32}")


def read_folders(tree: Tree, reading: Reading, texts: Texts) -> Iterator[FoundModel]:
    """The registered models of all ``mlruns`` folders in a place, sorted by their folders."""
    for folder, versions in sorted(_find_models(tree).items()):
        yield _read_model(tree, reading, texts, folder, versions)


def _find_models(tree: Tree) -> dict[str, list[str]]:
    """The folders of registered models, each with those of its versions."""
    runs = frozenset(tree.runs)
    found: dict[str, list[str]] = defaultdict(list)
    for folder in tree.metas:
        above, name = os.path.split(folder)
        if _VERSION.fullmatch(name) and _is_model(above, tree, runs):
            found[above].append(folder)
        elif _is_model(folder, tree, runs):
            found.setdefault(folder, [])
    return found


def _is_model(folder: str, tree: Tree, runs: frozenset[str]) -> bool:
    """Whether a folder is that of a registered model: logged ones lie in an experiment's folder."""
    models, name = os.path.split(folder)
    store, kind = os.path.split(models)
    if kind != _MODELS or store in tree.metas or _LOGGED.fullmatch(name):
        return False
    return store not in runs and not any(one in runs for one in map(str, Path(store).parents))


def _read_model(
    tree: Tree, reading: Reading, texts: Texts, folder: str, versions: list[str]
) -> FoundModel:
    meta = _meta(tree, reading, folder, "so the model's note and time are not known")
    numbers: dict[str, int] = {}
    for alias, told in texts(folder, "aliases").items():
        number = read_number(told)
        if number is None:
            reading.skip(Path(folder, "aliases", alias), f"{told[:40]!r} is no number of a version")
        else:
            numbers[alias] = number
    found = [_read_version(tree, reading, texts, one) for one in versions]
    return FoundModel(
        str(meta.values.get("name") or os.path.basename(folder)),  # noqa: PTH119
        meta.values,
        texts(folder, "tags"),
        numbers,
        tuple(sorted((one for one in found if one is not None), key=lambda one: one.number)),
    )


def _read_version(tree: Tree, reading: Reading, texts: Texts, folder: str) -> FoundVersion | None:
    """A version; where its record is cut before the time that it is known by, there is none."""
    meta = _meta(tree, reading, folder, "so this version of a model may not be known")
    number = read_number(os.path.basename(folder).removeprefix("version-"))  # noqa: PTH119
    if number is None or (meta.problem and "creation_timestamp" not in meta.values):
        return None
    return FoundVersion(number, meta.values, texts(folder, "tags"))


def _meta(tree: Tree, reading: Reading, folder: str, effect: str) -> Meta:
    meta = tree.metas.get(folder) or Meta(problem="it is missing")
    if meta.problem:
        reading.skip(Path(folder, META), f"{meta.problem}, {effect}")
    return meta
