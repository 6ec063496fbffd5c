"""W&B's errors, for programs that catch them: `Error` is whatever Runfolio raises on purpose."""

# W&B chose the names.

from __future__ import annotations

from runfolio.errors import RunfolioError as Error
from runfolio.errors import UnsupportedCall as UnsupportedError


class UsageError(Error):
    """W&B's error for a call that makes no sense; nothing here raises it."""


class CommError(Error):
    """W&B's error for a server that can't be reached; nothing here raises it."""


class AuthenticationError(CommError):
    """W&B's error for a wrong key; nothing here raises it."""


class WandbCoreNotAvailableError(Error):
    """W&B's error for a missing part of its own; nothing here raises it."""


__all__ = [
    "AuthenticationError",
    "CommError",
    "Error",
    "UnsupportedError",
    "UsageError",
    "WandbCoreNotAvailableError",
]
