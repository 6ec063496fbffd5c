"""Keeping a row of values: what can't be kept does not take the rest with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runfolio.compat.wandb.places import At
from runfolio.compat.wandb.rows import UNUSABLE, Logged
from runfolio.tracking.run import Run


def keep_row(run: Run, logged: Logged, step: int) -> None:
    """Keep what can be kept, and move the rest to `logged.refused`."""
    _keep_usable(lambda numbers: run.log_metrics(numbers, step=step), logged.numbers, logged)
    _keep_usable(run.set_tags, logged.texts, logged)
    for key, medium in logged.media:
        try:
            medium.keep(At(run, key, step))
        except UNUSABLE as error:
            logged.refused[key] = error


def _keep_usable(
    keep: Callable[[Mapping[str, Any]], None], values: dict[str, Any], logged: Logged
) -> None:
    """Keep all values at once, or those that can be kept; the others are taken from `values`."""
    if not values:
        return
    try:
        keep(values)
    except UNUSABLE:
        for key, value in list(values.items()):
            try:
                keep({key: value})
            except UNUSABLE as error:
                logged.refused[key] = error
                del values[key]
