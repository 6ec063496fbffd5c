"""Other tools' stores: recognised, read where they lie, or kept in a store of our own."""

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
