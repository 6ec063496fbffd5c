"""What publishing a site changes at a place: what goes, what is put, and what stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from runfolio.publishing.built import BuiltSite
from runfolio.publishing.catalogue import (
    CATALOGUE,
    Catalogue,
    Report,
    read_catalogue,
    render_catalogue,
)
from runfolio.publishing.held import Held, Nothing
from runfolio.publishing.listing import STYLE, render_listing
from runfolio.publishing.retention import Retention
from runfolio.site.addresses import INDEX
from runfolio.site.publish import MARKER, is_marker

_FOLDERS_OF_SITES: Final = frozenset(
    {"artifacts", "assets", "charts", "data", "experiments", "reports", "runs"}
)
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What changes at a place.

    `cleared` are the files and folders that go, with all below them, before anything is put;
    `site`, where there is one, goes to `path`, and then `files` to their paths from the root.
    """

    path: str
    site: BuiltSite | None
    cleared: tuple[str, ...]
    files: Mapping[str, bytes]
    removed: tuple[str, ...]
    obstacles: tuple[str, ...]
    catalogue: Catalogue
    unchanged: bool

    @property
    def added(self) -> int:
        """The bytes that are put."""
        return (self.site.bytes if self.site else 0) + sum(map(len, self.files.values()))


def make_plan(
    held: Held,
    site: BuiltSite | None,
    path: str,
    *,
    place: str,
    retention: Retention,
    now: datetime,
) -> Plan:
    """Plan to publish `site` at `path`, or to take down what is there where `site` is None."""
    before = read_catalogue(held.read(CATALOGUE), place=place)
    if isinstance(held, Nothing):
        before = replace(before, own=True)
    removed = retention.choose(before, path, now=now)
    if site is None:
        removed = tuple(sorted({*removed, path} & set(before.reports)))
    after = before.without(removed)
    if site is not None:
        after = after.with_report(path, _describe(site, path, before.reports.get(path), now))
    own_index = _is_ours(held, before)
    cleared = {entry for one in removed for entry in _entries(before, one)}
    is_free = own_index or INDEX in cleared or INDEX not in held.names("")
    files, after = _files_at_root(after, is_free=is_free)
    if site is not None:
        cleared |= set(_entries(before, path)) | (set() if path else set(site.entries))
    if own_index:
        cleared |= {INDEX, STYLE}
    obstacles = _find_obstacles(held, before, site, path, own_index=own_index) if site else ()
    return Plan(
        path=path,
        site=site,
        cleared=tuple(sorted(cleared)),
        files=files,
        removed=removed,
        obstacles=tuple(f"{place}: {one}" for one in obstacles),
        catalogue=after,
        unchanged=_is_unchanged(held, files) and not removed,
    )


def _describe(site: BuiltSite, path: str, old: Report | None, now: datetime) -> Report:
    """The entry of a report; one that is as it was keeps the time it was published."""
    entries = () if path else site.entries
    published = now.astimezone(UTC).isoformat(timespec="seconds")
    new = Report(site.title, published, len(site.files), site.bytes, site.digest, entries)
    if old is not None and replace(new, published=old.published) == old:
        return old
    return new


def _entries(catalogue: Catalogue, path: str) -> tuple[str, ...]:
    """What goes with a report: its folder, or its files and folders at the root."""
    if path:
        return (path,)
    return catalogue.reports[""].entries if "" in catalogue.reports else ()


def _is_ours(held: Held, catalogue: Catalogue) -> bool:
    """Whether the root's first page is a list of reports that we wrote."""
    if catalogue.index is None:
        return False
    content = held.read(INDEX)
    return content is None or _digest(content) == catalogue.index


def _files_at_root(catalogue: Catalogue, *, is_free: bool) -> tuple[dict[str, bytes], Catalogue]:
    """The catalogue, and a list of the reports where the root has no page of its own."""
    files = {}
    if catalogue.reports and "" not in catalogue.reports and is_free:
        files = render_listing(catalogue.reports)
    index = _digest(files[INDEX]) if files else None
    catalogue = replace(catalogue, index=index)
    return files | {CATALOGUE: render_catalogue(catalogue)}, catalogue


def _is_unchanged(held: Held, files: Mapping[str, bytes]) -> bool:
    return all(held.read(path) == content for path, content in files.items())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _find_obstacles(
    held: Held, catalogue: Catalogue, site: BuiltSite, path: str, *, own_index: bool
) -> tuple[str, ...]:
    if not path:
        return tuple(_obstacles_at_root(held, catalogue, site, own_index=own_index))
    return tuple(_obstacles_below(held, catalogue, path))


def _obstacles_at_root(
    held: Held, catalogue: Catalogue, site: BuiltSite, *, own_index: bool
) -> Iterator[str]:
    reports = {other.partition("/")[0] for other in catalogue.reports if other}
    for name in sorted(reports & set(site.entries)):
        yield f"a report lies at {name!r}, where the site has files. Publish below a path."
    if "" in catalogue.reports or is_marker(held.read(MARKER) or b""):
        return
    ours = {INDEX, STYLE} if own_index else set()
    taken = sorted(held.names("") & set(site.entries) - ours - reports)
    if taken:
        named = ", ".join(map(repr, taken[:_NAMED])) + (" …" if len(taken) > _NAMED else "")
        yield (
            f"it holds files that runfolio did not write, where the site has its own: {named}. "
            "Publish below a path, such as --path report."
        )


def _obstacles_below(held: Held, catalogue: Catalogue, path: str) -> Iterator[str]:
    first = path.partition("/")[0]
    root = catalogue.reports.get("")
    marked = is_marker(held.read(MARKER) or b"")
    if first in (root.entries if root else _FOLDERS_OF_SITES if marked else ()) or first in (
        *(CATALOGUE, MARKER, INDEX, STYLE),
    ):
        yield f"{path!r} would lie among the files of the site at the root. Choose another path."
        return
    if around := tuple(catalogue.around(path)):
        yield f"a report lies at {around[0]!r}, and reports don't lie in one another."
        return
    for folder in _folders_above(path):
        if held.read(folder) is not None:
            yield f"{folder!r} is a file. Choose another path."
            return
    if path not in catalogue.reports and _is_taken(held, path):
        yield f"{path!r} holds files that runfolio did not write. Choose another path."


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


def _is_taken(held: Held, path: str) -> bool:
    there = held.names(path)
    if not there:
        folder, _, name = path.rpartition("/")
        return name in held.names(folder) and held.read(path) is not None
    return not is_marker(held.read(f"{path}/{MARKER}") or b"")
