"""MLflow's registry in a database, whose first versions have no such tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from runfolio.sources.databases import Database
from runfolio.sources.mlflow.registry import FoundModel, FoundVersion, read_number

_MODEL: Final = ("creation_timestamp", "description")
_VERSION: Final = (
    "creation_timestamp",
    "description",
    "user_id",
    "current_stage",
    "source",
    "storage_location",
    "run_id",
)
_COLUMNS: Final = {"creation_timestamp": "creation_time"}
"""The columns that are called otherwise than in ``meta.yaml``."""

_DEFAULT: Final = "default"
"""The workspace of all models where MLflow has none."""

Name = tuple[str, str]
"""A workspace and a name in it."""


def read_models(database: Database) -> Iterator[FoundModel]:
    """The registered models of a database, by workspace and name."""
    tags: dict[Name, dict[str, str]] = defaultdict(dict)
    for name, (key, value) in _rows(database, "registered_model_tags", "key", "value"):
        _take_text(database, tags[name], key, value)
    aliases: dict[Name, dict[str, int]] = defaultdict(dict)
    for name, (alias, told) in _rows(database, "registered_model_aliases", "alias", "version"):
        number = read_number(told)
        if isinstance(alias, str) and number is not None:
            aliases[name][alias] = number
        else:
            _skip(database, f"an alias of the model {name[1]!r} leads to no version")
    versions = _read_versions(database)
    rows = _rows(database, "registered_models", *_called(_MODEL))
    for name, values in sorted(rows, key=lambda row: row[0]):
        meta = dict(zip(_MODEL, values, strict=True))
        found = tuple(sorted(versions.get(name, ()), key=lambda one: one.number))
        yield FoundModel(_shown(name), meta, tags[name], aliases[name], found)


def _read_versions(database: Database) -> dict[Name, list[FoundVersion]]:
    tags: dict[tuple[Name, int | None], dict[str, str]] = defaultdict(dict)
    rows = _rows(database, "model_version_tags", "version", "key", "value")
    for name, (told, key, value) in rows:
        _take_text(database, tags[name, read_number(told)], key, value)
    found: dict[Name, list[FoundVersion]] = defaultdict(list)
    for name, (told, *values) in _rows(database, "model_versions", "version", *_called(_VERSION)):
        number = read_number(told)
        if number is None:
            _skip(database, f"a version of the model {name[1]!r} has the number {told!r}")
            continue
        meta = dict(zip(_VERSION, values, strict=True))
        found[name].append(FoundVersion(number, meta, tags[name, number]))
    return found


def _rows(database: Database, table: str, *columns: str) -> Iterator[tuple[Name, tuple[Any, ...]]]:
    """The rows of a table that names models, each with the model it is about."""
    for workspace, name, *values in database.rows(table, "workspace", "name", *columns):
        if isinstance(name, str) and name:
            yield (str(workspace or _DEFAULT), name), tuple(values)
        else:
            _skip(database, f"the table {table!r} has a model whose name is no text")


def _called(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_COLUMNS.get(key, key) for key in keys)


def _shown(name: Name) -> str:
    """The name of a model; those of other workspaces than the usual one come with that."""
    workspace, own = name
    return own if workspace == _DEFAULT else f"{workspace}.{own}"


def _take_text(database: Database, texts: dict[str, str], key: object, value: object) -> None:
    if isinstance(key, str) and not isinstance(value, bytes):
        texts[key] = "" if value is None else str(value)
    else:
        _skip(database, "a tag of a model has a key or value that is no text")


def _skip(database: Database, reason: str) -> None:
    database.reading.skip(database.path, reason)
