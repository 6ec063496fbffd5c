"""How large a site the hosts of static pages take, as their documentation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runfolio.publishing.sizes import GITHUB_PAGES, NO_LIMITS, Limits
from runfolio.site.numbers import format_bytes, format_count


@dataclass(frozen=True, slots=True)
class Use:
    """How much of what a host takes a site uses: `used` of `limit`, in words, and as a share."""

    what: str
    used: str
    limit: str
    share: float


@dataclass(frozen=True, slots=True)
class Extent:
    """What hosts look at: all bytes, those of the largest file, all files, those of one folder."""

    bytes: int
    largest: int
    files: int
    fullest: int


@dataclass(frozen=True, slots=True)
class Host:
    """What a host takes: bytes, and the most files in all and in one folder; None is no limit."""

    name: str
    limits: Limits = NO_LIMITS
    files: int | None = None
    folder: int | None = None

    def uses(self, extent: Extent) -> Iterator[Use]:
        """How much of each of its limits a site uses."""
        yield from _use_bytes("in all", extent.bytes, self.limits.whole)
        yield from _use_bytes("in one file", extent.largest, self.limits.file)
        yield from _use_files("files", extent.files, self.files)
        yield from _use_files("files in one folder", extent.fullest, self.folder)


def _use_bytes(what: str, used: int, limit: int | None) -> Iterator[Use]:
    if limit is not None:
        yield Use(what, format_bytes(used), format_bytes(limit), used / limit)


def _use_files(what: str, used: int, limit: int | None) -> Iterator[Use]:
    if limit is not None:
        yield Use(what, format_count(used), format_count(limit), used / limit)


HOSTS: Final = (
    Host("GitHub Pages", GITHUB_PAGES),
    Host("GitLab Pages", Limits(whole=1_000_000_000), files=200_000),
    Host("Cloudflare Pages, free", Limits(file=25 << 20), files=20_000),
    Host("Netlify", folder=54_000),
    Host("Hugging Face Spaces", files=100_000, folder=10_000),
    Host("GitHub's artifacts, free", Limits(whole=500_000_000)),
)
"""Paid plans take more. Object storage and web servers of one's own have no such limits."""
