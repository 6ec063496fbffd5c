"""What a report is built from, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.privacy import EVERYTHING, Disclosure
from runfolio.site.addresses import INDEX
from runfolio.site.narrative.composing import Mistake
from runfolio.site.publish import Published
from runfolio.sources.opening import SourceOptions
from runfolio.store import Damage


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What to build: `title` and `experiments` narrow it; `templates` and `theme` are one's own."""

    store: Path | str
    output: Path
    title: str | None = None
    experiments: Collection[str] = field(default=())
    templates: Path | None = None
    theme: Path | None = None
    site_url: str | None = None
    reports: Path | None = None
    source: SourceOptions = field(default_factory=SourceOptions)
    disclosure: Disclosure = EVERYTHING


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

    @property
    def index(self) -> str:
        """Where the site's first page is."""
        output = self.output
        return str(output / INDEX) if isinstance(output, Path) else f"{output}/{INDEX}"
