"""Aim's repositories, read through aim itself."""

from runfolio.sources.aim.repositories import SOURCE

__all__ = ["SOURCE"]
