"""What may be loaded: formats that only hold data always, those that can run code with trust."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidValue, ModelUntrusted
from runfolio.models.flavors.flavor import Flavor, Loading
from runfolio.models.flavors.opening import reading
from runfolio.models.words import clean, list_some

Trust = bool | Iterable[str]
"""True for all that a model holds, or the names of types beyond those that skops knows."""

_LISTED: Final = 20
"""Types that a message lists at most, to be allowed one by one."""

_SCHEMA: Final = "schema.json"
"""What makes a ZIP file one of skops."""


def read_trust(trust: Trust) -> tuple[bool, tuple[str, ...]]:
    """Whether all is trusted, and which types are; raises `InvalidValue` for what says neither."""
    if isinstance(trust, bool):
        return trust, ()
    types = () if isinstance(trust, (str, bytes)) or not _is_iterable(trust) else tuple(trust)
    if not types or not all(isinstance(one, str) for one in types):
        raise InvalidValue(
            f"trust is {trust!r}. Use trust=True for a model of someone you trust, or a list of "
            "types such as trust=['my_package.MyTransformer']."
        )
    return False, types


def check_trust(flavor: Flavor, loading: Loading, shown: str) -> Loading:
    """What may be loaded, with the types that are trusted; raises `ModelUntrusted`.

    What the ``MLmodel`` file says of trust counts for nothing, as whoever made the model wrote it.
    """
    if loading.trust:
        return replace(loading, trusted=tuple(find_unknown_types(loading)))
    risk = flavor.risk(loading)
    if risk is None:
        return loading
    unknown = find_unknown_types(loading)
    refused = [one for one in unknown if one not in loading.trusted]
    if refused:
        raise ModelUntrusted(
            f"The model {shown!r} is not loaded: it holds types that are not known to be harmless: "
            f"{list_some(map(clean, refused))}. If you trust whoever made it, pass "
            f"trust={unknown if len(unknown) <= _LISTED else True!r}."
        )
    raise ModelUntrusted(
        f"The model {shown!r} is not loaded: {risk}, and whoever made it can let any code run "
        "when it is opened. If you trust them, pass trust=True."
    )


def find_unknown_types(loading: Loading) -> list[str]:
    """The types in a model's skops files that skops doesn't know to be harmless, by name."""
    found: set[str] = set()
    for path in _find_skops_files(loading):
        with reading("skops", path):
            from skops import io

            found.update(io.get_untrusted_types(file=path))
    return sorted(found)


def _find_skops_files(loading: Loading) -> list[Path]:
    """Those that the flavour's entry names."""
    names = {value for value in loading.entry.values() if isinstance(value, str)}
    inside = [one for one in loading.folder.rglob("*") if one.is_file()]
    named = [one for one in inside if one.relative_to(loading.folder).as_posix() in names]
    return [one for one in named if _is_skops(one)]


def _is_skops(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return _SCHEMA in file.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _is_iterable(value: Any) -> bool:
    return hasattr(value, "__iter__")
