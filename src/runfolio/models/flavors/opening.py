"""What flavours share: a model's class without its library, files in its folder, clear errors."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from runfolio.errors import (
    MissingDependency,
    ModelUnreadable,
    ModelUnsaved,
    ModelUntrusted,
    RunfolioError,
)
from runfolio.models.flavors.flavor import Flavor, Loading
from runfolio.models.words import clean, show

_PLACE: Final = re.compile(r"^\[\d\d:\d\d:\d\d\] \S+:\d+: (Check failed: .*?\) ?: )?")
"""Where XGBoost's errors say that they come from: the time, a file of its source, a condition."""

_SENTENCE: Final = re.compile(r"\. +(?=[A-Z])")


def class_name(model: Any) -> str:
    """The full name of an object's class."""
    return _full_name(type(model))


def class_names(model: Any) -> frozenset[str]:
    """The full names of an object's class and of all that it comes from."""
    return frozenset(map(_full_name, type(model).__mro__))


def _full_name(one: type) -> str:
    return f"{one.__module__}.{one.__qualname__}"


def installed(*names: str) -> str:
    """The first of some distributions of one library that is installed, else the first."""
    for name in names:
        try:
            version(name)
        except PackageNotFoundError:
            continue
        return name
    return names[0]


def file_in(folder: Path, name: object) -> Path:
    """The path in a model's folder that its ``MLmodel`` file names; raises `ModelUnreadable`."""
    parts = PurePosixPath(name).parts if isinstance(name, str) else ()
    path = folder.joinpath(*parts)
    if not parts or ".." in parts or not path.resolve().is_relative_to(folder.resolve()):
        raise ModelUnreadable(
            f"Couldn't read the model {str(folder)!r}: {show(name, 80)} is no file in it. "
            "Save the model again."
        )
    return path


def demand_trust(flavor: Flavor, loading: Loading) -> None:
    """Refuse what could run code of whoever made the files, where nobody says to trust them."""
    why = None if loading.trust else flavor.risk(loading)
    if why is not None:
        raise ModelUntrusted(
            f"Couldn't load the model {str(loading.folder)!r}: {why}, so loading it could run code "
            "of whoever made it. If you trust them, pass trust=True."
        )


@contextmanager
def reading(library: str, path: Path, *, install: str | None = None) -> Iterator[None]:
    """Errors of a library that loads `path` as `ModelUnreadable`, or `MissingDependency`."""
    try:
        yield
    except RunfolioError:
        raise
    except ImportError as error:
        if find_spec(library) is not None:
            raise _unreadable(library, path, error) from None
        raise MissingDependency(
            f"Couldn't load the model {path.name!r}: {error}. pip install {install or library}"
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever a library makes of damaged files
        raise _unreadable(library, path, error) from None


def _unreadable(library: str, path: Path, error: Exception) -> ModelUnreadable:
    reason = first_line(error) if path.exists() else "it is not there"
    return ModelUnreadable(
        f"Couldn't read the model file {str(path)!r} with {library}: {reason}. "
        "It may be damaged, or of a version that the installed one can't read; save it again."
    )


def unsaved(model: Any, reason: str, advice: str) -> ModelUnsaved:
    """The error for a model that can't be saved."""
    shown = os.fspath(model) if isinstance(model, (str, os.PathLike)) else type(model).__name__
    return ModelUnsaved(f"Couldn't save the model {shown!r}: {reason}. {advice}.")


def check_kind(flavor: Flavor, model: Any) -> None:
    """Refuse a model of another kind, for which a flavour was asked by name."""
    if not flavor.fits(model):
        raise unsaved(model, f"it is none of {flavor.name}", "Leave flavor out")


def warn_user(message: str) -> None:
    """Warn of something where the user's own code has called for it."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__")):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] == "runfolio"


def first_line(error: BaseException) -> str:
    """What an error of a library says first, without a stop, or its class where it says nothing."""
    lines = (_PLACE.sub("", line.strip()) for line in str(error).splitlines())
    said = next((line for line in lines if line), type(error).__name__)
    said = _SENTENCE.split(said)[0]
    return clean(said.rstrip(".: "))


def check_zip(path: Path) -> None:
    """Raise `BadZipFile` for a ZIP file that is cut or damaged."""
    with ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        raise BadZipFile(f"{damaged!r} in it is damaged")


def as_table(data: Any) -> Any:
    """A dict of arrays as a DataFrame; what is none stays as it is."""
    if not isinstance(data, dict):
        return data
    import pandas as pd

    return pd.DataFrame(data)


def with_names(data: Any, names: Any) -> Any:
    """An array as a DataFrame with the columns that a model was fitted with, where they are known.

    Models of gradient boosting ask for them, or warn where they are missing.
    """
    if hasattr(data, "columns") or names is None:
        return data
    if getattr(data, "ndim", 0) != 2 or len(names) != data.shape[1]:
        return data
    import pandas as pd

    return pd.DataFrame(data, columns=names)
