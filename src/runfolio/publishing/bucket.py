"""Publishing to object storage, for any host that serves what lies there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from runfolio.publishing.held import is_within
from runfolio.publishing.places import Publication, Request
from runfolio.publishing.plan import Plan
from runfolio.publishing.sizes import NO_LIMITS, Limits
from runfolio.site.addresses import INDEX
from runfolio.site.upload import DIGESTS, describe_upload, upload_site
from runfolio.store.remote import RemoteStore, StoredObject


@dataclass(frozen=True)
class Bucket:
    """An address such as ``s3://bucket/reports``; only what changed is put."""

    url: str
    limits: Limits = NO_LIMITS

    def publish(self, request: Request) -> Publication:
        """Put a site at the address; other reports and objects stay as they are."""
        remote = RemoteStore(self.url)
        place = f"the address {remote.url!r}"
        plan = request.plan(_HeldBucket(remote), place)
        report = RemoteStore(f"{remote.url}/{plan.path}") if plan.path else remote
        if not request.dry_run and not plan.unchanged:
            if request.site is not None:
                upload_site(request.site.folder, report)
            _finish(remote, plan)
        address = report.address(INDEX) if request.site else None
        return request.tell(plan, place=place, address=address)


def _finish(remote: RemoteStore, plan: Plan) -> None:
    """Put the list of reports, then delete what goes; a report's own old files have gone."""
    remote.put_all(describe_upload(path, content) for path, content in plan.files.items())
    goes = set(plan.cleared) - set(plan.files)
    if plan.site is not None:
        goes -= {plan.path} if plan.path else set(plan.site.entries)
    elif "" in plan.removed:
        goes.add(DIGESTS)
    remote.delete([path for path in remote.list() if is_within(path, goes)])


class _HeldBucket:
    """The objects below an address, as they were listed once."""

    def __init__(self, remote: RemoteStore) -> None:
        self._remote = remote

    @cached_property
    def _objects(self) -> dict[str, StoredObject]:
        return self._remote.list()

    def names(self, path: str) -> frozenset[str]:
        """The objects and folders in a folder."""
        start = f"{path}/" if path else ""
        below = (one[len(start) :] for one in self._objects if one.startswith(start))
        return frozenset(one.partition("/")[0] for one in below)

    def read(self, path: str) -> bytes | None:
        """An object's content."""
        return self._remote.read(path) if path in self._objects else None

    def size(self, *, without: Collection[str]) -> int:
        """The bytes of all objects but those at or below some paths."""
        return sum(one.size for path, one in self._objects.items() if not is_within(path, without))
