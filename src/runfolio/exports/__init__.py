"""Runs written out again in the forms of other tools."""

from runfolio.exports.exporting import FORMATS, ExportSummary, export_runs

__all__ = ["FORMATS", "ExportSummary", "export_runs"]
