"""Every text that is said of registered models, changed one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from runfolio.privacy.places import Changes, Place
from runfolio.store.registry import ModelVersion, RegisteredModel


def change_models(
    models: Sequence[RegisteredModel], paths: Mapping[str, str], changes: Changes
) -> tuple[RegisteredModel, ...]:
    """The models with all their texts changed; `paths` are the new paths of artifacts by the old.

    Names that become the same are numbered, as are those of aliases.
    """
    changed: list[RegisteredModel] = []
    taken: set[str] = set()
    for model in models:
        name = _free(changes.text(model.name, Place(None, "name of model")), taken)
        versions = tuple(_change_version(one, name, paths, changes) for one in model.versions)
        note = _change(model.note, Place(None, "note of model", name), changes)
        tags = _change_tags(model.tags, Place(None, "tag of model"), changes)
        changed.append(replace(model, name=name, note=note, tags=tags, versions=versions))
    return tuple(changed)


def forget_digests(
    models: Sequence[RegisteredModel], changed: Collection[tuple[str, str]]
) -> tuple[RegisteredModel, ...]:
    """The models without the digests of those that have a changed file, given as run and path."""

    def forget(version: ModelVersion) -> ModelVersion:
        above = f"{version.path}/" if version.path else ""
        own = (path for run_id, path in changed if run_id == version.run_id)
        touched = any(one.startswith(above) for one in own)
        return replace(version, digest=None) if touched else version

    return tuple(replace(one, versions=tuple(map(forget, one.versions))) for one in models)


def _change_version(
    version: ModelVersion, model: str, paths: Mapping[str, str], changes: Changes
) -> ModelVersion:
    run_id, taken = version.run_id, set[str]()
    aliases = (changes.text(one, Place(run_id, "alias of model")) for one in version.aliases)
    return replace(
        version,
        model=model,
        path=_change_folder(version.path, paths),
        source=_change(version.source, Place(run_id, "source of model", model), changes),
        user=_change(version.user, Place(run_id, "user of model", model, "user"), changes),
        note=_change(version.note, Place(run_id, "note of model", model), changes),
        tags=_change_tags(version.tags, Place(run_id, "tag of model"), changes),
        aliases=tuple(_free(one, taken) for one in aliases),
    )


def _change_folder(folder: str, paths: Mapping[str, str]) -> str:
    """A folder of artifacts under its new path, which is that of the files in it."""
    before = f"{folder}/MLmodel" if folder else "MLmodel"
    parent = str(PurePosixPath(paths.get(before, before)).parent)
    return "" if parent == "." else parent


def _change(text: str | None, place: Place, changes: Changes) -> str | None:
    return changes.text(text, place) if text else text


def _change_tags(tags: Mapping[str, str], place: Place, changes: Changes) -> dict[str, str]:
    changed: dict[str, str] = {}
    for key, value in tags.items():
        name = _free(changes.text(key, replace(place, what="name of tag")), set(changed))
        changed[name] = changes.text(value, replace(place, of=key, name=key))
    return changed


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free
