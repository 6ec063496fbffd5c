"""What keeps the memory and start-up of `build-report` small; for its own process only."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Final

_LARGE: Final = 256 << 10
"""Memory of so many bytes and more goes back to the system as soon as it is free."""

_SETTINGS: Final = (-3, -1)
"""glibc's numbers for the two settings that say so (``M_MMAP_THRESHOLD``, ``M_TRIM_THRESHOLD``)."""


class _WithoutPandas(MetaPathFinder):
    """Says that pandas is not there: Arrow would load it (35 MB, a third of a second) just to ask
    whether a list is one of its arrays, and a report is made from Arrow and NumPy alone."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("build-report works without pandas", name=fullname)


def stay_lean() -> None:
    """Set this process up for building a report, before Arrow is imported."""
    if "pyarrow" in sys.modules:
        return
    # Arrow's own allocator keeps what it frees, which a process that renders pages can't use.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    sys.meta_path.insert(0, _WithoutPandas())
    _give_back()


def _give_back() -> None:
    """Have memory given back where glibc would keep what it was asked for once: a quarter of all
    that a large report takes. The processes that make pages are faster when theirs is kept."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            for number in _SETTINGS:
                library.mallopt(number, _LARGE)
