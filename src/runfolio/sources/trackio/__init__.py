"""Trackio's databases and Parquet exports."""

from runfolio.sources.trackio.stores import SOURCE

__all__ = ["SOURCE"]
