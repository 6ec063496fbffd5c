"""The static site: view models, rendering and publishing.

What makes blocks of pages in other processes is imported without all that makes a whole site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runfolio.site.report import ReportOptions, ReportSummary, build_report

__all__ = ["ReportOptions", "ReportSummary", "build_report"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from runfolio.site import report

    return getattr(report, name)
