"""The models that were registered: versions, aliases, tags and notes, from the store's edits.

An edit of kind ``registered-model`` is about the model it names, one of kind ``model-version``
about the version whose id it names. Aliases point to ids, so that they stay right however two
copies of a store are merged. A version's number is the one it was registered under. Where two
copies that went separate ways gave one number twice, the earlier version keeps it and the later
one gets the next that nobody claims, which stays so whatever is registered after. What was
registered elsewhere before says when, as ``created``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeGuard

from runfolio.schema import is_name, is_run_id
from runfolio.store.edits import Edit, read_edits

MODEL: Final = "registered-model"
VERSION: Final = "model-version"

MAX_NUMBER: Final = 2**53
"""Numbers of versions above that are not taken over from edits."""


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of a registered model: the folder `path` among the artifacts of a run.

    `id` is unique for ever; `number` is what people say. `time` is when it was registered, in
    microseconds since 1970. `run_id` is None where it came from elsewhere, and `source` says where
    from then. `digest` is that of the model's files, None where it is not known.
    """

    id: str
    model: str
    number: int
    time: int
    run_id: str | None = None
    path: str = ""
    digest: str | None = None
    source: str | None = None
    user: str | None = None
    note: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A registered model with its versions by number; `time` is when it was first spoken of."""

    name: str
    time: int
    versions: tuple[ModelVersion, ...] = ()
    note: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False

    @property
    def aliases(self) -> dict[str, ModelVersion]:
        """The version that each alias points to, by alias."""
        pairs = [(alias, one) for one in self.versions for alias in one.aliases]
        return dict(sorted(pairs, key=lambda pair: pair[0]))

    @property
    def latest(self) -> ModelVersion | None:
        """The version of the greatest number that is not deleted."""
        return next((one for one in reversed(self.versions) if not one.deleted), None)

    def active(self) -> RegisteredModel:
        """The model without its deleted versions."""
        return replace(self, versions=tuple(one for one in self.versions if not one.deleted))


@dataclass(slots=True)
class _Subject:
    """What was said of one model or version; of anything said twice the newest counts."""

    time: int
    values: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    aliases: dict[str, str | None] = field(default_factory=dict)

    def take(self, changes: Mapping[str, Any]) -> None:
        rest = dict(changes)
        self.tags |= _texts(rest.pop("tags", None))
        self.aliases |= _texts(rest.pop("aliases", None))
        self.values |= rest

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    @property
    def created(self) -> int:
        """When it came to be: what was brought from elsewhere says so, else the first edit."""
        told = self.values.get("created")
        return told if _is_number(told) else self.time

    @property
    def set_tags(self) -> dict[str, str]:
        return {key: value for key, value in sorted(self.tags.items()) if value is not None}


def read_registry(root: Path) -> dict[str, RegisteredModel]:
    """All registered models of a store by name, deleted ones and their deleted versions too."""
    return find_registered(read_edits(root)[0])


def find_registered(edits: Iterable[Edit]) -> dict[str, RegisteredModel]:
    """The registered models that edits, oldest first, speak of, deleted ones too, by name."""
    models: dict[str, _Subject] = {}
    versions: dict[str, _Subject] = {}
    for edit in edits:
        subjects = {MODEL: models, VERSION: versions}.get(edit.kind)
        if subjects is not None:
            subjects.setdefault(edit.name, _Subject(edit.time)).take(edit.changes)
    grouped: dict[str, dict[str, _Subject]] = {name: {} for name in models}
    for version_id, subject in versions.items():
        if (name := subject.text("model")) is not None:
            grouped.setdefault(name, {})[version_id] = subject
    return {
        name: _make_model(name, models.get(name), members)
        for name, members in sorted(grouped.items())
        if is_name(name)
    }


def shown_models(models: Mapping[str, RegisteredModel]) -> tuple[RegisteredModel, ...]:
    """The models that are not deleted, without their deleted versions, by name."""
    return tuple(one.active() for one in models.values() if not one.deleted)


def describe_models(models: Iterable[RegisteredModel]) -> list[Edit]:
    """Edits that say of models what was said of them, at the times of their first words."""
    edits = []
    for model in models:
        aliases = {alias: one.id for alias, one in model.aliases.items()}
        said: dict[str, Any] = {"note": model.note, "tags": dict(model.tags), "aliases": aliases}
        said["created"] = model.time
        edits.append(Edit(model.time, MODEL, model.name, _without_empty(said)))
        edits += [Edit(one.time, VERSION, one.id, _describe_version(one)) for one in model.versions]
    return sorted(edits, key=lambda one: (one.time, one.kind, one.name))


def _describe_version(version: ModelVersion) -> dict[str, Any]:
    texts = ("model", "run_id", "path", "digest", "source", "user", "note")
    said = {key: getattr(version, key) for key in texts}
    whole = {"tags": dict(version.tags), "number": version.number, "created": version.time}
    return _without_empty({**said, **whole})


def _without_empty(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in (None, "", {})}


def _make_model(
    name: str, said: _Subject | None, members: Mapping[str, _Subject]
) -> RegisteredModel:
    subject = said or _Subject(min(one.time for one in members.values()))
    pointing: dict[str, list[str]] = {}
    for alias, version_id in sorted(subject.aliases.items()):
        if version_id is not None:
            pointing.setdefault(version_id, []).append(alias)
    numbers = _number(members)
    versions = [
        _make_version(name, version_id, numbers[version_id], one, pointing.get(version_id, ()))
        for version_id, one in members.items()
    ]
    return RegisteredModel(
        name,
        subject.created,
        tuple(sorted(versions, key=lambda one: one.number)),
        subject.text("note") or None,
        subject.set_tags,
        subject.values.get("deleted") is True,
    )


def _number(members: Mapping[str, _Subject]) -> dict[str, int]:
    """The number of each version by id; of two that claim one, the earlier has it."""
    ordered = sorted(members, key=lambda one: (members[one].time, one))
    claims = {one: members[one].values.get("number") for one in ordered}
    numbers: dict[str, int] = {}
    following: dict[int, int] = {}
    for version_id, number in claims.items():
        if _is_number(number) and number not in following:
            numbers[version_id] = number
            following[number] = number + 1
    for version_id, claim in claims.items():
        if version_id not in numbers:
            number = _find_free(claim if _is_number(claim) else 1, following)
            numbers[version_id] = number
            following[number] = number + 1
    return numbers


def _find_free(number: int, following: dict[int, int]) -> int:
    """The first number from `number` on that isn't taken; `following` leads from those that are."""
    passed = []
    while number in following:
        passed.append(number)
        number = following[number]
    following.update(dict.fromkeys(passed, number))
    return number


def _texts(said: object) -> dict[str, str | None]:
    """What is said of each key: a text, or None where it is taken away."""
    pairs = said.items() if isinstance(said, dict) else ()
    return {str(key): one for key, one in pairs if one is None or isinstance(one, str)}


def _is_number(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < MAX_NUMBER


def _make_version(
    name: str, version_id: str, number: int, said: _Subject, aliases: Iterable[str]
) -> ModelVersion:
    run_id, deleted = said.text("run_id"), said.values.get("deleted") is True
    return ModelVersion(
        id=version_id,
        model=name,
        number=number,
        time=said.created,
        run_id=run_id if run_id is not None and is_run_id(run_id) else None,
        path=said.text("path") or "",
        digest=said.text("digest"),
        source=said.text("source"),
        user=said.text("user"),
        note=said.text("note") or None,
        tags=said.set_tags,
        aliases=() if deleted else tuple(aliases),
        deleted=deleted,
    )
