"""MLflow's registry of models: where its versions lie after an import, and stages as aliases.

Stages are what MLflow had before aliases: several versions may be in one. The one of the greatest
number gets the stage's alias, and the others keep the stage as a tag. Where an alias of that name
is set already, that one counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote

from runfolio.models.description import find_model_folders
from runfolio.sources.records import ForeignModel, ForeignRun, ForeignVersion
from runfolio.store.registry import ModelVersion

STAGE: Final = "stage"
"""The tag that names the stage of a version whose aliases don't."""

STAGES: Final = {"production": "Production", "staging": "Staging", "archived": "Archived"}
"""The stages by their aliases."""

_DELETED: Final = "Deleted_Internal"
_PROMPT: Final = "mlflow.prompt.is_prompt"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A version as MLflow keeps it; `meta` is as in its ``meta.yaml``."""

    number: int
    meta: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A registered model as one store of MLflow's keeps it; `aliases` lead to numbers."""

    name: str
    meta: Mapping[str, Any]
    tags: Mapping[str, str]
    aliases: Mapping[str, int]
    versions: tuple[FoundVersion, ...]

    @property
    def is_prompt(self) -> bool:
        """Whether it is a prompt, which MLflow keeps among its models."""
        return self.tags.get(_PROMPT, "").lower() == "true"


@dataclass(slots=True)
class Registry:
    """Gathers the registered models of a place, and the runs and models that these may lie in."""

    _folders: dict[str, Collection[str]] = field(default_factory=dict)
    _logged: dict[str, tuple[str, str]] = field(default_factory=dict)
    _models: list[FoundModel] = field(default_factory=list)

    def note_run(self, run: ForeignRun) -> None:
        """Know a run, with the folders of its files that hold models."""
        self._folders[run.identity] = find_model_folders(file.path for file in run.files)

    def note_logged(self, run_id: str, folders: Mapping[str, str]) -> None:
        """Know in which folders of a run its logged models are kept, by their ids."""
        for model_id, folder in folders.items():
            self._logged.setdefault(model_id, (run_id, folder))

    def note_model(self, model: FoundModel) -> None:
        """Take a registered model; prompts are none."""
        if not model.is_prompt:
            self._models.append(model)

    def models(self) -> Iterator[ForeignModel]:
        """The registered models, one of each name: what was found first counts."""
        merged: dict[str, ForeignModel] = {}
        for one in self._models:
            found = self._make_model(one)
            before = merged.get(found.name)
            merged[found.name] = found if before is None else _merge(before, found)
        yield from merged.values()

    def _make_model(self, model: FoundModel) -> ForeignModel:
        stages = {one.number: _stage(one) for one in model.versions}
        aliases, others = place_stages(stages, model.aliases)
        identities = {one.number: _identity(model.name, one) for one in model.versions}
        versions = [self._make_version(model.name, one, others) for one in model.versions]
        return ForeignModel(
            model.name,
            created=moment(model.meta, "creation_timestamp"),
            note=_text(model.meta.get("description")),
            tags=model.tags,
            aliases={alias: identities.get(number, "") for alias, number in aliases.items()},
            versions=tuple(versions),
        )

    def _make_version(
        self, name: str, found: FoundVersion, stages: Mapping[int, str]
    ) -> ForeignVersion:
        meta = found.meta
        run, path = self._place(meta) or (None, "")
        stage = {STAGE: stages[found.number]} if found.number in stages else {}
        return ForeignVersion(
            identity=_identity(name, found),
            number=found.number,
            run=run,
            path=path,
            source=None if run else _text(meta.get("source") or meta.get("storage_location")),
            created=moment(meta, "creation_timestamp"),
            user=_text(meta.get("user_id")),
            note=_text(meta.get("description")),
            tags={**stage, **found.tags},
            deleted=meta.get("current_stage") == _DELETED,
        )

    def _place(self, meta: Mapping[str, Any]) -> tuple[str, str] | None:
        """The run that keeps the files of a version, and their folder; None for elsewhere."""
        for key in ("source", "storage_location"):
            address = _text(meta.get(key))
            found = self._find(address) if address is not None else None
            if found is not None:
                return found
        return self._logged.get(str(meta.get("model_id")))

    def _find(self, address: str) -> tuple[str, str] | None:
        scheme = _SCHEME.match(address)
        parts = [part for part in address.replace("\\", "/").split("/") if part]
        if scheme and scheme[1] == "runs" and parts[1:2] and parts[1] in self._folders:
            return self._within(parts[1], parts[2:])
        if scheme and scheme[1] == "models" and len(parts) == 2:
            return self._logged.get(parts[1])
        for number in range(len(parts) - 1, 0, -1):
            owner, inner = parts[number - 1], parts[number + 1 :]
            if parts[number] != "artifacts":
                continue
            if owner in self._folders:
                return self._within(owner, inner)
            if owner in self._logged:
                run, folder = self._logged[owner]
                return run, "/".join((folder, *inner))
        return None

    def _within(self, run: str, parts: list[str]) -> tuple[str, str]:
        """A folder in a run; that of an address may have escapes which its name has not."""
        path = "/".join(parts)
        plain = unquote(path)
        known = self._folders[run]
        return run, plain if plain in known and path not in known else path


def place_stages(
    stages: Mapping[int, str | None], taken: Mapping[str, int]
) -> tuple[dict[str, int], dict[int, str]]:
    """Which version gets the alias of each stage, and which need a tag to tell their stage.

    `stages` has the stage of each version by number; `taken` are aliases that are set already.
    """
    staged = {number: stage for number, stage in sorted(stages.items()) if stage is not None}
    aliases = {**{stage.lower(): number for number, stage in staged.items()}, **taken}
    seen = {aliases[one]: stage for one, stage in reversed(STAGES.items()) if one in aliases}
    return aliases, {one: stage for one, stage in staged.items() if seen.get(one) != stage}


def read_stage(version: ModelVersion) -> str | None:
    """The stage of a version here: the one that its tag names, or else the first it is alias of."""
    alias = next((one for one in STAGES if one in version.aliases), "")
    return STAGES.get(version.tags.get(STAGE, "").lower()) or STAGES.get(alias)


def moment(meta: Mapping[str, Any], key: str) -> int | None:
    """A time in microseconds since 1970, of the milliseconds in MLflow's record."""
    told = meta.get(key)
    return told * 1000 if isinstance(told, int) and not isinstance(told, bool) else None


def _stage(version: FoundVersion) -> str | None:
    told = version.meta.get("current_stage")
    return STAGES.get(told.lower()) if isinstance(told, str) else None


def _identity(name: str, version: FoundVersion) -> str:
    """What no later change of a version touches."""
    created = version.meta.get("creation_timestamp")
    return "\0".join(map(str, (name, version.number, created)))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _merge(first: ForeignModel, second: ForeignModel) -> ForeignModel:
    versions = {one.identity: one for one in (*second.versions, *first.versions)}
    return replace(
        first,
        note=first.note or second.note,
        tags={**second.tags, **first.tags},
        aliases={**second.aliases, **first.aliases},
        versions=tuple(versions.values()),
    )


def read_number(told: object) -> int | None:
    """The number of a version, None for what is none."""
    text = str(told).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 17 else None
