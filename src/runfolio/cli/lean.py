"""What keeps the memory and start-up of `build-report` small; for its own process only."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType


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
