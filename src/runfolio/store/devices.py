"""Names that Windows keeps for devices: no file or folder can be called so there."""

from __future__ import annotations

from typing import Final

_PORTS: Final = (*"123456789", *"¹²³")
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in _PORTS)}
)


def is_device(name: str) -> bool:
    """Whether a name, with any ending, is that of a device."""
    return name.partition(".")[0].rstrip().lower() in _DEVICES
