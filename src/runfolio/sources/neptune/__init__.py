"""The Parquet files of Neptune's exporter."""

from runfolio.sources.neptune.runs import SOURCE

__all__ = ["SOURCE"]
