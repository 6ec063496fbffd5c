"""The registered models of another tool, checked and said as the edits of a store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidName, InvalidPath
from runfolio.models.description import MLMODEL, digest_files
from runfolio.models.naming import check_alias
from runfolio.schema import MAX_NAME_LENGTH, FileRecord, as_text, check_name, derive_run_id
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignModel, ForeignVersion
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.edits import Edit
from runfolio.store.registry import MAX_NUMBER, MODEL, VERSION

_SIGNS: Final = re.compile(r"[/:@]")
"""What addresses of models are made of, so that no name has it."""


@dataclass(frozen=True, slots=True)
class SaidModel:
    """A registered model as edits: one about it, and one about each version, the oldest first.

    `known` are the ids of all versions that its tool speaks of, deleted ones too.
    """

    model: Edit
    versions: tuple[Edit, ...]
    known: frozenset[str]


class ModelChecker:
    """Says the models of one place; what can't be kept is told to the reading, one by one.

    `files` are those of each run, by its id here.
    """

    def __init__(
        self, kind: str, at: Path, reading: Reading, files: Mapping[str, Sequence[FileRecord]]
    ) -> None:
        self._kind = kind
        self._at = at
        self._reading = reading
        self._files = files
        self._digests: dict[tuple[str, str], str | None] = {}

    def say(self, found: ForeignModel) -> SaidModel:
        """The edits that say of a model what its tool says."""
        name, at = fit_model(found.name), f"{self._at}: model {found.name!r}"
        numbered = [one for one in found.versions if self._is_numbered(one, at)]
        ids = {one.identity: self._id(one.identity) for one in numbered}
        edits = [self._say_version(one, name, f"{at}, version {one.number}") for one in numbered]
        shown = {ids[one.identity] for one in numbered if not one.deleted}
        aliases = {
            alias: ids[one]
            for alias, one in self._aliases(found, ids, at)
            if one in ids and ids[one] in shown
        }
        said = {
            "note": _text(found.note),
            "tags": self._tags(found.tags, at),
            "aliases": aliases,
            "created": found.created,
        }
        model = Edit(found.created or 0, MODEL, name, _without_empty(said))
        ordered = sorted(edits, key=lambda edit: (edit.time, edit.changes.get("number", 0)))
        return SaidModel(model, tuple(ordered), frozenset(ids.values()))

    def _id(self, identity: str) -> str:
        return derive_run_id(f"{self._kind}/{VERSION}", identity)

    def _is_numbered(self, version: ForeignVersion, at: str) -> bool:
        if 0 < version.number < MAX_NUMBER:
            return True
        self._reading.skip(at, f"a version has the number {version.number}")
        return False

    def _say_version(self, found: ForeignVersion, name: str, at: str) -> Edit:
        version_id = self._id(found.identity)
        if found.deleted:
            return Edit(found.created or 0, VERSION, version_id, {"deleted": True})
        said = {
            "model": name,
            "number": found.number,
            "user": _text(found.user),
            "note": _text(found.note),
            "tags": self._tags(found.tags, at),
            "created": found.created,
            "source": _text(found.source),
            **self._place(found, at),
        }
        return Edit(found.created or 0, VERSION, version_id, _without_empty(said))

    def _place(self, found: ForeignVersion, at: str) -> dict[str, Any]:
        """The run and folder of a version's files, and their digest where they are here."""
        run_id = derive_run_id(self._kind, found.run) if found.run is not None else ""
        if run_id not in self._files:
            return {}
        try:
            path = found.path and check_artifact_path(found.path)
        except InvalidPath as error:
            self._reading.skip(at, str(error).removesuffix("."))
            return {}
        if (run_id, path) not in self._digests:
            self._digests[run_id, path] = _digest(self._files[run_id], path)
        return {"run_id": run_id, "path": path, "digest": self._digests[run_id, path]}

    def _aliases(
        self, found: ForeignModel, known: Mapping[str, str], at: str
    ) -> Iterator[tuple[str, str]]:
        for alias, identity in found.aliases.items():
            try:
                check_alias(alias)
            except InvalidName as error:
                self._reading.skip(at, str(error).removesuffix("."))
                continue
            if identity not in known:
                self._reading.skip(at, f"the alias {alias!r} leads to a version that isn't here")
            yield alias, identity

    def _tags(self, tags: Mapping[str, str], at: str) -> dict[str, str]:
        kept: dict[str, str] = {}
        for key, value in tags.items():
            try:
                kept[check_name(key, "tag")] = as_text(value)
            except InvalidName as error:
                self._reading.skip(at, str(error).removesuffix("."))
        return kept


def holds_model(files: Iterable[FileRecord]) -> bool:
    """Whether a model is among the files of a run."""
    return any(file.path.rpartition("/")[2] == MLMODEL for file in files)


def fit_model(name: object) -> str:
    """A name that a registered model may have here; one that had to change ends with a digest."""
    text = as_text(name).strip() or "model"
    fitted = _SIGNS.sub("-", text)
    if fitted == text and len(text) <= MAX_NAME_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{fitted[: MAX_NAME_LENGTH - len(digest) - 1]}…{digest}"


def _digest(files: Sequence[FileRecord], folder: str) -> str | None:
    """The digest of the model in a folder; None where there is none."""
    start = f"{folder}/" if folder else ""
    inside = {one.path[len(start) :]: one for one in files if one.path.startswith(start)}
    if inside.pop(MLMODEL, None) is None:
        return None
    return digest_files({path: _hash(one.source) for path, one in inside.items()})


def _hash(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(value: str | None) -> str | None:
    return None if value is None else as_text(value)


def _without_empty(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in (None, "", {})}
