"""What is told of a report once it is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.site.addresses import INDEX
from runfolio.site.publish import Published

if TYPE_CHECKING:
    from runfolio.site.narrative.composing import Mistake
    from runfolio.store import Damage


@dataclass(frozen=True, slots=True)
class RunChanges:
    """The ids of the runs that are new, changed or gone since the build before."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """What was built, and the folder or address where it is.

    `tool` is whose store was read, where it was none of our own, and `damage` what could not be.
    `reports` counts the narrative reports, and `mistakes` are those in them, by file and line.
    `unread` counts by their ending the artifacts that could not be masked, as they are no text.
    `elsewhere` are the digests of files that other machines have put in place.
    """

    output: Path | str
    experiments: int
    runs: int
    pages: int
    damage: tuple[Damage, ...]
    tool: str | None
    published: Published
    reports: int = 0
    mistakes: tuple[Mistake, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    changes: RunChanges = RunChanges()
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def index(self) -> str:
        """Where the site's first page is."""
        output = self.output
        return str(output / INDEX) if isinstance(output, Path) else f"{output}/{INDEX}"
