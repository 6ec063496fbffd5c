"""Publishing to a folder, such as one that a web server serves."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import OutputRefused
from runfolio.publishing.built import BuiltFile, BuiltSite
from runfolio.publishing.held import HeldFolder
from runfolio.publishing.places import Publication, Request
from runfolio.publishing.plan import Plan
from runfolio.publishing.sizes import NO_LIMITS, Limits
from runfolio.site.addresses import INDEX
from runfolio.store.files import absolute_path
from runfolio.store.swapping import WORK, link_file, remove_stale, replace_folder


@dataclass(frozen=True)
class Folder:
    """A folder on this machine; a report is made beside its place and swapped in when whole."""

    folder: Path | str
    limits: Limits = NO_LIMITS

    def publish(self, request: Request) -> Publication:
        """Put a site into the folder; other reports and files stay as they are."""
        target = absolute_path(self.folder)
        place = f"the folder {str(target)!r}"
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise OutputRefused(f"The target {str(target)!r} is no folder. Choose another one.")
        if request.site is not None:
            _refuse_overlap(request.site.folder, target)
        held = HeldFolder(target)
        plan = request.plan(held, place)
        _refuse_links(target, plan)
        address = (target / plan.path / INDEX).as_uri() if request.site else None
        if not request.dry_run and not plan.unchanged:
            with _reported(target):
                if plan.path or request.site is None:
                    plan = _put_below(target, plan, request, held, place)
                else:
                    _put_at_root(target, plan, request.site)
        return request.tell(plan, place=place, address=address)


def _refuse_overlap(site: Path, target: Path) -> None:
    here, there = site.resolve(), target.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise OutputRefused(
            f"The site {str(site)!r} and the target {str(target)!r} lie in one another. Choose "
            "another target."
        )


def _refuse_links(target: Path, plan: Plan) -> None:
    """What lies behind a link is somewhere else, and nothing to write to or remove."""
    for path in (plan.path, *plan.cleared):
        for number in range(len(Path(path).parts)):
            place = target.joinpath(*Path(path).parts[: number + 1])
            if place.is_symlink():
                raise OutputRefused(
                    f"{str(place)!r} is a link, which is not followed. Choose another path."
                )


@contextmanager
def _reported(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputRefused(
            f"Couldn't write to the folder {str(target)!r}: {error.strerror or error}. Choose "
            "another one, or free some space."
        ) from error


def _put_below(target: Path, plan: Plan, request: Request, held: HeldFolder, place: str) -> Plan:
    """Swap a report in at its path, then rewrite the list of reports, then remove what goes.

    The list is read again just before, since others may publish to the same folder.
    """
    if request.site is not None:
        with _beside(target / plan.path) as stage:
            _copy_site(request.site, stage, target / plan.path)
            replace_folder(stage, target / plan.path)
    plan = request.plan(held, place)
    goes = set(plan.cleared) - {plan.path if request.site else None}
    for path in sorted(goes - set(plan.files)):
        _remove(target / path)
    for path, content in plan.files.items():
        _write(target / path, content)
    _remove_empty_folders(target, goes)
    return plan


def _put_at_root(target: Path, plan: Plan, site: BuiltSite) -> None:
    """Swap the whole folder, with all in it that stays."""
    with _beside(target) as stage:
        _carry_over(target, stage, set(plan.cleared) | set(plan.files))
        _copy_site(site, stage, target)
        for path, content in plan.files.items():
            (stage / path).write_bytes(content)
        replace_folder(stage, target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder on the same file system, gone in the end unless it took its place."""
    remove_stale(target)
    stage = target.with_name(f".{target.name}.{os.urandom(4).hex()}{WORK}")
    stage.mkdir(parents=True)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _copy_site(site: BuiltSite, stage: Path, old: Path) -> None:
    """Copy a site; a file that is as it was stays the same file, with its time."""
    for one in site.files:
        place = stage / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        if _is_same(old / one.path, one):
            link_file(old / one.path, place)
        else:
            shutil.copyfile(one.source, place)


def _is_same(old: Path, new: BuiltFile) -> bool:
    try:
        if old.is_symlink() or old.stat().st_size != new.size:
            return False
        return filecmp.cmp(old, new.source, shallow=False)
    except OSError:
        return False


def _carry_over(old: Path, stage: Path, cleared: set[str], below: str = "") -> None:
    """Give what stays a second name in the new folder; the names in `cleared` are paths."""
    for entry in sorted((old / below).iterdir()) if (old / below).is_dir() else ():
        path = f"{below}/{entry.name}".lstrip("/")
        if path in cleared:
            continue
        if entry.is_dir() and not entry.is_symlink():
            (stage / path).mkdir(parents=True, exist_ok=True)
            _carry_over(old, stage, cleared, path)
        elif entry.is_symlink():
            (stage / path).symlink_to(entry.readlink())
        else:
            link_file(entry, stage / path)


def _write(path: Path, content: bytes) -> None:
    """Write a file so that nobody reads half of it; one that is the same is left alone."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    beside.write_bytes(content)
    beside.replace(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_empty_folders(target: Path, removed: set[str]) -> None:
    for path in removed:
        for folder in (target / path).parents:
            if folder == target or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
