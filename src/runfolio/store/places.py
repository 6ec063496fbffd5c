"""Where each run of a store is told: in its journals, in its own sealed tables, or in a pack."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runfolio.errors import StoreDamaged
from runfolio.store.layout import RunFolder, find_run_links, list_run_folders
from runfolio.store.manifest import Manifest
from runfolio.store.packs import PackIndex
from runfolio.store.replay import list_journals
from runfolio.store.sealed import SealedForm, find_sealed, read_run_manifest

_ATTEMPTS: Final = 5
_LINK: Final = "A link that stands for a run isn't followed. Put the folder itself there."


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of the store that can't be read: whose it is, which file, and why."""

    run_id: str | None
    path: str
    reason: str

    def named_as(self, place: Path | str, root: Path) -> Damage:
        """The same, said of the address `place` where `root` only mirrors it."""
        if isinstance(place, Path):
            return self
        path, reason = (text.replace(str(root), place) for text in (self.path, self.reason))
        return Damage(self.run_id, path, reason)


class StoreChanged(Exception):  # noqa: N818
    """A run took another form while the store was read: read it again."""


@dataclass
class Places:
    """Each run once, in its newest form; `packed` holds the ids of a pack's runs by pack id."""

    root: Path
    packs: PackIndex
    sealed: list[tuple[RunFolder, Manifest]] = field(default_factory=list)
    live: list[tuple[RunFolder, SealedForm | None]] = field(default_factory=list)
    packed: dict[str, list[str]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)

    @property
    def run_ids(self) -> set[str]:
        """The ids of all runs that are told, or can't be read."""
        loose = {folder.run_id for folder, _ in (*self.sealed, *self.live)}
        hidden = {one.run_id for one in self.damage if one.run_id is not None}
        return loose.union(hidden, *self.packed.values())


def find_places(root: Path) -> Places:
    """Find where each run is told; raise `StoreChanged` when one moves at this moment."""
    # The folders are listed first: a run is in its pack before its own tables go.
    folders = list_run_folders(root)
    places = Places(root, PackIndex(root))
    places.damage += [Damage(one.name, str(one), _LINK) for one in find_run_links(root)]
    told = {folder.run_id for folder in folders if _place_steadily(places, folder)}
    for pack in places.packs.packs:
        if (error := places.packs.damage.get(pack.pack_id)) is not None:
            if not pack.path.exists():
                raise StoreChanged
            places.damage.append(Damage(None, error.path or str(pack.path), str(error)))
    for pack in places.packs.readable:
        found = [one for one in places.packs.runs_of(pack) if one not in told]
        places.packed[pack.pack_id] = [
            one for one in found if places.packs.is_newest(one, pack.pack_id)
        ]
    return places


def place_anew(places: Places, folder: RunFolder) -> None:
    """Add a run again that has taken another form; raise `StoreChanged` if its folder tells none.

    What was said of it before stays in the lists, and has to be left out by who went through them.
    """
    if not folder.path.exists() or not _place_steadily(places, folder):
        raise StoreChanged


def _place_steadily(places: Places, folder: RunFolder) -> bool:
    """Place a run, and again when it is sealed at this moment."""
    for _ in range(_ATTEMPTS):
        with suppress(StoreChanged):
            return _place_folder(places, folder)
        if not folder.path.exists():
            break
    raise StoreChanged


def _place_folder(places: Places, folder: RunFolder) -> bool:
    """Place a run that its own folder tells; False when a pack tells it."""
    was_sealed, manifest = folder.is_sealed, None
    try:
        folder.check_links()
        manifest = read_run_manifest(folder) if was_sealed else None
        journals = {path.name for path in list_journals(folder)}
        if manifest is not None and journals <= set(manifest.journals):
            origin = places.packs.find(folder.run_id)
            if origin is not None and origin.standing > manifest.standing:
                return False
            places.sealed.append((folder, manifest))
            return True
        form = find_sealed(folder, places.packs)
        if form is not None and journals <= form.journals:
            if form.origin is None:
                raise StoreChanged  # sealed since we looked
            return False
        places.live.append((folder, form))
    except StoreDamaged as error:
        check_unchanged(folder, manifest, was_sealed=was_sealed)
        places.damage.append(Damage(folder.run_id, error.path or str(folder.path), str(error)))
    return True


def check_unchanged(folder: RunFolder, manifest: Manifest | None, *, was_sealed: bool) -> None:
    """Raise `StoreChanged` when a run whose files can't be read has just taken another form."""
    if not folder.path.exists() or folder.is_sealed != was_sealed:
        raise StoreChanged
    if was_sealed:
        with suppress(StoreDamaged):
            if read_run_manifest(folder) != manifest:
                raise StoreChanged
