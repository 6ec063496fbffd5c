"""The run store: a folder of Parquet files that needs no server, database or lock."""

from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import choose_store
from runfolio.store.parquet import read_parquet
from runfolio.store.reading import Damage, ExperimentSettings, StoreTables, read_store

__all__ = [
    "Damage",
    "Edit",
    "ExperimentSettings",
    "StoreTables",
    "choose_store",
    "read_parquet",
    "read_store",
    "write_edit",
]
