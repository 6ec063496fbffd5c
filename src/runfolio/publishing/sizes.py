"""How much a host takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runfolio.publishing.built import BuiltSite
from runfolio.site.numbers import format_bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes of all that lies at a place, and of a single file; None is no limit."""

    whole: int | None = None
    file: int | None = None

    def replaced_by(self, other: Limits) -> Limits:
        """These limits, or those of `other` where it has some."""
        whole = self.whole if other.whole is None else other.whole
        return Limits(whole, self.file if other.file is None else other.file)


NO_LIMITS: Final = Limits()
GITHUB_PAGES: Final = Limits(whole=1_000_000_000, file=100 << 20)
"""GitHub serves sites of up to 1 GB, and takes files of up to 100 MiB."""


def find_oversize(site: BuiltSite | None, limits: Limits, *, whole: int) -> Iterator[str]:
    """What is larger than a host takes; `whole` are the bytes of all that will lie there."""
    for one in site.files if site and limits.file is not None else ():
        if limits.file is not None and one.size > limits.file:
            yield (
                f"{one.path}: {format_bytes(one.size)}, and the host takes files of up to "
                f"{format_bytes(limits.file)}. Leave it out, such as with --exclude artifacts:…"
            )
    if limits.whole is not None and whole > limits.whole:
        own = f", {format_bytes(site.bytes)} of them this report" if site else ""
        yield (
            f"all that would lie there has {format_bytes(whole)}{own}, and the host takes "
            f"{format_bytes(limits.whole)}. Remove earlier reports with --prune or --keep, or "
            "leave artifacts out with --exclude."
        )
