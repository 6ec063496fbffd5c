"""How long to wait before a host is asked again, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

from runfolio.errors import CommentNotSent

MOST_WAIT: Final = 300.0
FIRST_WAIT: Final = 1.0
LONGEST_STEP: Final = 30.0
UNSTATED_LIMIT: Final = 60.0
"""GitHub asks to wait at least a minute where a limit names no time."""

_REMAINING: Final = ("x-ratelimit-remaining", "ratelimit-remaining")
_RESET: Final = ("x-ratelimit-reset", "ratelimit-reset")


@dataclass
class Patience:
    """Waits, `most` seconds in all; the clock, sleep and jitter come in so that tests are quick."""

    most: float = MOST_WAIT
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    waited: float = field(default=0.0, init=False)

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock()

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, or raise `CommentNotSent` where that would take longer than there is patience."""
        if self.waited + seconds > self.most:
            raise CommentNotSent(
                f"{reason}: it would take another {seconds:.0f} s, and the most to wait is "
                f"{self.most:.0f} s. Try again later, or give --max-wait."
            )
        self.waited += seconds
        self.sleep(seconds)


def wait_after(number: int, jitter: Callable[[], float]) -> float:
    """Seconds to wait after the failure of that number, from 0: doubled each time, and scattered.

    Without the scatter, jobs that failed together would come back together.
    """
    return float(min(FIRST_WAIT * 2**number, LONGEST_STEP) * (0.5 + jitter()))


def find_limit(status: int, headers: Mapping[str, str], body: Any, now: float) -> float | None:
    """Seconds a host asks to wait before it takes requests again; None when it sets no limit.

    A 403 is a limit only where a header or the text says so; it mostly means missing rights.
    """
    if status not in (403, 429):
        return None
    after = _seconds(headers.get("retry-after"), now)
    used_up = any(headers.get(name) == "0" for name in _REMAINING)
    if after is None and used_up:
        after = next((_until(headers.get(name), now) for name in _RESET if name in headers), None)
    if after is None and (status == 429 or used_up or _tells_limit(body)):
        after = UNSTATED_LIMIT
    return None if after is None else max(after, FIRST_WAIT)


def _seconds(text: str | None, now: float) -> float | None:
    """The value of a header Retry-After: seconds, or a date."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except ValueError:
        return None


def _until(text: str | None, now: float) -> float | None:
    """Seconds until a moment in seconds since 1970, and one more as clocks differ."""
    return float(text) - now + 1 if text is not None and text.strip().isdecimal() else None


def _tells_limit(body: Any) -> bool:
    message = body.get("message") if isinstance(body, dict) else None
    text = message.lower() if isinstance(message, str) else ""
    return "rate limit" in text or "abuse detection" in text
