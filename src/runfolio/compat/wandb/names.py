"""Names of W&B's module that change as runs come and go, and those that have no counterpart."""

from __future__ import annotations

from typing import Any

from runfolio.compat.wandb.active import current, required
from runfolio.compat.wandb.refusals import REFUSED, refuse


def find_name(name: str) -> Any:
    """What `name` stands for now: the current run, or its config or summary.

    Raises `UnsupportedCall` for what W&B has and Runfolio has not.
    """
    if name == "run":
        return current()
    if name in ("config", "summary"):
        return getattr(required(name), name)
    if name in REFUSED:
        raise refuse(name)
    raise AttributeError(f"module 'runfolio.compat.wandb' has no attribute {name!r}")
