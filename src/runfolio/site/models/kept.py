"""The models that a run kept, as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.site.models.cards import ModelCard, view_card
from runfolio.site.models.folders import find_kept

if TYPE_CHECKING:
    from runfolio.site.library import RunEntry
    from runfolio.site.models.entries import Registered

MAX_MODELS: Final = 12
"""So many models the page of a run shows; of checkpoints there may be many more."""


@dataclass(frozen=True, slots=True)
class KeptModels:
    """The models of a run by path, and how many more it has than the page shows."""

    cards: tuple[ModelCard, ...]
    more: int


def view_kept(run: RunEntry, registered: Sequence[Registered]) -> KeptModels | None:
    """The models that a run kept, those that are registered first; None for none."""
    kept = find_kept(run)
    if not kept:
        return None
    paths = {one.path for one in registered}
    ordered = sorted(kept, key=lambda one: (one.path not in paths, one.path))
    cards = tuple(
        view_card(one, {}, number=number, registered=registered)
        for number, one in enumerate(ordered[:MAX_MODELS])
    )
    return KeptModels(cards, max(len(kept) - MAX_MODELS, 0))
