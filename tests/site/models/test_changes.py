"""Changes from version to version are told in words, the smallest as such."""

from __future__ import annotations

import pytest

from runfolio.site.models.changes import tell_change


@pytest.mark.parametrize(
    ("value", "old", "direction", "told"),
    [
        (0.9, 1.0, "down", ("−10.0 %", True)),
        (1.1, 1.0, "down", ("+10.0 %", False)),
        (1.1, 1.0, "up", ("+10.0 %", True)),
        (1.1, 1.0, None, ("+10.0 %", None)),
        (1.0004, 1.0, "down", ("under 0.1 %", None)),
        (1.0006, 1.0, "down", ("+0.1 %", False)),
        (1.0, 1.0, "down", (None, None)),
        (None, 1.0, "down", (None, None)),
        (1.0, None, "down", (None, None)),
        (1.0, 0.0, "down", (None, None)),
    ],
)
def test_a_change_in_words(
    value: float | None, old: float | None, direction: str | None, told: tuple[str | None, bool]
) -> None:
    assert tell_change(value, old, direction) == told
