"""Plain tables: CSV, TSV and JSONL files of one row per step or one row per run."""

from runfolio.sources.tables.source import SOURCE

__all__ = ["SOURCE"]
