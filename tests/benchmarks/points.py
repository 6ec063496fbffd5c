"""The points that every tracker logs: five noisy curves, the same on every machine."""

from __future__ import annotations

import math
import random

NAMES = ("train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr")


def create_rows(steps: int) -> list[dict[str, float]]:
    """For each step the five values, full floats as training gives them."""
    noise = random.Random(0)
    rows = []
    for step in range(steps):
        fall = math.exp(-3 * step / steps)
        values = (
            fall + noise.gauss(0, 0.02),
            1 - fall / 2 + noise.gauss(0, 0.01),
            fall * 1.1 + noise.gauss(0, 0.03),
            0.98 - fall / 2 + noise.gauss(0, 0.01),
            0.01 * (1 + math.cos(math.pi * step / steps)),
        )
        rows.append(dict(zip(NAMES, values, strict=True)))
    return rows
