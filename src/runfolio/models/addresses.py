"""Addresses of models: a run's, a registered one's, one that MLflow logged, or a folder's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from runfolio.errors import ModelNotFound

FORMS: Final = (
    "'runs:/RUN/model', 'models:/NAME/3', 'models:/NAME/latest', 'models:/NAME@alias' or a folder"
)

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_LOGGED: Final = re.compile(r"m-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RunAddress:
    """The model in the folder `path` of a run; the beginning of an id is enough.

    Without a path it is the run's only model, or the one in the folder "model".
    """

    run: str
    path: str | None


@dataclass(frozen=True, slots=True)
class VersionAddress:
    """A version of a registered model: `version` is a number, "latest", or an alias after "@"."""

    model: str
    version: str


@dataclass(frozen=True, slots=True)
class LoggedAddress:
    """A model that MLflow code logged, by the id that MLflow gave it."""

    model_id: str


@dataclass(frozen=True, slots=True)
class FolderAddress:
    """A folder with an ``MLmodel`` file."""

    folder: Path


ModelAddress = RunAddress | VersionAddress | LoggedAddress | FolderAddress


def read_address(address: str | os.PathLike[str]) -> ModelAddress:
    """What an address of a model leads to; raises `ModelNotFound` for what is none."""
    text = os.fspath(address) if isinstance(address, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text:
        raise ModelNotFound(f"{address!r} is no address of a model. Write {FORMS}.")
    scheme = _SCHEME.match(text) if isinstance(address, str) else None
    if scheme is None:
        return FolderAddress(Path(text).expanduser().absolute())
    inner = text[scheme.end() :]
    kind = scheme[1].lower()
    if kind == "file":
        return FolderAddress(Path(url2pathname(urlsplit(text).path)).absolute())
    if kind == "runs":
        return _read_run(text, inner.strip("/"))
    if kind == "models":
        return _read_registered(text, inner.strip("/"))
    raise ModelNotFound(
        f"{text!r} is no address of a model. Write {FORMS}; store= says where the runs are."
    )


def _read_run(text: str, inner: str) -> RunAddress:
    run, slash, path = inner.partition("/")
    if not run:
        raise ModelNotFound(f"{text!r} names no run. Write 'runs:/RUN/model'.")
    return RunAddress(run, path if slash else None)


def _read_registered(text: str, inner: str) -> VersionAddress | LoggedAddress:
    """As MLflow reads them: a slash is before a version, the last at-sign before an alias."""
    name, slash, version = inner.partition("/")
    if slash and name and version and "/" not in version:
        latest = version.lower() == "latest"
        return VersionAddress(name, "latest" if latest else version)
    model, at, alias = inner.rpartition("@")
    if not slash and at and model and alias:
        return VersionAddress(model, f"@{alias}")
    if not slash and _LOGGED.fullmatch(inner):
        return LoggedAddress(inner)
    raise ModelNotFound(
        f"{text!r} names no version of a model. Write 'models:/NAME/3', 'models:/NAME/latest' or "
        "'models:/NAME@alias'."
    )
