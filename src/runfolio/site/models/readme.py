"""The model card of a version as a file, from what the report shows of it and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runfolio.models.card import write_card
from runfolio.query.cards import card_facts, describe_run
from runfolio.site.models.folders import REQUIREMENTS

if TYPE_CHECKING:
    from runfolio.site.models.entries import ModelEntry, VersionEntry


def write_readme(entry: ModelEntry, one: VersionEntry) -> str:
    """The card in the format of Hugging Face; without the run it tells what was registered."""
    if one.run is None:
        return write_card(card_facts(entry.model, one.version))
    metrics = {key: value for key in one.run.summaries if (value := one.run.last(key)) is not None}
    told = card_facts(entry.model, one.version, run=describe_run(one.run.record, metrics))
    if one.kept is None:
        return write_card(told)
    requirements = (one.kept.read(REQUIREMENTS) or "").splitlines()
    return write_card(
        replace(
            told,
            description=one.kept.description,
            size=one.kept.size,
            requirements=tuple(line for line in requirements if line.strip()),
            example=one.kept.example,
        )
    )
