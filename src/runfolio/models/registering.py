"""Registering a run's model: it becomes the next version of a name."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from runfolio.errors import InvalidPath, InvalidValue, ModelConflict, ModelNotFound, RunNotFound
from runfolio.models.addresses import RunAddress, read_address
from runfolio.models.kept import KeptModel, find_kept
from runfolio.models.naming import (
    check_aliases,
    check_model_name,
    check_note,
    check_tags,
    say_restore,
)
from runfolio.models.words import show
from runfolio.schema import derive_run_id
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import StorePath, is_address, locate_store
from runfolio.store.opening import open_store
from runfolio.store.registry import MODEL, VERSION, ModelVersion, RegisteredModel, read_registry
from runfolio.store.single import SingleRun, read_run

_ADDRESS: Final = "runs:"


class LoggedRun(Protocol):
    """A run that this process logs or has logged: what `start_run` gives."""

    @property
    def id(self) -> str: ...
    @property
    def store(self) -> Path | str: ...
    @property
    def folder(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a version when it is registered."""

    tags: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    aliases: tuple[str, ...] = ()


def register_model(
    run: LoggedRun | str,
    name: str,
    *,
    path: str | None = None,
    tags: Mapping[str, object] | None = None,
    note: str | None = None,
    aliases: Iterable[str] = (),
    store: StorePath | None = None,
) -> ModelVersion:
    """Make the model that a run kept the next version of the model `name`, and return it.

    `run` is a run, also one that is still going, an id or its beginning, or an address such as
    "runs:/8f3c/model". `path` is the model's folder in the run, by default "model" or the only one
    there is. `tags` and `note` are about the version; `aliases` point to it from now on.

    The same files of the same run are one version however often they are registered: that version
    is returned, and tags, note and aliases are set on it. Two processes may register at once: each
    gets a version, and if both took one number, the later one has the next.

    Raises `RunNotFound`, `ModelNotFound` where the run has no such model, `ModelUnreadable`, and
    `ModelConflict` where the name or that version was deleted.
    """
    check_model_name(name)
    words = _check_words(tags, note, aliases)
    place, kept = find_kept_model(run, path, store=store)
    kept.describe()
    models = read_registry(open_store(place, "overview"))
    known = _find_known(models.get(name), kept)
    version_id = known.id if known is not None else _write_version(place, models, name, kept, words)
    _write_words(place, name, version_id, known, words)
    found = read_registry(open_store(place, "overview"))[name]
    return next(one for one in found.versions if one.id == version_id)


def find_kept_model(
    run: LoggedRun | str, path: str | None = None, *, store: StorePath | None = None
) -> tuple[Path | str, KeptModel]:
    """The store of a run that is named as `register_model` says, and the model it kept."""
    text = _check_run(run)
    if path is not None and not isinstance(path, str):
        raise InvalidPath(f"The folder of a model is text, such as 'model', not {show(path)}.")
    if text.startswith(_ADDRESS):
        text, path = _split_address(text, path)
    place = locate_store(store or getattr(run, "store", None))
    if not isinstance(run, str) and is_address(place) and run.folder.is_dir():
        # What this process logs may not be uploaded yet.
        try:
            return place, _find_in(run.folder.parents[1], text, path)
        except ModelNotFound:
            pass
    return place, _find_in(place, text, path)


def _check_run(run: object) -> str:
    """The id or address of a run that is named by it, or that is handed over itself."""
    text = run if isinstance(run, str) else getattr(run, "id", None)
    if not isinstance(text, str):
        raise InvalidValue(
            f"A run is named by its id, an address such as 'runs:/8f3c/model', or itself, "
            f"not {show(run)}. Use run.id."
        )
    return text


def _find_in(place: Path | str, text: str, path: str | None) -> KeptModel:
    read = read_run(text, store=place)
    _check_not_deleted(read)
    (run_id,) = read.tables.runs["run_id"].to_pylist()
    return find_kept(place, run_id, read.tables.artifacts, path)


def _check_not_deleted(read: SingleRun) -> None:
    if read.deleted is not None:
        (run_id,) = read.tables.runs["run_id"].to_pylist()
        raise RunNotFound(
            f"The run {run_id!r} was deleted. Restore it first: runfolio restore {run_id}"
        )


def _split_address(text: str, path: str | None) -> tuple[str, str | None]:
    """The run and the folder that an address and perhaps `path` name."""
    address = read_address(text)
    assert isinstance(address, RunAddress)
    if None not in (path, address.path) and (path or "").strip("/") != address.path:
        raise InvalidPath(f"{text!r} and path={path!r} name two models. Leave path out.")
    return address.run, path if address.path is None else address.path


def _check_words(
    tags: Mapping[str, object] | None, note: str | None, aliases: Iterable[str]
) -> _Words:
    checked = {key: one for key, one in check_tags(tags or {}).items() if one is not None}
    said = None if note is None else check_note(note)
    return _Words(checked, said, check_aliases(aliases))


def _find_known(model: RegisteredModel | None, kept: KeptModel) -> ModelVersion | None:
    """The version that holds the same files of the same run already."""
    if model is None:
        return None
    if model.deleted:
        raise ModelConflict(
            f"The model {model.name!r} was deleted. Restore it first: {say_restore(model.name)}"
        )
    same = kept.run_id, kept.path, kept.digest
    known = [one for one in model.versions if (one.run_id, one.path, one.digest) == same]
    shown = [one for one in known if not one.deleted]
    if known and not shown:
        target = f"{model.name}/{known[0].number}"
        raise ModelConflict(
            f"Version {known[0].number} of the model {model.name!r} is this model, and was "
            f"deleted. Restore it: {say_restore(target)}"
        )
    return shown[0] if shown else None


def _write_version(
    place: Path | str,
    models: Mapping[str, RegisteredModel],
    name: str,
    kept: KeptModel,
    words: _Words,
) -> str:
    """Add a version and return its id, which is the same wherever these files are registered."""
    taken = [one.number for one in models[name].versions] if name in models else []
    identity = json.dumps([name, kept.run_id, kept.path, kept.digest])
    version_id = derive_run_id(VERSION, identity)
    changes: dict[str, Any] = {
        "model": name,
        "number": max(taken, default=0) + 1,
        "run_id": kept.run_id,
        "path": kept.path,
        "digest": kept.digest,
    }
    said = {"user": _read_user(), "note": words.note, "tags": dict(words.tags)}
    changes |= {key: value for key, value in said.items() if value}
    write_edit(place, Edit(time.time_ns() // 1000, VERSION, version_id, changes))
    return version_id


def _write_words(
    place: Path | str, name: str, version_id: str, known: ModelVersion | None, words: _Words
) -> None:
    """Say of a version what it is not said to be yet."""
    changes: dict[str, Any] = {}
    if known is not None:
        tags = {key: one for key, one in words.tags.items() if known.tags.get(key) != one}
        changes |= {"tags": tags} if tags else {}
        changes |= {} if words.note in (None, known.note or "") else {"note": words.note}
    if changes:
        write_edit(place, Edit(time.time_ns() // 1000, VERSION, version_id, changes))
    new = [one for one in words.aliases if known is None or one not in known.aliases]
    if new:
        pointing = {"aliases": dict.fromkeys(new, version_id)}
        write_edit(place, Edit(time.time_ns() // 1000, MODEL, name, pointing))


def _read_user() -> str | None:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None  # a container's user id that no passwd entry names
