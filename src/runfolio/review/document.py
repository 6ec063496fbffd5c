"""A comparison as a document for programs, of a schema that README.md describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from runfolio.analysis.sides import Difference, Side
from runfolio.review.changes import Change
from runfolio.review.choosing import Choice
from runfolio.review.comparing import Comparison, ExperimentComparison
from runfolio.review.runs import Group

SCHEMA: Final = 1


def make_document(comparison: Comparison) -> dict[str, Any]:
    """The whole comparison: plain dictionaries, lists, texts and numbers."""
    return {
        "schema": SCHEMA,
        "base": describe_choice(comparison.base),
        "head": describe_choice(comparison.head),
        "same_runs": comparison.are_same,
        "lacks_base": comparison.lacks_base,
        "only_base": list(comparison.only_base),
        "only_head": list(comparison.only_head),
        "experiments": [_describe(one) for one in comparison.experiments],
    }


def describe_choice(choice: Choice) -> dict[str, Any]:
    """A side: as it was named, and which runs it means."""
    return {
        "side": choice.text,
        "runs": list(choice.run_ids),
        "commit": choice.commit,
        "commits_before": choice.behind,
    }


def _describe(compared: ExperimentComparison) -> dict[str, Any]:
    lead = compared.lead
    return {
        "experiment": compared.head.experiment,
        "primary_metric": compared.primary,
        "verdict": lead.verdict if lead else None,
        "base": _describe_group(compared.base),
        "head": _describe_group(compared.head),
        "metrics": [describe_difference(one) for one in compared.metrics],
        "params": _describe_changes(compared.params),
        "environment": _describe_changes(compared.environment),
        "packages": _describe_changes(compared.packages),
    }


def _describe_group(group: Group) -> dict[str, Any]:
    return {
        "experiment": group.experiment,
        "runs": [run.record.id for run in group.runs],
        "left_out": group.left_out,
    }


def describe_difference(difference: Difference) -> dict[str, Any]:
    """A metric's difference; both sides with their values, mean and standard deviation."""
    return {
        "metric": difference.metric,
        "direction": difference.direction,
        "base": _describe_side(difference.base),
        "head": _describe_side(difference.head),
        "change": difference.change,
        "relative": difference.relative,
        "interval": difference.interval,
        "verdict": difference.verdict,
    }


def _describe_side(side: Side) -> dict[str, Any]:
    return {
        "values": list(side.values),
        "not_finite": side.lost,
        "mean": side.mean,
        "std": side.std,
    }


def _describe_changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [{"name": one.name, "base": list(one.base), "head": list(one.head)} for one in changes]
