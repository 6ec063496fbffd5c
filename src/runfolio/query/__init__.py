"""A store's runs as records and tables, in a stable order."""

from runfolio.query.curves import Curve, find_curves
from runfolio.query.runs import Artifact, Input, RunRecord, find_runs

__all__ = ["Artifact", "Curve", "Input", "RunRecord", "find_curves", "find_runs"]
