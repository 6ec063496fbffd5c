"""Other tools' stores: recognised, read where they lie, or kept in a store of our own.

What knows the kinds of stores is imported without what reads them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runfolio.sources.importing import ImportSummary, import_runs
    from runfolio.sources.kinds import find_beside
    from runfolio.sources.opening import SourceOptions, open_foreign, read_anything, read_foreign
    from runfolio.sources.reading import Skipped, TableColumns

__all__ = [
    "ImportSummary",
    "Skipped",
    "SourceOptions",
    "TableColumns",
    "find_beside",
    "import_runs",
    "open_foreign",
    "read_anything",
    "read_foreign",
]

_HOMES = {
    "ImportSummary": "importing",
    "import_runs": "importing",
    "find_beside": "kinds",
    "Skipped": "reading",
    "TableColumns": "reading",
}
"""The modules of names that are not of the module ``opening``."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'opening')}"), name)
