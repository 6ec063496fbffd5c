"""The static site: view models, rendering and publishing."""

from runfolio.site.report import ReportOptions, ReportSummary, build_report

__all__ = ["ReportOptions", "ReportSummary", "build_report"]
