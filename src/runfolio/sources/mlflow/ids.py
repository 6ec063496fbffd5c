"""The ids that MLflow knows experiments by, made of their names."""

from __future__ import annotations

import hashlib
from typing import Final

DEFAULT_NAME: Final = "Default"
DEFAULT_ID: Final = "0"
"""The experiment that MLflow logs to when nobody chose one, which always has this id."""


def experiment_id(name: str) -> str:
    """The id of the experiment that runs were logged to under `name`: 18 digits."""
    if name == DEFAULT_NAME:
        return DEFAULT_ID
    number = int.from_bytes(hashlib.sha256(name.encode(errors="replace")).digest()[:8])
    return str(10**17 + number % (9 * 10**17))
