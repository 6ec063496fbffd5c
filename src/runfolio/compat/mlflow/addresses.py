"""Addresses with the scheme ``runfolio``: those of stores, and those of runs' artifacts.

What follows ``runfolio:`` or ``runfolio://`` is the folder of a store: ``runfolio:///data/runs`` is
absolute, and ``runfolio:runs`` and ``runfolio://runs`` lie in the working folder. Without a folder
it is ``$RUNFOLIO_STORE``, else ``./runs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from runfolio.errors import InvalidPath, UnsupportedCall
from runfolio.store.layout import locate_store
from runfolio.tracking.launch import launched_store

SCHEME: Final = "runfolio"

_ARTIFACTS = re.compile(r"(?P<root>.*)/runs/(?P<run>[0-9a-f]{16})/artifacts(?:/(?P<path>.*))?")


@dataclass(frozen=True, slots=True)
class ArtifactsPlace:
    """Where artifacts lie: in a run of a store, at `path` below its artifacts, "" for all."""

    root: Path
    run_id: str
    path: str


def find_store(uri: str) -> Path:
    """The folder of the store at `uri`; raise `UnsupportedCall` for one on object storage.

    In a process that was launched it is the one to log to, whatever `uri` says.
    """
    place = locate_store(launched_store(_path_of(uri) or None))
    if isinstance(place, str):
        raise UnsupportedCall(
            f"MLflow code logs to a folder, not to {place!r}. Log to a folder and copy it there."
        )
    return place


def runs_address(root: Path) -> str:
    """The address that the runs of a store lie below."""
    return f"{SCHEME}://{quote(root.as_posix())}/runs"


def artifacts_address(root: Path, run_id: str, path: str = "") -> str:
    """The address of a run's artifacts, or of a part of them."""
    below = f"/{quote(path)}" if path else ""
    return f"{runs_address(root)}/{run_id}/artifacts{below}"


def find_artifacts(uri: str) -> ArtifactsPlace:
    """What an address of artifacts leads to; raise `InvalidPath` if it is none."""
    found = _ARTIFACTS.fullmatch(_path_of(uri).rstrip("/"))
    if found is None:
        raise InvalidPath(
            f"{uri!r} is no address of a run's artifacts, such as "
            f"'{SCHEME}:///data/runs/runs/0123456789abcdef/artifacts'."
        )
    return ArtifactsPlace(Path(found["root"]), found["run"], found["path"] or "")


def _path_of(uri: str) -> str:
    return unquote(uri.removeprefix(f"{SCHEME}:").removeprefix("//"))
