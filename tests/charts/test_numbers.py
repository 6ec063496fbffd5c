"""Durations as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.charts import format_duration

VECTORS = Path(__file__).parents[1] / "vectors" / "durations.json"


@pytest.mark.parametrize(("seconds", "text"), json.loads(VECTORS.read_text()))
def test_same_as_the_browser(seconds: float | str | None, text: str) -> None:
    assert format_duration(float(seconds) if isinstance(seconds, str) else seconds) == text
