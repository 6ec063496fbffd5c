"""A store as it may be shown: narrowed, and with what should not be published masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.privacy.artifacts import look_into_artifacts
from runfolio.privacy.choosing import choose_parts
from runfolio.privacy.disclosure import Disclosure
from runfolio.privacy.fields import change_fields
from runfolio.privacy.identity import learn_identity, take_out_identity
from runfolio.privacy.masks import Hit, Masks, learn_hit
from runfolio.privacy.people import HOME_FOLDER
from runfolio.privacy.places import Changes, Place
from runfolio.privacy.registry import forget_digests
from runfolio.privacy.terms import Terms
from runfolio.store.edited import set_column

if TYPE_CHECKING:
    from runfolio.store import StoreTables

_OF_FILES: Final = ("path", "size", "sha256")
_NOWHERE: Final = "not-there"
"""A file in the scratch folder that is never written, for what is no file of a run."""


def disclose(tables: StoreTables, disclosure: Disclosure, *, scratch: Path) -> StoreTables:
    """The tables as they may be shown.

    Files that were changed are written into the folder `scratch`, which has to stay for as long as
    the tables are used, and are named in the tables' `files`. Raises `InvalidSelection` where a
    pattern can't be read or matches nothing.
    """
    chosen = choose_parts(tables, disclosure)
    if not disclosure.masked:
        return chosen
    masks = learn_masks(tables, anonymous=disclosure.anonymous)
    return mask_store(chosen, masks, scratch=scratch)[0]


def learn_masks(tables: StoreTables, *, anonymous: bool = False) -> Masks:
    """The masks that know the users, machines and secrets of a store.

    They also mask other texts that are published with it: `Masks.mask` takes one.
    """
    masks = Masks(Terms(), anonymous=anonymous)
    learn_identity(tables, masks.terms, anonymous=anonymous)
    change_fields(tables, changes_of(masks, lambda hit, _: learn_hit(masks, hit)))
    for looked in look_into_artifacts(tables, masks):
        for hit in looked.hits:
            if hit.span.severity == "secret" or hit.span.rule == HOME_FOLDER:
                learn_hit(masks, hit)
    return masks


def changes_of(masks: Masks, report: Callable[[Hit, Place], None] | None = None) -> Changes:
    """How masks change the fields of a store; `report` is told what was found, and where."""

    def told(place: Place) -> Callable[[Hit], None] | None:
        return None if report is None else lambda hit: report(hit, place)

    return Changes(
        lambda text, place: masks.mask(text, name=place.name, report=told(place)),
        lambda value, place: masks.mask_json(value, name=place.name, report=told(place)),
    )


def mask_store(
    tables: StoreTables, masks: Masks, *, scratch: Path
) -> tuple[StoreTables, dict[str, int]]:
    """The tables with everything masked, artifacts too; masked files are written into `scratch`.

    Returned beside them, by their ending: how many artifacts are no text, and stay as they are.
    """
    shown = take_out_identity(tables) if masks.anonymous else tables
    masked = change_fields(shown, changes_of(masks))
    files: dict[tuple[str, str], Path] = {}
    unread: Counter[str] = Counter()
    paths, sizes, digests = (masked.artifacts[one].to_pylist() for one in _OF_FILES)
    changed: set[tuple[str, str]] = set()
    for number, looked in enumerate(look_into_artifacts(tables, masks, scratch=scratch)):
        place = looked.run_id, paths[number]
        files[place] = looked.file or scratch / _NOWHERE
        if looked.copy is not None:
            files[place] = looked.copy.file
            sizes[number], digests[number] = looked.copy.size, looked.copy.sha256
            changed.add(place)
        if looked.unread is not None:
            unread[looked.ending] += 1
    artifacts = set_column(set_column(masked.artifacts, "size", sizes), "sha256", digests)
    models = forget_digests(masked.models, changed)
    shown = replace(masked, artifacts=artifacts, files=files, models=models)
    return shown, dict(sorted(unread.items()))
