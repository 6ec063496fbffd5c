"""A copy of the code that a run was made with, in a temporary folder of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import NotReproducible
from runfolio.reproduction.data import DEPTH, Brought
from runfolio.reproduction.kept import KeptCode
from runfolio.reproduction.leftovers import PREFIX, remove_leftovers, write_owner
from runfolio.reproduction.plan import Plan, applies_diff
from runfolio.reproduction.projects import find_projects
from runfolio.reproduction.repository import Repository


@dataclass(frozen=True, slots=True)
class Workspace:
    """The copy's top, the folder the command runs in, and a store for what it logs.

    `search` are the folders of packages that were installed from the code itself, and `notes` what
    could not be made as it was.
    """

    base: Path
    root: Path
    folder: Path
    scratch: Path
    search: tuple[Path, ...]
    notes: tuple[str, ...]


@contextmanager
def make_workspace(
    plan: Plan,
    code: KeptCode,
    repository: Repository | None,
    *,
    brought: Sequence[Brought] = (),
    keep: bool = False,
) -> Iterator[Workspace]:
    """The copy of the code that a plan needs; all of it is gone afterwards, unless it is kept.

    What another repetition has left that was killed is removed before.
    """
    remove_leftovers()
    base = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    name = repository.root.name if repository is not None else ""
    # Data may lie beside the code, in folders that the copy has to have above it.
    root = base.joinpath("work", *["in"] * (DEPTH - 1), name or "code")
    root.parent.mkdir(parents=True)
    try:
        if not keep:
            write_owner(base, root, repository)
        with _copy_code(plan, code, repository, root, keep=keep) as notes:
            for one in brought:
                _bring(one, root, base)
            folder = _make_folder(root, plan.folder)
            search = find_projects(root, plan.recorded.local)
            scratch = base / "runs"
            yield Workspace(base, root, folder, scratch, search, tuple(notes))
    finally:
        if not keep:
            shutil.rmtree(base, ignore_errors=True)


def _make_folder(root: Path, name: str) -> Path:
    """The working directory, which git doesn't keep where it held no file that is tracked."""
    folder = root / name
    if not folder.resolve().is_relative_to(root):
        raise NotReproducible(
            f"The folder {name!r}, in which the run was started, leads out of the code that was "
            "recorded, through a link in it. It can't be done again."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotReproducible(
            f"The folder {name!r}, in which the run was started, can't be in the code that was "
            f"recorded: {error.strerror}."
        ) from error
    return folder


@contextmanager
def _copy_code(
    plan: Plan, code: KeptCode, repository: Repository | None, root: Path, *, keep: bool
) -> Iterator[list[str]]:
    """Put the code at `root`; say what of it is not as it was."""
    recorded = plan.recorded
    if plan.way == "snapshot" and recorded.snapshot is not None:
        root.mkdir()
        code.unpack(recorded.snapshot.files.items(), root)
        yield []
        return
    assert repository is not None
    assert recorded.commit is not None
    with repository.work_tree(recorded.commit, root, keep=keep) as copy:
        notes = []
        if applies_diff(plan) and recorded.diff is not None:
            untold = copy.apply(code.read(recorded.diff))
            notes += [f"{path!r} had changed, but how was not recorded." for path in untold]
        notes += _restore_script(plan, code, root)
        yield notes


def _restore_script(plan: Plan, code: KeptCode, root: Path) -> list[str]:
    """Put the script that was kept where the commit has another one, or none."""
    recorded = plan.recorded
    if recorded.script is None or recorded.source is None:
        return []
    target = root / recorded.script
    content = code.read(recorded.source)
    if not target.resolve().is_relative_to(root) or _holds(target, content):
        return []
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return [f"{recorded.script!r} is not as in the commit: the file that was kept is used."]


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _bring(one: Brought, root: Path, base: Path) -> None:
    target = Path(os.path.normpath(root / one.path))
    if not target.parent.resolve().is_relative_to(base):  # a link in the code leads out of it
        return
    with suppress(OSError):  # an empty folder is all there is of a submodule
        target.rmdir()
    if os.path.lexists(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if one.copied:
        shutil.copyfile(one.source, target)
    else:
        target.symlink_to(one.source.absolute(), target_is_directory=one.source.is_dir())
