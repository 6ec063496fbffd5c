"""How a value of one version compares with that of another, in words."""

from __future__ import annotations

from typing import Final

from runfolio.analysis.comparison import relative_change

SMALLEST: Final = 0.0005


def tell_change(
    value: float | None, old: float | None, direction: str | None
) -> tuple[str | None, bool | None]:
    """The relative change, such as "−2.3 %", and whether it is for the better; None if unknown.

    One that rounds to nothing is for neither.
    """
    relative = None if value is None or old is None else relative_change(value, old)
    if not relative:
        return None, None
    if abs(relative) < SMALLEST:
        return "under 0.1 %", None
    text = f"{'+' if relative > 0 else '−'}{abs(relative):.1%}".replace("%", " %")
    if direction is None:
        return text, None
    return text, (relative < 0) == (direction == "down")
