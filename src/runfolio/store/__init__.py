"""The run store: a folder of Parquet files that needs no server, database or lock."""

from runfolio.store.edited import ExperimentSettings
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import choose_store
from runfolio.store.parquet import read_parquet, read_parquet_head
from runfolio.store.places import Damage
from runfolio.store.reading import StoreOverview, StoreTables, read_overview, read_store
from runfolio.store.registry import ModelVersion, RegisteredModel

__all__ = [
    "Damage",
    "Edit",
    "ExperimentSettings",
    "ModelVersion",
    "RegisteredModel",
    "StoreOverview",
    "StoreTables",
    "choose_store",
    "read_overview",
    "read_parquet",
    "read_parquet_head",
    "read_store",
    "write_edit",
]
