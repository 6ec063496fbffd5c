"""The registry: what is registered, and what can be said of it later.

Each change is a small file of its own, as for runs: two copies of a store merge by copying, and of
anything said twice the newest counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidValue, ModelNotFound
from runfolio.models.naming import (
    VersionName,
    check_alias,
    check_note,
    check_tags,
    find_any_model,
    find_any_version,
    find_model,
    find_version,
)
from runfolio.models.words import name_all
from runfolio.store.edited import View
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import StorePath, locate_store
from runfolio.store.opening import open_store
from runfolio.store.registry import MODEL, VERSION, ModelVersion, RegisteredModel, read_registry


def list_models(*, store: StorePath | None = None, view: View = "active") -> list[RegisteredModel]:
    """The registered models by name, without their deleted versions.

    `view` "deleted" gives the models that were deleted, "all" both, with all their versions.
    """
    models = _read(locate_store(store)).values()
    if view == "active":
        return [one.active() for one in models if not one.deleted]
    return [one for one in models if view == "all" or one.deleted]


def get_model(name: str, *, store: StorePath | None = None) -> RegisteredModel:
    """A registered model with its versions that are not deleted; raises `ModelNotFound`."""
    return _find(name, store)[0].active()


def get_model_version(
    name: str, version: VersionName = "latest", *, store: StorePath | None = None
) -> ModelVersion:
    """A version by its number, an alias, or "latest"; raises `ModelNotFound`."""
    return find_version(_find(name, store)[0], version)


def set_alias(
    name: str, alias: str, version: VersionName, *, store: StorePath | None = None
) -> ModelVersion:
    """Let an alias such as "champion" point to a version, and to no other; return that version."""
    check_alias(alias)
    model, place = _find(name, store)
    found = find_version(model, version)
    _write(place, MODEL, name, {"aliases": {alias: found.id}})
    return get_model_version(name, found, store=place)


def delete_alias(name: str, alias: str, *, store: StorePath | None = None) -> RegisteredModel:
    """Take an alias away; the version it points to stays. Returns the model."""
    model, place = _find(name, store)
    if alias not in model.aliases:
        known = name_all(model.aliases) or "none"
        raise ModelNotFound(f"The model {name!r} has no alias {alias!r}. Its aliases: {known}.")
    _write(place, MODEL, name, {"aliases": {alias: None}})
    return get_model(name, store=place)


def tag_model(
    name: str,
    tags: Mapping[str, object | None],
    version: VersionName | None = None,
    *,
    store: StorePath | None = None,
) -> RegisteredModel:
    """Set tags of a model, or of one of its versions; None removes one. Returns the model."""
    if not tags:
        raise InvalidValue("No tag to set. Give at least one, such as task=regression.")
    return _say(name, version, {"tags": check_tags(tags)}, store)


def note_model(
    name: str, note: str, version: VersionName | None = None, *, store: StorePath | None = None
) -> RegisteredModel:
    """Set the note of a model or a version, in Markdown; an empty one removes it."""
    return _say(name, version, {"note": check_note(note)}, store)


def delete_model(
    name: str, version: VersionName | None = None, *, store: StorePath | None = None
) -> RegisteredModel:
    """Delete a version, or without one the whole model, from lists and reports.

    Its number isn't given again, and aliases no longer lead to it. `restore_model` undoes it; the
    files stay with their run in any case.
    """
    return _say(name, version, {"deleted": True}, store)


def restore_model(
    name: str, version: VersionName | None = None, *, store: StorePath | None = None
) -> RegisteredModel:
    """Bring back a model, or a version by its number, that was deleted, with its aliases."""
    if version is None:
        place = locate_store(store)
        find_any_model(_read(place), name, place)
        _write(place, MODEL, name, {"deleted": False})
    else:
        model, place = _find(name, store)
        _write(place, VERSION, find_any_version(model, version).id, {"deleted": False})
    return get_model(name, store=place)


def find_users(models: Iterable[RegisteredModel]) -> dict[str, list[ModelVersion]]:
    """The versions, none of them deleted, that need the files of a run, by its id."""
    found: dict[str, list[ModelVersion]] = {}
    for model in models:
        for one in model.active().versions if not model.deleted else ():
            if one.run_id is not None:
                found.setdefault(one.run_id, []).append(one)
    return found


def _say(
    name: str, version: VersionName | None, changes: dict[str, Any], store: StorePath | None
) -> RegisteredModel:
    """Say something of a model or a version that isn't deleted, and return what it is then."""
    model, place = _find(name, store)
    if version is None:
        _write(place, MODEL, name, changes)
    else:
        _write(place, VERSION, find_version(model, version).id, changes)
    return _read(place)[name]


def _find(name: str, store: StorePath | None) -> tuple[RegisteredModel, Path | str]:
    """A model that isn't deleted, with all its versions, and the store that has it."""
    place = locate_store(store)
    return find_model(_read(place), name, place), place


def _read(place: Path | str) -> dict[str, RegisteredModel]:
    return read_registry(open_store(place, "overview"))


def _write(place: Path | str, kind: str, name: str, changes: dict[str, Any]) -> None:
    write_edit(place, Edit(time.time_ns() // 1000, kind, name, changes))
