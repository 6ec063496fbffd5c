"""Python's search for cycles, which goes through the whole heap, while that grows on purpose."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SELDOM: Final = (200_000, 20, 50)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cycles: where lists grow to millions it doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles more seldom, where a lot is made and most of it stays."""
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
