"""How much each parameter matters for each metric, for the charts of an experiment's page."""

from __future__ import annotations

from typing import Any, Final

from runfolio.analysis.drivers import Drivers
from runfolio.site.experiment import TRUSTED_R2
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.library import ExperimentEntry

MAX_METRICS: Final = 4


def list_judged(entry: ExperimentEntry) -> list[str]:
    """The metrics whose drivers are told, the primary one first."""
    primary = entry.primary.metric if entry.primary else None
    return sorted(entry.metrics[:MAX_METRICS], key=lambda name: name != primary)


def shard_importance(facts: ExperimentFacts) -> dict[str, Any] | None:
    """The importance of parameters by metric, the primary one first; None where nothing is known.

    Each has `items` (name, share, effect), how they were found (`method`), and whether the forest
    explains enough to be `trusted`.
    """
    entry, names = facts.entry, list_judged(facts.entry)
    found = {name: facts.drivers_of(name) for name in names}
    metrics = [[name, _document(drivers)] for name, drivers in found.items() if drivers]
    return {"metrics": metrics, "left": len(entry.metrics) - len(names)} if metrics else None


def _document(drivers: Drivers) -> dict[str, Any]:
    return {
        "items": [[one.name, round(one.share, 4), one.effect] for one in drivers.items],
        "method": drivers.method,
        "trusted": drivers.r2 >= TRUSTED_R2,
        "runs": drivers.runs,
    }
