"""Registered models as MLflow's file store keeps them.

::

    models/<name>/meta.yaml
                  tags/…
                  aliases/<alias>         the number of a version
                  version-<number>/meta.yaml
                                   tags/…

Aliases of the names that MLflow's stages had are stages too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidName, InvalidPath
from runfolio.exports.mlflow.meta import write_meta
from runfolio.exports.mlflow.names import MAX_PART_BYTES, Names, is_model_name
from runfolio.models.naming import check_alias
from runfolio.sources.mlflow.registry import STAGE, STAGES, read_stage
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.registry import ModelVersion, RegisteredModel

WriteTexts = Callable[[Path, Mapping[str, str]], None]
"""Writes a file for each text of a folder."""

_NO_STAGE: Final = "None"


@dataclass
class RegistryWriter:
    """Writes registered models below `folder`.

    `artifacts` has where the artifacts of each run will lie in the end, by its id, and `ids` the
    ids of runs in MLflow. `left_out` names the versions and aliases that can't be written.
    """

    folder: Path
    artifacts: Mapping[str, Path]
    ids: Mapping[str, str]
    write_texts: WriteTexts
    names: Names = field(default_factory=lambda: Names(is_model_name))
    left_out: list[str] = field(default_factory=list)

    def write(self, models: Iterable[RegisteredModel]) -> None:
        """Write models with those of their versions whose runs are written."""
        for model in models:
            found = [(one, self._find_source(one)) for one in model.versions]
            written = [(one, source) for one, source in found if source is not None]
            self.left_out += [f"{model.name}/{one.number}" for one, source in found if not source]
            if written:
                self._write_model(model, written)

    def _find_source(self, version: ModelVersion) -> str | None:
        """The address of a version's files, None where they aren't written."""
        artifacts = self.artifacts.get(version.run_id or "")
        if artifacts is None:
            return None
        try:
            path = version.path and check_artifact_path(version.path)
        except InvalidPath:
            return None
        return (artifacts / path).as_uri()

    def _write_model(self, model: RegisteredModel, found: list[tuple[ModelVersion, str]]) -> None:
        name = self.names.take(model.name)
        place = self.folder / "models" / name
        times = [one.time for one, _ in found]
        write_meta(
            place,
            {
                "creation_timestamp": model.time // 1000,
                "description": model.note,
                "last_updated_timestamp": max([model.time, *times]) // 1000,
                "name": name,
            },
        )
        self.write_texts(place / "tags", model.tags)
        for version, source in found:
            self._write_version(place / f"version-{version.number}", name, version, source)
        for alias, number in self._aliases(model.name, [one for one, _ in found]):
            (place / "aliases").mkdir(exist_ok=True)
            (place / "aliases" / alias).write_text(str(number), encoding="utf-8")

    def _write_version(self, place: Path, name: str, version: ModelVersion, source: str) -> None:
        values: dict[str, Any] = {
            "creation_timestamp": version.time // 1000,
            "current_stage": read_stage(version) or _NO_STAGE,
            "description": version.note,
            "last_updated_timestamp": version.time // 1000,
            "name": name,
            "run_id": self.ids[version.run_id or ""],
            "run_link": None,
            "source": source,
            "status": "READY",
            "status_message": None,
            "storage_location": source,
            "user_id": version.user,
            "version": version.number,
        }
        write_meta(place, values)
        self.write_texts(place / "tags", _tags(version))

    def _aliases(self, name: str, versions: Iterable[ModelVersion]) -> Iterator[tuple[str, int]]:
        for version in versions:
            for alias in version.aliases:
                if _is_file_name(alias):
                    yield alias, version.number
                else:
                    self.left_out.append(f"{name}@{alias}")


def find_elsewhere(models: Iterable[RegisteredModel]) -> list[str]:
    """The versions of models that no run has made, as name and number."""
    return [
        f"{model.name}/{one.number}"
        for model in models
        for one in model.versions
        if one.run_id is None
    ]


def _tags(version: ModelVersion) -> dict[str, str]:
    """A version's tags without the one that tells its stage."""
    return {
        key: value
        for key, value in version.tags.items()
        if key != STAGE or value.lower() not in STAGES
    }


def _is_file_name(alias: str) -> bool:
    """Whether MLflow takes an alias, and a file may have its name."""
    try:
        return len(check_alias(alias).encode()) <= MAX_PART_BYTES
    except InvalidName:
        return False
