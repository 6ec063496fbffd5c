"""How long a comparison in Markdown may be, and what gives way when it would be longer."""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 65_000
"""GitHub takes 65,536 characters; some are left for what a comment adds."""

MIN_LENGTH: Final = 2_000
"""So many characters hold the verdict at least."""

PARTS: Final = (
    "charts",
    "runs",
    "environment",
    "further metrics",
    "curves",
    "parameters",
    "metrics",
)
"""What is left out, in this order, where a comparison would be too long; then experiments."""
