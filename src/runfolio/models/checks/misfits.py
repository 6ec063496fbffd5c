"""What doesn't fit a signature."""

from __future__ import annotations


class Misfit(Exception):  # noqa: N818
    """Why a value is not of a type, as the end of a sentence: "holds 'abc'"."""
