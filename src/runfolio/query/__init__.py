"""A store's runs as records and tables, in a stable order."""

from runfolio.query.curves import Curve, StoredCurves, find_curves, group_curves
from runfolio.query.runs import Artifact, Input, RunRecord, find_runs

__all__ = [
    "Artifact",
    "Curve",
    "Input",
    "RunRecord",
    "StoredCurves",
    "find_curves",
    "find_runs",
    "group_curves",
]
