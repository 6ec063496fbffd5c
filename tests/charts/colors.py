"""How colours look: contrast after WCAG 2.2, and distance as people with colour blindness see it.

Distances are Euclidean in OKLab (Ottosson 2020) times 100; the three kinds of colour blindness are
simulated at full severity with the matrices of Machado, Oliveira and Fernandes (2009).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(color: str) -> Vector:
    """The linear RGB of a colour such as "#2576e1"."""
    rgb = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.asarray(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4))


def luminance(color: str) -> float:
    """The relative luminance of a colour, from 0 to 1."""
    return float(linear(color) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def oklab(color: str, vision: str) -> Vector:
    """A colour in OKLab as seen with a kind of vision."""
    seen = np.clip(VISION[vision] @ linear(color), 0, 1)
    return np.asarray(_LAB @ np.cbrt(_CONES @ seen))


def least_distance(colors: tuple[str, ...], vision: str) -> float:
    """The distance of the two colours that are hardest to tell apart."""
    places = [oklab(color, vision) for color in colors]
    return min(100 * float(np.linalg.norm(a - b)) for a, b in combinations(places, 2))
