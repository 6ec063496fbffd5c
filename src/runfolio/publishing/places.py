"""What every kind of place to publish to is asked, and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from runfolio.errors import PublishRefused
from runfolio.publishing.built import BuiltSite
from runfolio.publishing.held import Held
from runfolio.publishing.plan import Plan, make_plan
from runfolio.publishing.retention import Retention
from runfolio.publishing.sizes import NO_LIMITS, Limits, find_oversize


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: `address` is where to look at it, where that is known.

    `changed` is false where all was there already. `removed` are the paths of earlier reports that
    went, `commit` is that of a branch, and `files` and `bytes` are those of the report. `warnings`
    name what is personal in it, `notes` what building it left out or found wrong, and `unread`
    counts, by their ending, the artifacts that could not be masked.
    """

    place: str
    path: str
    address: str | None
    changed: bool
    files: int
    bytes: int
    removed: tuple[str, ...]
    dry_run: bool
    commit: str | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A site to publish at `path`, or None to take down what is there.

    `problems` are those found in the site itself, and `advice` what to do about them; a place adds
    its own, and refuses them all at once before it changes anything. `anonymous` says that nothing
    may tell who publishes.
    """

    site: BuiltSite | None
    path: str
    now: datetime
    retention: Retention = field(default_factory=Retention)
    problems: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    limits: Limits = NO_LIMITS
    anonymous: bool = False
    dry_run: bool = False

    def plan(self, held: Held, place: str) -> Plan:
        """What publishing changes at a place; raises `PublishRefused` where something is wrong."""
        plan = make_plan(
            held, self.site, self.path, place=place, retention=self.retention, now=self.now
        )
        problems = (*self.problems, *plan.obstacles, *self._find_oversize(held, plan))
        if problems:
            many = f"{len(problems)} problems are in the way"
            what = problems[0].removesuffix(".") if len(problems) == 1 else many
            said = (f"Nothing was published: {what}.", *self.advice)
            raise PublishRefused(" ".join(said), problems)
        return plan

    def _find_oversize(self, held: Held, plan: Plan) -> tuple[str, ...]:
        whole = plan.added
        if self.limits.whole is not None:
            whole += held.size(without=(*plan.cleared, *plan.files))
        return tuple(find_oversize(self.site, self.limits, whole=whole))

    def tell(self, plan: Plan, *, place: str, address: str | None) -> Publication:
        """What there is to say of a plan that was carried out, or would be."""
        return Publication(
            place=place,
            path=plan.path,
            address=address,
            changed=not plan.unchanged,
            files=len(self.site.files) if self.site else 0,
            bytes=self.site.bytes if self.site else 0,
            removed=plan.removed,
            dry_run=self.dry_run,
            warnings=self.warnings,
            notes=self.site.notes if self.site else (),
            unread=self.site.unread if self.site else {},
        )


class Place(Protocol):
    """Somewhere to publish to; a kind of place is a class with these two."""

    @property
    def limits(self) -> Limits:
        """What it takes, unless whoever publishes says otherwise."""
        ...

    def publish(self, request: Request) -> Publication:
        """Carry out a request: all of it, or none, with an error that says why."""
        ...
