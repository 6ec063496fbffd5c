"""DVCLive's folders, and DVC's experiments in git."""

from runfolio.sources.dvclive.stores import SOURCE

__all__ = ["SOURCE"]
