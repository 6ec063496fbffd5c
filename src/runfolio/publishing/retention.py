"""Which earlier reports go: those too old, those of pull requests that are closed, the oldest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runfolio.publishing.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Retention:
    """What to remove of the reports beside the one that is published.

    Those not published again for `seconds`, those in the folders `names` (such as the numbers of
    closed pull requests), and all but the newest `keep`, the one that is published included unless
    it lies at the root.
    """

    seconds: float | None = None
    names: Collection[str] = ()
    keep: int | None = None

    def choose(self, catalogue: Catalogue, path: str, *, now: datetime) -> tuple[str, ...]:
        """The paths of the reports that go: only such as lie beside `path`.

        Those are the ones below the folder it lies in; beside a report at the root, all.
        """
        folder = path.rpartition("/")[0]
        beside = [
            other
            for other in catalogue.reports
            if other and other != path and _is_beside(other, path, folder)
        ]
        published = {other: _moment(catalogue.reports[other].published) for other in beside}
        newest = sorted(beside, key=lambda other: (published[other], other), reverse=True)
        chosen = {other for other in beside if self._names(other, folder)}
        if self.seconds is not None:
            oldest = now - timedelta(seconds=self.seconds)
            chosen |= {other for other in beside if published[other] < oldest}
        if self.keep is not None:
            others = self.keep - 1 if path else self.keep
            chosen |= set(newest[max(0, others) :])
        return tuple(sorted(chosen))

    def _names(self, path: str, folder: str) -> bool:
        below = path.removeprefix(f"{folder}/") if folder else path
        return bool({below, below.partition("/")[0]} & set(self.names))


def _is_beside(other: str, path: str, folder: str) -> bool:
    if folder:
        return other.startswith(f"{folder}/")
    return not path or "/" not in other


def _moment(text: str) -> datetime:
    """The time a report was published; one that can't be read counts as long ago."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
