"""What a run writes to: its journal while it is live, and afterwards something that refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from runfolio.errors import RunFinished


class Journaling(Protocol):
    """The part of a journal that the verbs need."""

    def append(self, kind: int, document: object) -> None: ...

    def append_points(
        self, names: tuple[str, ...], step: int, time: int, values: Sequence[float]
    ) -> None: ...

    def sync(self) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...

    def check_open(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ClosedJournal:
    """Takes the journal's place when a run can no longer be logged to, so that no call checks."""

    reason: str

    def _refuse(self) -> NoReturn:
        raise RunFinished(self.reason)

    def append(self, kind: int, document: object) -> None:  # noqa: ARG002
        self._refuse()

    def append_points(
        self,
        names: tuple[str, ...],  # noqa: ARG002
        step: int,  # noqa: ARG002
        time: int,  # noqa: ARG002
        values: Sequence[float],  # noqa: ARG002
    ) -> None:
        self._refuse()

    def sync(self) -> None:
        self._refuse()

    def close(self) -> None:
        """Nothing is open."""

    def abandon(self) -> None:
        """Nothing is open."""

    def check_open(self) -> None:
        self._refuse()
