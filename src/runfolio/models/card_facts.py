"""What a model card is made of: plain facts about one version, its run and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.models.description import ModelDescription

MOST: Final = 100
"""So many metrics, parameters, columns and tags are told at most."""


@dataclass(frozen=True, slots=True)
class CardInput:
    """A data set that the model's run used."""

    name: str
    digest: str
    source: str | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class CardRun:
    """What a card says of the run that made the model; `metrics` are last values."""

    id: str
    name: str
    experiment: str
    params: Mapping[str, object] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    inputs: tuple[CardInput, ...] = ()
    commit: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that a card says of a version.

    `tags` are those of the model and of the version, of which "license" is the licence. `size` is
    in bytes, `time` (of the registration) in microseconds since 1970, `example` what the file of
    the input example holds, `requirements` the lines of requirements.txt.
    """

    name: str
    version: int
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    description: ModelDescription | None = None
    digest: str | None = None
    size: int | None = None
    time: int | None = None
    user: str | None = None
    source: str | None = None
    run: CardRun | None = None
    requirements: tuple[str, ...] = ()
    example: Any = None

    @property
    def address(self) -> str:
        """What `load_model` takes."""
        return f"models:/{self.name}/{self.version}"


def some(pairs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The first `MOST` pairs, by name."""
    return sorted(pairs.items())[:MOST]
