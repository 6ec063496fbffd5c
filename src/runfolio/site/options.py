"""What a report is built from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.privacy import EVERYTHING, Disclosure
from runfolio.sources.opening import SourceOptions


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What to build: `title` and `experiments` narrow it; `templates` and `theme` are one's own.

    A site that is made in the folder `output` may be on its way to an `address`.
    """

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
    address: str | None = None
