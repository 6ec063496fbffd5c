"""Publishing a report: build it, look for what should not go out, and put it in its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import PublishRefused
from runfolio.privacy.disclosure import EVERYTHING, Disclosure
from runfolio.publishing.built import BuiltSite, read_site
from runfolio.publishing.catalogue import check_report_path
from runfolio.publishing.links import find_broken_links
from runfolio.publishing.places import Place, Publication, Request
from runfolio.publishing.retention import Retention
from runfolio.publishing.sizes import NO_LIMITS, Limits

if TYPE_CHECKING:
    from runfolio.publishing.exposure import Exposure

_ON_SECRETS: Final = (
    "Build it with --redact, which masks credentials, or without what has them (--exclude), or let "
    "them pass with --allow-secrets."
)
_ON_LINKS: Final = "Mend links, or let them pass with --allow-broken-links."


def publish(
    place: Place,
    *,
    store: str | os.PathLike[str] | None = None,
    site: str | os.PathLike[str] | None = None,
    path: str = "",
    retention: Retention | None = None,
    disclosure: Disclosure = EVERYTHING,
    allow_secrets: bool = False,
    allow_broken_links: bool = False,
    limits: Limits = NO_LIMITS,
    dry_run: bool = False,
    now: datetime | None = None,
    **build: Any,
) -> Publication:
    """Build the report of a store and publish it to a place, such as ``GitBranch()``.

    It lies at `path` there, such as ``pr/123``, or at the root. `retention` says which of the other
    reports beside it go. `site` publishes a site that `build_report` wrote instead of building one.
    Further options are those of `build_report`.

    Raises `PublishRefused`, with all problems and before anything is changed, where links are
    broken, the place takes no files of that size, or credentials would go out that neither
    `disclosure` masks nor `allow_secrets` lets pass. `dry_run` only looks.
    """
    where = check_report_path(path)
    if site is not None and (store is not None or not disclosure.everything):
        raise PublishRefused(
            "A site that was built before is published as it is. Leave --site out to build one "
            "from the store with other options."
        )
    with _built(store, site, disclosure, build) as made:
        exposure = _find_exposure(made, store, disclosure, build if site is None else None)
        secrets = () if allow_secrets else exposure.secrets
        broken = () if allow_broken_links else find_broken_links(made.folder)
        request = Request(
            site=made,
            path=where,
            now=now or datetime.now(UTC),
            retention=retention or Retention(),
            problems=(*secrets, *(f"broken link: {one}" for one in broken)),
            advice=((_ON_SECRETS,) * bool(secrets) + (_ON_LINKS,) * bool(broken)),
            warnings=exposure.warnings,
            limits=place.limits.replaced_by(limits),
            anonymous=disclosure.anonymous,
            dry_run=dry_run,
        )
        return place.publish(request)


def take_down(
    place: Place,
    *,
    path: str = "",
    retention: Retention | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
) -> Publication:
    """Remove the report at `path`, such as that of a pull request that was closed."""
    where, moment = check_report_path(path), now or datetime.now(UTC)
    return place.publish(Request(None, where, moment, retention or Retention(), dry_run=dry_run))


def _find_exposure(
    made: BuiltSite,
    store: str | os.PathLike[str] | None,
    disclosure: Disclosure,
    build: dict[str, Any] | None,
) -> Exposure:
    """What the report gives away, found in its store, or in its pages where there is none."""
    from runfolio.publishing.exposure import find_exposure, find_exposure_of_site

    if build is None:
        return find_exposure_of_site(made)
    return find_exposure(made, store, disclosure, build)


@contextmanager
def _built(
    store: str | os.PathLike[str] | None,
    site: str | os.PathLike[str] | None,
    disclosure: Disclosure,
    build: dict[str, Any],
) -> Iterator[BuiltSite]:
    """The site, built into a folder that is gone afterwards unless it was there before."""
    if site is not None:
        yield read_site(Path(site).absolute())
        return
    from runfolio.site import build_report
    from runfolio.site.memory import BuildMemory

    with tempfile.TemporaryDirectory(prefix="runfolio-publish-") as folder:
        output = Path(folder) / "site"
        memory = BuildMemory.once(is_passing=True)
        built = build_report(store, output=output, disclosure=disclosure, memory=memory, **build)
        notes = (*map(str, built.mistakes), *(f"{one.path}: {one.reason}" for one in built.damage))
        yield replace(read_site(output), notes=notes, unread=built.unread)
