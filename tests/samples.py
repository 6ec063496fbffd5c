"""Run stores that other people committed, which lie beside the project where it is developed."""

from __future__ import annotations

from pathlib import Path

import pytest

STORES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stores"


def sample(kind: str, owner: str) -> Path:
    """The store of a kind whose folder begins with the owner's name; skips where it is missing."""
    found = sorted((STORES / kind).glob(f"{owner}__*"))
    if not found:
        pytest.skip(f"the store of {owner!r} is not in {STORES / kind}")
    return found[0]
