"""Both sides of a comparison, read from their stores and grouped by experiment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import SideEmpty, StoreNotFound
from runfolio.query.directions import Primary, choose_primary
from runfolio.review.choosing import Choice, Shelf, check_experiments, choose_side
from runfolio.review.runs import Group, gather_groups
from runfolio.store.layout import StorePath, is_address, locate_store

if TYPE_CHECKING:
    from runfolio.store import ExperimentSettings, StoreTables

Names = str | Collection[str] | None


@dataclass(frozen=True, slots=True)
class Sides:
    """The runs of both sides by experiment, and the stores that they come from.

    With `may_lack_base`, runs of the head that there is nothing to compare with are fine.
    """

    base: Choice
    head: Choice
    base_groups: dict[str, Group]
    head_groups: dict[str, Group]
    settings: dict[str, ExperimentSettings]
    same_store: bool
    may_lack_base: bool

    def pairs(self) -> list[tuple[Group, Group]]:
        """The groups to compare: experiments on both sides, or else the only one of each.

        Where there are none and the base may be lacking, each of the head's with one of no runs.
        """
        shared = [name for name in self.head_groups if name in self.base_groups]
        if shared:
            return [(self.base_groups[name], self.head_groups[name]) for name in sorted(shared)]
        if len(self.base_groups) == len(self.head_groups) == 1:
            return list(zip(self.base_groups.values(), self.head_groups.values(), strict=True))
        if self.may_lack_base:
            return [(Group(name, (), 0), group) for name, group in sorted(self.head_groups.items())]
        raise SideEmpty(
            f"No experiment is on both sides: the base has runs of {list_names(self.base_groups)}, "
            f"the head of {list_names(self.head_groups)}. Choose one of each by a filter such as "
            "\"experiment = 'wine'\"."
        )

    @property
    def are_same(self) -> bool:
        """Whether both sides are the very same runs."""
        return self.same_store and set(self.base.run_ids) == set(self.head.run_ids)

    def find_primary(self, *groups: Group) -> Primary | None:
        """The metric the groups' experiment is judged by, as its settings say or by the names."""
        counts: Counter[str] = Counter()
        for group in groups:
            counts.update(group.metrics)
        setting = self.settings.get(groups[-1].experiment)
        known = setting is not None and setting.primary_metric in (None, *counts)
        return choose_primary(dict(counts), setting=setting if known else None)


@contextmanager
def read_sides(
    base: str | None,
    head: str,
    *,
    experiments: Names,
    store: StorePath | None,
    base_store: StorePath | None,
    repository: Path | None,
    may_lack_base: bool = False,
) -> Iterator[Sides]:
    """The runs of both sides; without a `base`, of the head alone.

    With `may_lack_base`, a base that has no runs yet, or whose store isn't there yet, is fine; one
    that can't be read or was named wrongly is still an error.
    """
    folder = repository or Path.cwd()
    names = as_names(experiments)
    with ExitStack() as opened:
        own = _open_shelf(store, names, opened)
        other, before = own, None
        if base_store is not None:
            try:
                other = _open_shelf(base_store, names, opened)
            except StoreNotFound:
                if not may_lack_base:
                    raise
                # As it was named: comments are public, and whole paths tell of the machine.
                before = Choice("" if is_address(base_store) else str(base_store), ())
        check_experiments([other, own])
        before = before or _choose_base(base, other, folder, may_lack=may_lack_base)
        after = choose_side(head, shelf=own, folder=folder)
        yield Sides(
            base=before,
            head=after,
            base_groups=_gather(other.tables, before),
            head_groups=_gather(own.tables, after),
            settings=other.tables.experiments | own.tables.experiments,
            same_store=other is own,
            may_lack_base=may_lack_base,
        )


def _open_shelf(store: StorePath | None, names: tuple[str, ...] | None, opened: ExitStack) -> Shelf:
    from runfolio.sources import read_anything

    tables = opened.enter_context(read_anything(store))
    return Shelf(tables, str(locate_store(store)), names)


def _choose_base(base: str | None, shelf: Shelf, folder: Path, *, may_lack: bool) -> Choice:
    if base is None:
        return Choice("", ())
    try:
        return choose_side(base, shelf=shelf, folder=folder)
    except SideEmpty:
        if not may_lack:
            raise
        return Choice(base, ())


def _gather(tables: StoreTables, choice: Choice) -> dict[str, Group]:
    return gather_groups(tables, choice.run_ids) if choice.run_ids else {}


def as_names(names: Names) -> tuple[str, ...] | None:
    """Names as a tuple; None for no choice."""
    return (names,) if isinstance(names, str) else None if names is None else tuple(names)


def list_names(names: Collection[str]) -> str:
    """Some names, quoted and in order, and how many more there are."""
    shown = [repr(name) for name in sorted(names)]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")
