"""What a run writes to: its journal while it is live, and what takes the journal's place."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from runfolio.errors import RunFinished, StoreWriteFailed


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


@dataclass(slots=True)
class _AroundJournal:
    """What takes the place of a journal that stays open."""

    journal: Journaling

    def close(self) -> None:
        self.journal.close()

    def abandon(self) -> None:
        self.journal.abandon()

    def check_open(self) -> None:
        self.journal.check_open()


@dataclass(slots=True)
class TolerantJournal(_AroundJournal):
    """Makes failed writes one warning, until a write succeeds, so that training goes on."""

    failing: bool = False
    pending: StoreWriteFailed | None = None
    """A failure that a thread met, to be told with the next record."""

    def append(self, kind: int, document: object) -> None:
        self._tell()
        try:
            self.journal.append(kind, document)
        except StoreWriteFailed as failure:
            self.warn(failure)
        else:
            self.failing = False

    def append_points(
        self, names: tuple[str, ...], step: int, time: int, values: Sequence[float]
    ) -> None:
        self._tell()
        try:
            self.journal.append_points(names, step, time, values)
        except StoreWriteFailed as failure:
            self.warn(failure)
        else:
            self.failing = False

    def _tell(self) -> None:
        if self.pending is not None:
            failure, self.pending = self.pending, None
            self.warn(failure)

    def warn(self, failure: StoreWriteFailed) -> None:
        """Warn of a failure, unless the one before it was not yet over."""
        if not self.failing:
            self.failing = True
            warn_of(failure)

    def sync(self) -> None:
        self.journal.sync()


GOES_ON: Final = "The run goes on without what was logged."


def warn_of(failure: StoreWriteFailed, consequence: str = GOES_ON) -> None:
    """Warn that something was not kept, and say what that means."""
    warnings.warn(f"{failure} {consequence}", stacklevel=2)


@dataclass(slots=True)
class OneFailure(_AroundJournal):
    """Raises a failure that a thread met at the next record, then gives the journal its place."""

    failure: StoreWriteFailed
    restore: Callable[[], None]

    def append(self, kind: int, document: object) -> None:  # noqa: ARG002
        self._raise()

    def append_points(
        self,
        names: tuple[str, ...],  # noqa: ARG002
        step: int,  # noqa: ARG002
        time: int,  # noqa: ARG002
        values: Sequence[float],  # noqa: ARG002
    ) -> None:
        self._raise()

    def _raise(self) -> NoReturn:
        self.restore()
        raise self.failure

    def sync(self) -> None:
        self._raise()


def told_later(journal: Journaling) -> StoreWriteFailed | None:
    """A failure that was to be told with the next record."""
    if isinstance(journal, TolerantJournal):
        return journal.pending
    return journal.failure if isinstance(journal, OneFailure) else None
