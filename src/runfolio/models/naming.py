"""Names of registered models and of their versions: which there may be, and which is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import Final

from runfolio.errors import InvalidName, InvalidValue, ModelNotFound
from runfolio.models.words import clean, list_some, name_all, name_one, nearest_name, show
from runfolio.schema import check_name
from runfolio.store.registry import ModelVersion, RegisteredModel

LATEST: Final = "latest"
"""What stands for the version of the greatest number; no alias may be called so."""

VersionName = int | str | ModelVersion
"""A version by its number, an alias, "latest", or itself, which stays right after a merge."""

_ALIAS: Final = re.compile(r"[\w-]{1,255}")
_LIKE_A_NUMBER: Final = re.compile(r"[vV]\d+")
_SHOWN: Final = 60


def check_model_name(name: object) -> str:
    """Return `name` when it may name a registered model; raise `InvalidName` otherwise.

    A slash, a colon and an at-sign have a meaning in the addresses of models.
    """
    checked = check_name(name, "model")
    found = next((sign for sign in "/:@" if sign in checked), None)
    if found is not None:
        raise InvalidName(
            f"A model name has no {found!r}, which addresses of models use: {checked!r}. "
            "Use a dash instead."
        )
    return checked


def check_alias(alias: object) -> str:
    """Return `alias` when MLflow allows it too; raise `InvalidName` otherwise."""
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):
        raise InvalidName(
            f"An alias has 1 to 255 letters, digits, dashes and underscores, not {alias!r}. "
            "Use one such as 'champion'."
        )
    if alias.lower() == LATEST or _LIKE_A_NUMBER.fullmatch(alias):
        raise InvalidName(
            f"The alias {alias!r} would look like a version. Use one such as 'champion'."
        )
    return alias


def check_aliases(aliases: object) -> tuple[str, ...]:
    """Aliases in a list, or a single one; raises `InvalidName`."""
    listed = [aliases] if isinstance(aliases, str) or not isinstance(aliases, Iterable) else aliases
    return tuple(check_alias(one) for one in listed)


def check_tags(tags: object) -> dict[str, str | None]:
    """Tags as texts, None for one to be removed; raises `InvalidValue` and `InvalidName`."""
    if not isinstance(tags, Mapping):
        raise InvalidValue(f"Tags are a dict of names and values, not {show(tags)}. Use a dict.")
    texts = {key: None if one is None else str(one) for key, one in tags.items()}
    return {check_name(key, "tag"): text for key, text in texts.items()}


def check_note(note: object) -> str:
    """A note as it is; raises `InvalidValue`."""
    if not isinstance(note, str):
        raise InvalidValue(f"A note is Markdown text, not {show(note)}. Use str(…).")
    return note


def find_model(
    models: Mapping[str, RegisteredModel], name: object, store: Path | str | None = None
) -> RegisteredModel:
    """The model of a name, of all that a registry has, with its deleted versions.

    Raises `ModelNotFound` where there is none or it was deleted; `store` is where, for the message.
    """
    model = find_any_model(models, name, store)
    if model.deleted:
        raise ModelNotFound(
            f"The model {name_one(name)} was deleted. Restore it first: {say_restore(model.name)}"
        )
    return model


def find_any_model(
    models: Mapping[str, RegisteredModel], name: object, store: Path | str | None = None
) -> RegisteredModel:
    """The same, but a model that was deleted is found too."""
    model = models.get(name) if isinstance(name, str) else None
    if model is not None:
        return model
    shown = [one.name for one in models.values() if not one.deleted]
    where = f" in {str(store)!r}" if store else ""
    raise ModelNotFound(f"No model {show(name, _SHOWN)}{where}. {_say_known(name, shown)}")


def find_version(model: RegisteredModel, version: VersionName) -> ModelVersion:
    """The version of a model that a number, an alias, "latest" or a version names.

    "3" is a number, "@3" an alias in any case. Raises `ModelNotFound` where there is none or it was
    deleted.
    """
    found = _find(model, version)
    if found is None:
        raise ModelNotFound(f"The model {model.name!r} has no {_say(version)}. {_say_all(model)}")
    if found.deleted:
        raise ModelNotFound(
            f"Version {found.number} of the model {model.name!r} was deleted. Restore it first: "
            f"{say_restore(f'{model.name}/{found.number}')}"
        )
    return found


def find_any_version(model: RegisteredModel, version: VersionName) -> ModelVersion:
    """The same, but a version that was deleted is found too, by its number."""
    found = _find(model, version)
    return found if found is not None else find_version(model, version)


def say_restore(target: str) -> str:
    """The command that brings back a model or a version, which a terminal may show."""
    command = "runfolio models restore"
    return f"{command} {quote(target)}" if target.isprintable() else f"`{command}`"


def _find(model: RegisteredModel, version: VersionName) -> ModelVersion | None:
    if isinstance(version, ModelVersion):
        return next((one for one in model.versions if one.id == version.id), None)
    text = str(version)
    if text.isascii() and text.isdecimal():
        return next((one for one in model.versions if str(one.number) == text.lstrip("0")), None)
    return model.latest if text == LATEST else model.aliases.get(text.removeprefix("@"))


def _say(version: VersionName) -> str:
    if isinstance(version, ModelVersion):
        return f"version with the id {version.id}"
    text = str(version)
    if text == LATEST:
        return "latest version"
    if text.isascii() and text.isdecimal():
        return f"version {clean(text, _SHOWN)}"
    return f"version or alias {show(text.removeprefix('@'), _SHOWN)}"


def _say_all(model: RegisteredModel) -> str:
    """The versions, the newest first, and aliases of a model as a sentence."""
    numbers = [one.number for one in reversed(model.versions) if not one.deleted]
    if not numbers:
        return "It has no versions; `runfolio models register` adds one."
    pairs = [f"{alias!r} is {one.number}" for alias, one in model.aliases.items()]
    aliases = f"; {list_some(pairs)}" if pairs else ""
    return f"It has version{'s' if len(numbers) > 1 else ''} {name_all(numbers)}{aliases}."


def _say_known(name: object, known: list[str]) -> str:
    """What there is instead: the nearest name, or some."""
    near = nearest_name(name, known) if isinstance(name, str) else None
    if near is not None:
        return f"Did you mean {name_one(near)}?"
    if not known:
        return "There is no model yet; `runfolio models register` makes one."
    return f"There is {name_all(known)}."
