"""What Sacred's FileStorageObserver keeps."""

from runfolio.sources.sacred.runs import SOURCE

__all__ = ["SOURCE"]
