"""The files of a model as they lie in its folder: those that were saved, and nothing through links.

A checksum tells damage, not who made a file: what may run code needs trust in any case.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidPath, ModelUnreadable
from runfolio.models.description import MLMODEL, ModelDescription
from runfolio.models.places import ModelPlace
from runfolio.store.artifacts import check_artifact_path


def check_files(place: ModelPlace) -> None:
    """Raise `ModelUnreadable` unless all files lie in the folder itself, as a run lists them."""
    found = set(_list_files(place))
    if place.listed is None:
        return
    _check_contents(place, place.listed, "`runfolio verify` names all that are damaged.")
    added = sorted(found - place.listed.keys())
    if added:
        raise _unreadable(place, added[0], "is not one that the run lists", "Take it away.")


def check_noted(place: ModelPlace, description: ModelDescription) -> None:
    """Compare the files of a folder of no run with what its ``MLmodel`` file noted of them."""
    noted: Any = description.ours.get("files")
    if place.listed is not None or not isinstance(noted, Mapping):
        return
    files = {str(name): str(sha256) for name, sha256 in noted.items() if name != MLMODEL}
    _check_contents(place, files, "Get it again from where it was saved.")


def _check_contents(place: ModelPlace, files: Mapping[str, str], advice: str) -> None:
    for name, sha256 in files.items():
        reason = _find_damage(place.folder, name, sha256)
        if reason is not None:
            raise _unreadable(place, name, reason, advice)


def _find_damage(folder: Path, name: str, sha256: str) -> str | None:
    try:
        with (folder / check_artifact_path(name)).open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"can't be read: {error.strerror}"
    except InvalidPath:
        return "would lie outside of it"
    return None if same else "doesn't match its checksum"


def _list_files(place: ModelPlace) -> Iterator[str]:
    """The paths of all files in the folder; what is a link out of it, or no file, is refused."""
    for root, folders, names in os.walk(place.folder):
        for name in (*folders, *names):
            path = Path(root) / name
            inner = path.relative_to(place.folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) and not _leads_inside(place, path):
                raise _unreadable(place, inner, "is a link", "Put the file itself there.")
            if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                raise _unreadable(place, inner, "is no regular file", "Take it away.")
            if not stat.S_ISDIR(mode):
                yield inner


def _leads_inside(place: ModelPlace, path: Path) -> bool:
    """Whether a link leads to a file of the same folder; in runs there are no links at all."""
    target = path.resolve()
    inside = target.is_relative_to(place.folder.resolve())
    return place.listed is None and inside and target.is_file()


def _unreadable(place: ModelPlace, name: str, reason: str, advice: str) -> ModelUnreadable:
    return ModelUnreadable(
        f"Couldn't read the model {place.shown!r}: its file {name!r} {reason}. {advice}"
    )
